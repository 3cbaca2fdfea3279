// The words of the desk in the page's language, from the same files as the pages' own.

const root = document.documentElement;
const response = await fetch(root.dataset.messages ?? '');
/** @type {Record<string, string | { other: string, [category: string]: string }>} */
const texts = response.ok ? await response.json() : {};
const rules = new Intl.PluralRules(root.lang);
/** The page's language, as the browser's own region writes it where it has one. */
export const locale = navigator.languages.find((tag) => tag.split('-')[0] === root.lang) ?? root.lang;

/**
 * The text of a message.
 * @param {string} key
 */
export function say(key) {
  const text = texts[key];
  if (text === undefined) console.error(`There is no message ${key}.`);
  return typeof text === 'object' ? text.other : text ?? key;
}

/**
 * The text of a message with its places filled: `{name}` by the value of that name.
 * @param {string} key @param {Record<string, string | number>} values
 */
export function fill(key, values) {
  return filled(say(key), values);
}

/**
 * The text of a message for so many of something, which it may print as `{n}`.
 * @param {string} key @param {number} n
 */
export function count(key, n) {
  const forms = texts[key];
  return filled(typeof forms === 'object' ? forms[rules.select(n)] ?? forms.other : say(key), { n });
}

/**
 * The name of a field, or the name that programs know it by.
 * @param {string} name
 */
export function fieldName(name) {
  return texts[`field.${name}`] === undefined ? name : say(`field.${name}`);
}

/** @param {string | undefined} url @returns {Promise<Record<string, string>>} */
const sentencesAt = (url) => fetch(url ?? '').then((answer) => (answer.ok ? answer.json() : {})).catch(() => ({}));
/** @type {Promise<[ours: Record<string, string>, english: Record<string, string>]> | undefined} */
let sentences;
/**
 * A problem as the API tells it, in the page's language: the API speaks English, and its sentences are known by their English, with places.
 * @param {Problem | null} problem
 */
export async function inOurWords(problem) {
  const { sentences: own, english } = root.dataset;
  if (!problem || !english) return problem;
  sentences ??= Promise.all([sentencesAt(own), sentencesAt(english)]);
  const [ours, theirs] = await sentences;
  const forms = Object.entries(theirs);
  const told = forms.filter(([key]) => key.startsWith('told.')).sort(([, a], [, b]) => b.length - a.length);
  const sentence = (text = '') => {
    for (const [key, form] of told) {
      const pattern = form.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>.+?)');
      const found = new RegExp(`^${pattern}$`, 's').exec(text);
      if (!found) continue;
      const { field = '', ...values } = found.groups ?? {};
      const name = forms.find(([word, label]) => word.startsWith('the.') && label === field)?.[0] ?? '';
      return filled(ours[key] ?? form, { ...values, field: ours[name] ?? field });
    }
    return text;
  };
  const errors = problem.errors?.map((error) => ({ ...error, message: sentence(error.message) }));
  const detail = errors?.map((error) => error.message).join(' ') || sentence(problem.detail);
  return { ...problem, ...(errors && { errors }), detail };
}

/** @param {string} text @param {Record<string, string | number>} values */
function filled(text, values) {
  return Object.entries(values).reduce((sofar, [name, value]) => sofar.replaceAll(`{${name}}`, String(value)), text);
}

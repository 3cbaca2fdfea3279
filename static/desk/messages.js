// The words of the desk in the page's language, from the same files as the pages' own.

const root = document.documentElement;
const response = await fetch(root.dataset.messages);
const texts = response.ok ? await response.json() : {};
const rules = new Intl.PluralRules(root.lang);
/** The page's language, as the browser's own region writes it where it has one. */
export const locale = navigator.languages.find((tag) => tag.split('-')[0] === root.lang) ?? root.lang;

/** The text of a message. */
export function say(key) {
  const text = texts[key];
  if (text === undefined) console.error(`There is no message ${key}.`);
  return typeof text === 'object' ? text.other : text ?? key;
}

/** The text of a message with its places filled: `{name}` by the value of that name. */
export function fill(key, values) {
  return filled(say(key), values);
}

/** The text of a message for so many of something, which it may print as `{n}`. */
export function count(key, n) {
  const forms = texts[key];
  return filled(typeof forms === 'object' ? forms[rules.select(n)] ?? forms.other : say(key), { n });
}

/** The name of a field, or the name that programs know it by. */
export function fieldName(name) {
  return texts[`field.${name}`] ?? name;
}

let english;
/** A problem as the API tells it, in the page's language. The API speaks English; its sentences are among the English messages, with places. */
export async function inOurWords(problem) {
  if (!problem || !root.dataset.english) return problem;
  english ??= fetch(root.dataset.english).then((answer) => (answer.ok ? answer.json() : {})).catch(() => ({}));
  const forms = Object.entries(await english);
  const told = forms.filter(([key]) => key.startsWith('told.')).sort(([, a], [, b]) => b.length - a.length);
  const sentence = (text) => {
    for (const [key, form] of told) {
      const pattern = form.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>.+?)');
      const found = new RegExp(`^${pattern}$`, 's').exec(text ?? '');
      if (!found) continue;
      const { field, ...values } = found.groups ?? {};
      const name = forms.find(([word, label]) => word.startsWith('the.') && label === field)?.[0];
      return fill(key, { ...values, field: name ? say(name) : field });
    }
    return text;
  };
  const errors = problem.errors?.map((error) => ({ ...error, message: sentence(error.message) }));
  return { ...problem, ...(errors && { errors }), detail: errors?.map((error) => error.message).join(' ') || sentence(problem.detail) };
}

function filled(text, values) {
  return Object.entries(values).reduce((sofar, [name, value]) => sofar.replaceAll(`{${name}}`, value), text);
}

// The words of the desk in the page's language, from the same files as the pages' own.

const root = document.documentElement;
const response = await fetch(root.dataset.messages ?? '');
/** @type {Record<string, string | { other: string, [category: string]: string }>} */
const texts = response.ok ? await response.json() : {};
const rules = new Intl.PluralRules(root.lang);

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

/** @param {string} text @param {Record<string, string | number>} values */
function filled(text, values) {
  return Object.entries(values).reduce((sofar, [name, value]) => sofar.replaceAll(`{${name}}`, String(value)), text);
}

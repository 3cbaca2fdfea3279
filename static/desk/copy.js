// Links, tokens and codes that are shown once go to the clipboard with one press. Without a clipboard there is no button.

import { announce } from './page.js';
import { say } from './messages.js';

export function tendCopying() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll('[data-copy]')) {
    const source = document.getElementById(button.dataset.copy ?? '');
    if (!source) continue;
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(textOf(source));
      button.textContent = say('people.copied');
      announce(say('people.copied'));
    });
  }
}

/**
 * What a field holds, or the text of an element, of a list each entry on a line.
 * @param {HTMLElement} source
 */
function textOf(source) {
  if (source instanceof HTMLInputElement) return source.value;
  const entries = [...source.querySelectorAll('li')];
  return entries.length > 0 ? entries.map((entry) => entry.textContent.trim()).join('\n') : source.textContent.trim();
}

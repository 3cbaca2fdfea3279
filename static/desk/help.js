// The help page in a box: on `?`, outside of fields with words in them, and by its link.

import { parse, tell } from './page.js';
import { say } from './messages.js';

/** @type {HTMLDialogElement | undefined} */
let box;

export function tendHelp() {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/** @type {HTMLElement} */ (event.target).matches?.('textarea, input:not([type=checkbox], [type=radio]), select, [contenteditable]')) return;
    event.preventDefault();
    show();
  });
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-help]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show();
  });
}

async function show() {
  box ??= await make().catch(() => undefined);
  if (!box) tell(say('no_line'));
  else if (!box.open) box.showModal();
}

async function make() {
  const response = await fetch('/desk/help');
  const help = parse(await response.text()).getElementById('help');
  if (!response.ok || !help) return undefined;
  const made = document.createElement('dialog');
  made.className = 'help-box';
  made.setAttribute('aria-label', say('help.title'));
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'close';
  close.textContent = say('help.close');
  close.onclick = () => made.close();
  made.append(close, document.adoptNode(help));
  made.addEventListener('click', (event) => { if (event.target === made) made.close(); });
  document.body.append(made);
  return made;
}

// The caption desk by keyboard: from photograph to photograph without the mouse, the words of the one before, codes that become names.

import { announce, editor, find } from './page.js';
import { say } from './messages.js';

// Null on other pages; tendCaptions looks.
const list = /** @type {HTMLElement} */ (document.getElementById('blocks'));

export function tendCaptions() {
  tendTicks();
  tendSheet();
  if (editor?.dataset.page !== 'captions' || !list) return;
  document.addEventListener('keydown', keyboard);
  editor.addEventListener('input', expand);
  editor.addEventListener('click', click);
  for (const hidden of editor.querySelectorAll('[data-previous][hidden], [data-all][hidden]')) hidden.hidden = false;
  new MutationObserver(() => {
    for (const hidden of list.querySelectorAll('[data-previous][hidden]')) hidden.hidden = false;
  }).observe(list, { childList: true });
  // Led here from the light table: the words of that photograph.
  const row = rowOf(document.getElementById(location.hash.slice(1)));
  if (row) enter(row, 'caption');
}

function rows() {
  return [...list.children];
}

/** @param {Element | null} target */
function rowOf(target) {
  return target?.closest?.('.caption-row') ?? null;
}

/**
 * Puts the cursor into a field of a row, or on the row's box where it has no such field.
 * @param {HTMLElement} row @param {string} name
 */
function enter(row, name) {
  const field = row.querySelector(`form.words [name="${name}"]`) ?? find(row, '[name=frame]');
  field.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'start' });
}

/** @param {KeyboardEvent} event */
function keyboard(event) {
  const row = rowOf(document.activeElement);
  const all = rows();
  const step = /** @type {Record<string, number>} */ ({
    Enter: event.ctrlKey || event.metaKey ? (event.shiftKey ? -1 : 1) : 0,
    PageDown: 1,
    PageUp: -1,
  })[event.key];
  if (!step || event.altKey || all.length === 0) return;
  // Outside the rows the page keys scroll as everywhere.
  if (!row && event.key !== 'Enter') return;
  event.preventDefault();
  const at = row ? all.indexOf(row) + step : 0;
  const next = /** @type {HTMLElement} */ (all[Math.max(0, Math.min(at, all.length - 1))]);
  const name = event.key === 'Enter' ? 'caption' : document.activeElement?.name || 'caption';
  enter(next, name === 'frame' ? 'caption' : name);
}

function codes() {
  return (editor?.dataset.codes ?? '').split('\n').map((line) => line.split(/[=\t](.*)/s).map((part) => part?.trim() ?? ''))
    .flatMap(([code, words]) => (code && words ? [{ code: code.replaceAll('\\', ''), words }] : []));
}

/**
 * A code becomes its words with the backslash that closes it.
 * @param {Aimed<'input'>} event
 */
function expand(event) {
  const field = event.target;
  if (event.data !== '\\' || !field.matches('textarea, input') || field.name === 'codes') return;
  const at = field.selectionStart ?? 0;
  const before = field.value.slice(0, at);
  for (const { code, words } of codes()) {
    const typed = `\\${code}\\`;
    if (!before.endsWith(typed)) continue;
    field.setRangeText(words, at - typed.length, at, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    return;
  }
}

/** @param {Aimed<'click'>} event */
function click(event) {
  if (event.target.matches('[data-all]')) {
    const boxes = [...list.querySelectorAll('[name=frame]')];
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  }
  if (!event.target.matches('[data-previous]')) return;
  const row = rowOf(event.target);
  if (!row) return;
  const from = row.previousElementSibling;
  for (const name of ['caption', 'place', 'alt', 'credit']) {
    const here = row.querySelector(`form.words [name="${name}"]`);
    const there = from?.querySelector(`form.words [name="${name}"]`);
    if (!here || !there || here.value === there.value) continue;
    here.value = there.value;
    here.dispatchEvent(new Event('input', { bubbles: true }));
  }
  row.querySelector('form.words [name=caption]')?.focus();
  announce(say('captions.copied'));
}

// On the page that writes to many: who types words for a field wants the field.
function tendTicks() {
  for (const field of document.querySelectorAll('[data-ticks]')) {
    const tick = field.form?.elements.namedItem(field.dataset.ticks ?? '');
    field.addEventListener('input', () => { if (tick) tick.checked = true; });
  }
}

// A file that comes back is read here and sent as text, like rows that are pasted.
function tendSheet() {
  const form = document.querySelector('form[data-sheet]');
  const label = form?.querySelector('[data-file]');
  if (!form || !label) return;
  label.hidden = false;
  const picker = find(label, 'input');
  picker.addEventListener('change', async () => {
    const file = picker.files?.[0];
    if (!file) return;
    form.elements.sheet.value = await file.text();
    form.requestSubmit();
  });
}

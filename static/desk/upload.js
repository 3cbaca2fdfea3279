// Uploads on the page: chosen, dropped, pasted, whole folders too; a row for each file, and a line for all of them. What a reload or a crash
// interrupted goes on by itself.

import { announce, editor, find, inTurn, refresh, tell, watchPending } from './page.js';
import { count, fill, say } from './messages.js';
import { filesOf, picturesOf } from './files.js';
import { CANCELLED, DONE, FAILED, PAUSED, PROCESSING, SENDING, SIGNED_OUT, Sending, WAITING } from './sending.js';

// Null on pages without uploads; tendUploads looks.
const form = /** @type {HTMLFormElement} */ (document.querySelector('form[data-upload]'));
const board = /** @type {HTMLElement} */ (document.querySelector('.uploads'));
const megabytes = new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 });

const SHOW_AFTER_MS = 300;
const SHOW_AGAIN_MS = 4_000;

/** @type {Sending} */
let sending;
/** @type {HTMLElement | undefined} */
let total;
let wasBusy = false;

export function tendUploads() {
  if (!form) return;
  if (!editor) watchPending();
  sending = new Sending({ endpoint: form.dataset.tus ?? '', person: form.dataset.person ?? '', changed });
  tendPickers();
  tendDrops();
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) start({ files });
  });
  window.addEventListener('beforeunload', (event) => {
    // What is on the shelf goes on after the page; what is not would be lost.
    if (sending.items.some((item) => isUnderWay(item) && item.id === undefined)) event.preventDefault();
  });
  window.addEventListener('focus', () => sending.wake());
  takeUp();
}

async function takeUp() {
  const found = await sending.takeUp();
  if (found.length === 0) return;
  show(found);
  announce(count('upload.going_on', found.length));
  changed();
}

function tendPickers() {
  const picker = find(form, '[type=file]');
  const send = () => {
    start({ files: [...(picker.files ?? [])] });
    picker.value = '';
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  picker.addEventListener('change', send);
  const folder = document.createElement('input');
  folder.type = 'file';
  folder.multiple = true;
  folder.webkitdirectory = true;
  folder.hidden = true;
  folder.addEventListener('change', () => {
    start(picturesOf(folder.files ?? []));
    folder.value = '';
  });
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'folder';
  button.textContent = say('upload.folder');
  button.addEventListener('click', () => folder.click());
  form.append(button, folder);
}

function tendDrops() {
  document.body.dataset.drop = say('upload.drop_here');
  let depth = 0;
  /** @param {DragEvent} event */
  const brings = (event) => event.dataTransfer?.types.includes('Files');
  const stop = () => {
    depth = 0;
    document.body.classList.remove('dropping');
  };
  document.addEventListener('dragenter', (event) => {
    if (!brings(event)) return;
    depth += 1;
    document.body.classList.add('dropping');
  });
  document.addEventListener('dragleave', (event) => {
    if (!brings(event)) return;
    depth -= 1;
    if (depth <= 0) stop();
  });
  document.addEventListener('dragover', (event) => { if (brings(event)) event.preventDefault(); });
  document.addEventListener('drop', (event) => {
    if (!event.dataTransfer || !brings(event)) return;
    event.preventDefault();
    stop();
    const position = placeOf(event);
    filesOf(event.dataTransfer).then((found) => start(found, position), () => tell(say('upload.unreadable')));
  });
}

// Dropped on the story's blocks, photographs come where they were dropped; elsewhere at the end.
/** @param {Aimed<'drop'>} event */
function placeOf(event) {
  const block = event.target.closest?.('.block');
  if (!block) return undefined;
  const box = block.getBoundingClientRect();
  const index = [...(block.parentElement?.children ?? [])].indexOf(block);
  return event.clientY < box.top + box.height / 2 ? index : index + 1;
}

/** @param {{ files: File[], leftOut?: number }} found @param {number} [position] */
function start({ files, leftOut = 0 }, position) {
  if (leftOut > 0) tell(count('upload.left_out', leftOut));
  if (files.length === 0) return;
  const { story } = form.dataset;
  const items = sending.add(files, story ? { story, position } : {});
  if (items.length === 0) return;
  show(items);
  announce(count('upload.begun', items.length));
  changed();
}

/** @param {Upload[]} items */
function show(items) {
  if (!total) {
    total = document.createElement('div');
    total.className = 'total';
    total.append(document.createElement('p'), progress(say('upload.all')));
  }
  // What is over makes room for what comes.
  if (!wasBusy) {
    sending.items = sending.items.filter((item) => isUnderWay(item) || items.includes(item));
    board.replaceChildren();
  }
  board.prepend(total);
  for (const item of items) {
    item.row ??= row(item);
    board.append(item.row.element);
    paint(item);
  }
}

/** @param {string} label */
function progress(label) {
  const bar = document.createElement('progress');
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute('aria-label', label);
  return bar;
}

/** @param {Upload} item */
function row(item) {
  const { name } = item.file;
  const element = document.createElement('div');
  const label = document.createElement('span');
  const state = document.createElement('span');
  const buttons = document.createElement('span');
  const bar = progress(fill('upload.file', { name }));
  const retry = button('upload.retry', name, () => sending.retry(item));
  const cancel = button('upload.cancel', name, () => sending.cancel(item));
  element.className = 'file';
  label.className = 'name';
  label.textContent = name;
  state.className = 'state';
  buttons.className = 'buttons';
  buttons.append(retry, cancel);
  element.append(label, state, bar, buttons);
  return { element, state, bar, retry, cancel };
}

/** @param {string} key @param {string} name @param {() => void} press */
function button(key, name, press) {
  const it = document.createElement('button');
  it.type = 'button';
  it.className = 'small';
  it.textContent = say(key);
  it.setAttribute('aria-label', `${say(key)}: ${name}`);
  it.addEventListener('click', press);
  return it;
}

/** @param {Upload} item */
function isUnderWay(item) {
  return ![DONE, FAILED, CANCELLED].includes(item.state);
}

// Without an item, all of it is over or has begun.
/** @param {Upload} [item] */
function changed(item) {
  if (!form) return;
  if (item) paint(item);
  if (item?.state === DONE) arrived();
  if (item?.state === SIGNED_OUT && !item.told) {
    item.told = true;
    tell(say('upload.session_ended'), { href: '/desk/sign-in', text: say('upload.sign_in') });
  }
  sum();
}

/** @param {Upload} item */
function paint(item) {
  if (!item.row) return;
  const { element, state, bar, retry, cancel } = item.row;
  if (item.state === CANCELLED) {
    const next = element.nextElementSibling ?? element.previousElementSibling;
    if (element.contains(document.activeElement)) next?.querySelector('button:not([hidden])')?.focus();
    element.remove();
    return;
  }
  const words = wordsFor(item);
  if (state.textContent !== words) state.textContent = words;
  const before = element.dataset.state;
  element.classList.toggle('failed', item.state === FAILED);
  element.classList.toggle('paused', item.state === PAUSED || item.state === SIGNED_OUT);
  element.dataset.state = item.state;
  bar.value = item.file.size > 0 ? item.sent / item.file.size : 0;
  bar.hidden = !isUnderWay(item);
  // What wants attention is seen without scrolling.
  if (item.state === FAILED && before !== FAILED) total?.after(element);
  const held = document.activeElement;
  retry.hidden = ![FAILED, PAUSED, SIGNED_OUT].includes(item.state);
  cancel.hidden = item.state === DONE;
  // Whoever pressed a button that goes is not thrown back to the top of the page.
  if (held === retry && retry.hidden) cancel.focus();
}

/** @param {Upload} item */
function wordsFor(item) {
  switch (item.state) {
    case WAITING: return say('upload.waiting');
    case SENDING: return fill('upload.percent', { n: Math.floor((100 * item.sent) / Math.max(1, item.file.size)) });
    case PROCESSING: return say('upload.processing');
    case SIGNED_OUT: return say('upload.signed_out');
    case PAUSED: return item.reason || say(navigator.onLine ? 'upload.broken' : 'upload.offline');
    case FAILED: return failure(item);
    default:
      if (item.unplaced) return say('upload.unplaced');
      return say(item.known ? 'upload.known' : 'upload.arrived');
  }
}

/** @param {Upload} item */
function failure(item) {
  if (item.reason === 'unreadable') return say('upload.unreadable');
  if (item.status === 404) return say('upload.link_ended');
  return item.reason || fill('upload.server', { n: item.status ?? 0 });
}

// The line for all of them. It is looked at, not listened to: what is announced is the beginning and the end.
function sum() {
  if (!total) return;
  const items = sending.items.filter((item) => item.state !== CANCELLED);
  /** @param {(item: Upload) => number} of @param {Upload[]} list */
  const bytes = (of, list) => list.reduce((sofar, item) => sofar + of(item), 0);
  const arrivedOnes = items.filter((item) => item.state === DONE);
  const failed = items.filter((item) => item.state === FAILED);
  const underWay = items.filter(isUnderWay);
  const line = find(total, 'p');
  const bar = find(total, 'progress');
  const all = bytes((item) => item.file.size, items);
  const left = bytes((item) => item.file.size - item.sent, underWay);
  bar.value = all > 0 ? (all - left) / all : 0;
  bar.hidden = underWay.length === 0;
  if (underWay.length > 0) {
    wasBusy = true;
    line.textContent = fill('upload.total', { arrived: arrivedOnes.length, all: items.length, left: megabytes.format(left / 1e6) });
    return;
  }
  const words = [count('upload.done', arrivedOnes.length)];
  if (failed.length > 0) words.push(count('upload.failed', failed.length));
  line.textContent = words.join(' ');
  if (!wasBusy) return;
  wasBusy = false;
  announce(line.textContent);
  // What arrived as it should needs no row any more.
  for (const item of arrivedOnes) if (!item.known && !item.unplaced) item.row?.element.remove();
}

/** @type {number | undefined} */
let refreshing;
// Several that arrive together are shown together; without a line they are shown when there is one again.
function arrived(pause = SHOW_AFTER_MS) {
  if (form.dataset.upload === 'drop') return;
  refreshing ??= setTimeout(() => {
    refreshing = undefined;
    inTurn(refresh).then(watchPending, () => arrived(SHOW_AGAIN_MS));
  }, pause);
}

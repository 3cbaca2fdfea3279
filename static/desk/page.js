// The page and the server: requests one after the other, the version they are based on, and the page brought up to date from the server's
// own HTML without touching what somebody is typing.

import { fill, inOurWords, locale, say } from './messages.js';

export const editor = document.getElementById('editor');
/** The story's address in the API. */
export const api = editor?.dataset.api ?? '';

/**
 * The story's version as this page knows it, the count of all its changes, and how many changes of structure are on their way. While there are any, the page is ahead of
 * the server and is not brought up to date: quick moves one after the other would be undone by the answer to an earlier one.
 */
export const state = { version: Number(editor?.dataset.version ?? 0), changes: Number(editor?.dataset.changes ?? 0), onTheWay: 0 };

const policy = globalThis.trustedTypes?.createPolicy('desk', { createHTML: (html) => html });

/**
 * A document of HTML that this server made.
 * @param {string} html
 */
export function parse(html) {
  return new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, 'text/html');
}

/**
 * What a selector finds, where something must be.
 * @template {string} S @param {ParentNode} root @param {S} selector
 */
export function find(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`There is no ${selector}.`);
  return found;
}

/**
 * Says something once to those who listen.
 * @param {string} text
 */
export function announce(text) {
  const line = find(document, '#announcer');
  line.textContent = '';
  requestAnimationFrame(() => { line.textContent = text; });
}

/** @type {HTMLElement | undefined} */
let banner;
/**
 * Shows a sentence at the bottom until it is closed or replaced.
 * @param {string} text @param {{ href: string, text: string }} [link]
 */
export function tell(text, link) {
  hush();
  banner = document.createElement('div');
  banner.className = 'banner';
  banner.setAttribute('role', 'alert');
  banner.append(text);
  if (link) {
    const anchor = document.createElement('a');
    anchor.className = 'button';
    anchor.href = link.href;
    anchor.target = '_blank';
    anchor.textContent = link.text;
    banner.append(anchor);
  }
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = say('close');
  close.onclick = hush;
  banner.append(close);
  document.body.append(banner);
}

export function hush() {
  banner?.remove();
  banner = undefined;
}

const person = document.body.dataset.person ?? '';
/** Where this browser notes who signed in last. */
const NOTE = 'desk-person';
try {
  if (person) localStorage.setItem(NOTE, person);
} catch { /* no such place in this window */ }

/** Whether somebody else has signed in in this browser since: what was typed on this page is not theirs to send. */
function somebodyElse() {
  try {
    return person !== '' && (localStorage.getItem(NOTE) ?? person) !== person;
  } catch {
    return false;
  }
}

/** @type {Promise<unknown>} */
let last = Promise.resolve();
/**
 * Runs tasks one after the other, so that each knows the version that the one before made.
 * @template T @param {() => T | Promise<T>} task @returns {Promise<T>}
 */
export function inTurn(task) {
  const run = last.then(() => task(), () => task());
  last = run.catch(() => {});
  return run;
}

/**
 * Asks the API. Resolves to status and body, whatever the status; rejects only when there is no line.
 * @param {string} method @param {string} url @param {object} [body] @param {Record<string, string>} headers @returns {Promise<Answer>}
 */
export async function ask(method, url, body, headers = {}) {
  if (somebodyElse()) {
    tell(say('session_ended'), { href: '/desk/sign-in', text: say('sign_in.do') });
    return { ok: false, status: 401, body: null };
  }
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  let json = null;
  try { json = text ? JSON.parse(text) : null; } catch { /* a proxy's page, perhaps */ }
  // Only an answer to a request that named the version is the next version of what this page shows; others may have come between.
  if (response.ok && headers['If-Match'] && json?.data?.version && editor) {
    const details = document.querySelector('[data-details]');
    if (details && headers['If-Match'] === `"${details.dataset.version}"`) details.dataset.version = json.data.version;
    setVersion(json.data.version);
  }
  // One change more than was known is this one; if there are others between, they are still to be looked at.
  const count = Number(response.headers.get('ETag')?.match(/^"\d+\.(\d+)"$/)?.[1]);
  if (response.ok && count === state.changes + 1) state.changes = count;
  if (response.status === 401) {
    tell(say('session_ended'), { href: '/desk/sign-in', text: say('sign_in.do') });
  }
  if (!response.ok) return { ok: false, status: response.status, body: await inOurWords(json) };
  return { ok: json !== null, status: response.status, body: json };
}

/**
 * What an answer of 400 and above says, in a sentence.
 * @param {Answer} answer
 */
export function reason(answer) {
  return answer.body?.detail ?? fill('answered', { n: answer.status });
}

/** @param {number} version */
export function setVersion(version) {
  state.version = version;
  for (const field of document.querySelectorAll('#structure [name=version], .gap [name=version], [data-details] [name=version], #delete [name=version]')) {
    field.value = String(version);
  }
}

/**
 * Instants in the reader's own time zone.
 * @param {ParentNode} root
 */
export function localTimes(root) {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  for (const time of root.querySelectorAll('time[datetime]:not([data-as-is])')) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = format.format(at);
  }
}

export function clockTime() {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(new Date());
}

// What of a block decides whether the one on the page is still the same; words being typed are not part of it.
/** @param {HTMLElement} block */
function signature(block) {
  const parts = [...block.querySelectorAll('[data-part]')].map((form) => `${form.dataset.part}:${form.dataset.version}`);
  const pictures = [...block.querySelectorAll('.shot img')].map((image) => image.getAttribute('src'));
  const pressed = block.querySelector('.layouts button[aria-pressed=true]')?.value ?? '';
  const frames = [...block.querySelectorAll('.frame')].map((frame) => frame.id + (frame.querySelector('.blank')?.className ?? ''));
  const records = [...block.querySelectorAll('[data-record]')].map((field) => field.dataset.record);
  return JSON.stringify([parts, pictures, pressed, frames, records, block.dataset.signature]);
}

/**
 * Whether words stand in a block that are nowhere else: being typed, shown against another's, kept from before, or on their way to a new block.
 * @param {HTMLElement} block
 */
function holdsWords(block) {
  return block.querySelector('.words.dirty, .conflict, .kept, .gap[open]');
}

/** @param {HTMLElement} block */
function isBusy(block) {
  return holdsWords(block) || (block.contains(document.activeElement) && document.activeElement?.matches('textarea, input'));
}

/** @param {HTMLElement} now @param {HTMLElement} fresh */
function mergeBlocks(now, fresh) {
  const known = new Map([...now.children].map((block) => [block.id, block]));
  const merged = [...fresh.children].map((block) => {
    const old = known.get(block.id);
    if (!old) return document.adoptNode(block);
    if (signature(old) === signature(block) || isBusy(old)) {
      for (const frame of block.querySelectorAll('.frame')) mergeNotes(old, frame);
      mergeAdvice(old, block);
      mergeLead(old, block);
      return old;
    }
    const fresh = document.adoptNode(block);
    for (const box of old.querySelectorAll('[name=block]:checked, [name=frame]:checked')) {
      const next = fresh.querySelector(`[name="${box.name}"][value="${box.value}"]`);
      if (next) next.checked = true;
    }
    fresh.tabIndex = old.tabIndex;
    return fresh;
  });
  // What a colleague removed stays while somebody is still typing in it.
  for (const [index, old] of [...now.children].entries()) {
    if (!fresh.querySelector(`#${CSS.escape(old.id)}`) && !merged.includes(old) && holdsWords(old)) merged.splice(index, 0, old);
  }
  const focused = document.activeElement;
  const inPlace = merged.length === now.children.length && merged.every((block, index) => block === now.children[index]);
  if (!inPlace) {
    now.replaceChildren(...merged);
    // A block that was drawn anew keeps the focus that the old one had.
    const next = focused?.isConnected ? focused : document.getElementById(focused?.id ?? '');
    next?.focus({ preventScroll: true });
  }
  renumber();
}

/** @param {HTMLElement} old @param {HTMLElement} fresh */
function mergeLead(old, fresh) {
  const before = old.querySelector('.rail .lead');
  const after = fresh.querySelector('.rail .lead');
  if (before && !after) before.remove();
  if (after && !before) find(old, '.rail').append(document.adoptNode(after));
  for (const button of old.querySelectorAll('[value^="lead:"]')) button.disabled = Boolean(after);
}

/** @param {HTMLElement} old @param {HTMLElement} fresh */
function mergeNotes(old, fresh) {
  const frame = old.querySelector(`#${CSS.escape(fresh.id)}`);
  const before = frame?.querySelector('.notes');
  const after = fresh.querySelector('.notes');
  if (!frame || before?.innerText === after?.textContent) return;
  before?.remove();
  if (after) frame.append(document.adoptNode(after));
}

/** @param {HTMLElement} old @param {HTMLElement} fresh */
function mergeAdvice(old, fresh) {
  const before = old.querySelector('.advice');
  const after = fresh.querySelector('.advice');
  if (fresh.dataset.signature !== undefined) old.dataset.signature = fresh.dataset.signature;
  if (before?.textContent === after?.textContent) return;
  before?.remove();
  if (after) old.append(document.adoptNode(after));
}

/** Numbers, gaps and the ends of menus follow the order on the page. */
export function renumber() {
  const blocks = [...document.querySelectorAll('#blocks > .block')];
  const page = editor?.dataset.page;
  if (page === 'table') {
    renumberTiles(blocks);
    return;
  }
  if (page !== 'story') return;
  blocks.forEach((block, index) => {
    block.tabIndex = document.getElementById('structure') && block.querySelector('.handle') ? 0 : -1;
    find(block, '.rail .number').textContent = String(index + 1);
    block.querySelector('[name=block]')?.setAttribute('aria-label', fill('editor.choose', { n: index + 1 }));
    block.setAttribute('aria-label', fill('editor.block', { n: index + 1, all: blocks.length }));
    const gap = block.querySelector(':scope > .gap');
    if (gap) placeGap(gap, index + 1);
    for (const button of block.querySelectorAll('.move [name=do]')) {
      const verb = button.value.split(':')[0];
      if (verb === 'first' || verb === 'earlier') button.disabled = index === 0;
      if (verb === 'last' || verb === 'later') button.disabled = index === blocks.length - 1;
    }
  });
}

// On the light table pictures are counted, not blocks.
/** @param {HTMLElement[]} tiles */
function renumberTiles(tiles) {
  let first = 1;
  tiles.forEach((tile, index) => {
    const frames = Number(tile.dataset.frames);
    const number = tile.querySelector('.number');
    if (number && frames > 0) number.textContent = frames > 1 ? `${first}–${first + frames - 1}` : String(first);
    first += frames;
    tile.setAttribute('aria-label', fill('table.block', { n: index + 1, all: tiles.length }));
  });
}

/** @param {HTMLElement} gap @param {number} position */
function placeGap(gap, position) {
  gap.dataset.position = String(position);
  find(gap, '[name=position]').value = String(position);
  find(gap, 'summary').setAttribute('aria-label', fill('gap.insert', { n: position + 1 }));
  find(gap, 'a.button').href = `${editor?.dataset.here}/photos?position=${position}`;
}

/** @param {string} selector @param {Document} fresh @param {string} where */
function swap(selector, fresh, where) {
  const old = document.querySelector(selector);
  const next = fresh.querySelector(selector);
  // What is the same stays, so that a click on its way to a button still finds it.
  if (old && next && old.outerHTML === next.outerHTML) return;
  if (old && next) old.replaceWith(document.adoptNode(next));
  else if (old) old.remove();
  else if (next) document.querySelector(where)?.append(document.adoptNode(next));
}

// The story's own fields: what nobody is typing in follows the server. Where somebody is typing and another changed the same field, the
// form keeps the version it was made from, so that saving it shows both.
/** @param {Document} fresh */
function mergeDetails(fresh) {
  const now = document.querySelector('[data-details]');
  const next = fresh.querySelector('[data-details]');
  if (!now || !next) return;
  let clash = false;
  for (const field of next.elements) {
    const mine = field.name && field.type !== 'hidden' ? now.elements.namedItem(field.name) : null;
    if (!mine) continue;
    const key = /** @type {'value'} */ (field.type === 'checkbox' ? 'checked' : 'value');
    const standard = /** @type {'defaultValue'} */ (field.type === 'checkbox' ? 'defaultChecked' : 'defaultValue');
    const agreed = now.agreed?.get(field.name) ?? mine[standard];
    if (field[key] === agreed) continue;
    if (mine[key] !== agreed) {
      clash = true;
      continue;
    }
    mine[key] = field[key];
    mine[standard] = field[key];
    now.agreed?.set(field.name, field[key]);
  }
  if (!clash) now.dataset.version = next.dataset.version;
}

/** What a request says that the page makes by itself: it is no use of the session, which ends where nobody sits. */
export const UNATTENDED = { 'Reportage-Unattended': '1' };

/**
 * Brings the page up to date with the server; by itself, or because of something that whoever sits there did.
 * @param {boolean} [byItself]
 */
export async function refresh(byItself = false) {
  const response = await fetch(location.pathname + location.search, { headers: byItself ? UNATTENDED : {} });
  if (!response.ok || response.redirected) return;
  const fresh = parse(await response.text());
  if ((fresh.body.dataset.person ?? '') !== person) return;
  // What is being dragged keeps its place under the pointer; the drop brings the page up to date.
  if (document.body.matches('.in-drag') || state.onTheWay > 0) return;
  if (editor) {
    const next = fresh.getElementById('editor');
    if (!next) return;
    const [now, then] = [document.getElementById('blocks'), fresh.getElementById('blocks')];
    if (now && then) mergeBlocks(now, then);
    setVersion(Number(next.dataset.version));
    state.changes = Number(next.dataset.changes ?? 0);
    mergeDetails(fresh);
    swap('.blocks-column > .empty', fresh, '.blocks-column');
    swap('#tray', fresh, '.blocks-column');
    if (editor.dataset.page === 'story') swap('#chosen', fresh, '.blocks-column');
    for (const part of ['h1', '.facts', '.buttons', '#history']) swap(`.toolbar ${part}`, fresh, '.toolbar');
    localTimes(find(document, '.toolbar'));
  } else {
    for (const id of ['tiles']) {
      const old = document.getElementById(id);
      const next = fresh.getElementById(id);
      if (old && next) old.replaceWith(document.adoptNode(next));
    }
    swap('.page > .empty', fresh, '.page');
    document.getElementById('library')?.toggleAttribute('data-waiting', fresh.querySelector('[data-waiting]') !== null);
  }
}

let watching = false;
/** Looks again while photographs are being prepared. */
export async function watchPending() {
  if (watching) return;
  watching = true;
  for (let tries = 0; tries < 200 && document.querySelector('#editor [data-pending], [data-waiting]'); tries += 1) {
    await new Promise((resolve) => { setTimeout(resolve, 700); });
    await inTurn(() => refresh(true)).catch(() => {});
  }
  watching = false;
}

// Order and structure: drag, menu and keyboard end in the same operation, "move this to that position, counted after it was taken out".

import { announce, api, ask, editor, find, hush, inTurn, reason, refresh, renumber, setVersion, state, tell, watchPending } from './page.js';
import { fill, say } from './messages.js';
import { moveChosen } from './table.js';
import { flush } from './words.js';

// Null where a story has none to show: then there is nothing to press either.
const list = /** @type {HTMLElement} */ (document.getElementById('blocks'));

export function tendOrder() {
  if (!editor) return;
  renumber();
  watchPending();
  find(document, '#structure').addEventListener('submit', (event) => {
    // A button with an address of its own leads to a page.
    if (event.submitter?.hasAttribute('formaction')) return;
    event.preventDefault();
    press(event.submitter?.value ?? '');
  });
  // The Enter key in "to place" moves to that place.
  editor.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target.name?.startsWith('to-')) {
      event.preventDefault();
      press(`at:${event.target.name.slice(3)}`);
    }
  });
  editor.addEventListener('submit', (event) => {
    const gap = event.target.closest('.gap');
    if (!gap) return;
    event.preventDefault();
    insert(gap, event.target, event.submitter?.value ?? 'text');
  });
  editor.addEventListener('toggle', (event) => {
    if (event.target.matches?.('.gap[open]')) event.target.querySelector('textarea')?.focus();
  }, true);
  editor.addEventListener('keydown', keyboard);
  editor.addEventListener('pointerdown', grab);
}

function blocks() {
  return [...list.querySelectorAll(':scope > .block')];
}

function chosen() {
  return [...list.querySelectorAll('[name=block]:checked')].map((box) => box.value);
}

/** @param {string} command */
function press(command) {
  const [verb = '', id = ''] = command.split(':');
  // Null where a verb is about what is chosen, or about what was removed.
  const block = /** @type {HTMLElement} */ (document.getElementById(id));
  if (verb.startsWith('layout-')) {
    run([{ op: 'update', id, set: { layout: verb.slice(7) }, version: Number(block.dataset.version) }], say('order.layout'));
    return;
  }
  if (verb === 'together') {
    moveChosen(id);
    return;
  }
  if (verb === 'sort') {
    run([{ op: 'sort', by: id }], say('table.sorted'));
    return;
  }
  if (id.startsWith('frm_')) {
    const frames = [...block.parentElement?.querySelectorAll(':scope > .frame') ?? []];
    const at = frames.indexOf(block);
    if (verb === 'remove') run([{ op: 'remove', id }], say('order.out'));
    else run([{ op: 'move', id, position: verb === 'earlier' ? at - 1 : at + 1 }], say('order.within'), id);
    return;
  }
  const order = blocks();
  const at = order.indexOf(block);
  const last = order.length - 1;
  const target = /** @type {Record<string, () => number>} */ ({
    first: () => 0,
    earlier: () => at - 1,
    later: () => at + 1,
    last: () => last,
    at: () => Number(find(document, `[name="to-${id}"]`).value) - 1,
  })[verb];
  if (target) {
    move(block, target());
  } else if (verb === 'remove') {
    const ids = id ? [id] : chosen();
    run(ids.map((each) => ({ op: 'remove', id: each })), say('order.removed'));
  } else if (verb === 'restore') {
    run([{ op: 'restore', id }], say('order.restored'), id);
  } else if (verb === 'group') {
    const ids = chosen();
    run([{ op: 'group', ids }], say('order.grouped'), ids[0]);
  } else if (verb === 'ungroup-chosen') {
    const groups = chosen().filter((each) => Number(document.getElementById(each)?.dataset.frames) > 1);
    run(groups.map((each) => ({ op: 'ungroup', id: each })), say('order.ungrouped'));
  } else if (verb === 'ungroup') {
    run([{ op: 'ungroup', id }], say('order.ungrouped'));
  } else if (verb === 'lead') {
    inTurn(async () => {
      await flush();
      const answer = await ask('PATCH', api, { lead: id }, { 'If-Match': `"${state.version}"` });
      await after(answer, say('order.lead'));
    }).catch(noLine);
  }
}

/**
 * Puts blocks into an order on the page: only what has to move is moved, so that pictures and fields stay what they are.
 * @param {HTMLElement} list @param {HTMLElement[]} next
 */
export function rearrange(list, next) {
  const was = new Map([...list.children].map((block, index) => [block, index]));
  const goal = new Map(next.map((block, index) => [block, index]));
  let at = /** @type {HTMLElement | null} */ (list.firstElementChild);
  next.forEach((block, index) => {
    /** @param {HTMLElement} here */
    const far = (here) => (was.get(block) ?? 0) - (was.get(here) ?? 0);
    // Of two that have changed sides, the one moves that has further to go: the others stay where they are in the document.
    while (at && far(at) > 0 && (goal.get(at) ?? index) - index > far(at)) {
      const gone = at;
      at = /** @type {HTMLElement | null} */ (at.nextElementSibling);
      gone.remove();
    }
    if (at === block) at = /** @type {HTMLElement | null} */ (at.nextElementSibling);
    else list.insertBefore(block, at);
  });
  renumber();
}

/**
 * Moves a block on the page at once and at the server right after.
 * @param {HTMLElement} block @param {number} position
 */
function move(block, position) {
  const order = blocks();
  const from = order.indexOf(block);
  const to = Math.max(0, Math.min(position, order.length - 1));
  if (!Number.isFinite(position) || from < 0 || from === to) return;
  const before = order.map((other) => other.id);
  const held = document.activeElement;
  const others = order.filter((other) => other !== block);
  list.insertBefore(block, others[to] ?? null);
  renumber();
  (held?.isConnected && block.contains(held) && !held.disabled && held.offsetParent ? held : block).focus({ preventScroll: true });
  block.scrollIntoView({ block: 'nearest' });
  run([{ op: 'move', id: block.id, position: to }], fill('order.moved', { n: to + 1, all: order.length }), null, before);
}

/**
 * Carries out operations on the version that this page shows; `before` is the order they are about.
 * @param {Operation[]} operations @param {string} words @param {string | null} [focus]
 */
export function run(operations, words, focus, before = blocks().map((block) => block.id)) {
  if (operations.length === 0 || operations[0]?.ids?.length === 0) return;
  state.onTheWay += 1;
  inTurn(async () => {
    let answer;
    try {
      await flush();
      answer = await send(operations);
      const now = answer.status === 412 && !answer.body?.part && answer.body?.current;
      // Somebody changed the title, say, or photographs arrived, but what was seen stands in the order that was seen: the move means what it
      // meant.
      const order = now ? now.blocks.map((block) => block.id) : [];
      if (now && order.filter((id) => before.includes(id)).join() === before.join()) {
        setVersion(now.version);
        answer = await send(operations.map((operation) => among(operation, before, order)));
      }
    } catch {
      noLine();
      // The page is ahead of the server now, or not: the next move must not be taken for one in this order.
      setVersion(-1);
    } finally {
      state.onTheWay -= 1;
    }
    if (answer) await after(answer, words, focus);
  }).catch(noLine);
}

/**
 * A move in the order that was seen, as the same move in an order into which others have come.
 * @param {Operation} operation @param {string[]} before @param {string[]} order @returns {Operation}
 */
function among(operation, before, order) {
  const moved = operation.ids ?? (operation.id ? [operation.id] : []);
  if (operation.op !== 'move' || !moved.every((id) => before.includes(id))) return operation;
  /** @param {string[]} ids */
  const others = (ids) => ids.filter((id) => !moved.includes(id));
  const follows = others(before)[operation.position - 1];
  return { ...operation, position: follows ? others(order).indexOf(follows) + 1 : 0 };
}

/** @param {Operation[]} operations */
function send(operations) {
  return ask('POST', `${api}/operations`, { operations }, { 'If-Match': `"${state.version}"` });
}

/** @param {Answer} answer @param {string} words @param {string | null} [focus] */
async function after(answer, words, focus) {
  if (answer.ok) {
    hush();
    announce(words);
  } else if (answer.status === 412) {
    tell(say('order.overtaken'));
  } else if (answer.status !== 401) {
    tell(reason(answer));
  }
  if (state.onTheWay > 0) return;
  await refresh();
  if (answer.ok && focus) {
    const part = document.getElementById(focus);
    (part?.closest('.block') ?? part)?.focus({ preventScroll: true });
    part?.scrollIntoView({ block: 'nearest' });
  }
}

function noLine() {
  tell(say('no_line'));
}

/** @param {HTMLDetailsElement} gap @param {HTMLFormElement} form @param {string} type */
function insert(gap, form, type) {
  const words = form.elements.words.value;
  if (words.trim() === '') {
    form.elements.words.focus();
    return;
  }
  const attribution = form.elements.attribution.value.trim();
  const block = /** @type {Record<string, Words & { type: string }>} */ ({
    heading: { type, text: words },
    quote: { type, markdown: words, ...(attribution && { attribution }) },
  })[type] ?? { type: 'text', markdown: words };
  const position = Number(gap.dataset.position);
  if (form.dataset.busy) return;
  form.dataset.busy = 'yes';
  inTurn(async () => {
    await flush();
    const answer = await ask('POST', `${api}/operations`, { operations: [{ op: 'insert', position, block }] }, { 'If-Match': `"${state.version}"` });
    if (answer.ok) {
      form.reset();
      gap.open = false;
    }
    await after(answer, say('order.inserted'), answer.body?.data?.blocks?.[position]?.id);
  }).catch(noLine).finally(() => { delete form.dataset.busy; });
}

// The keyboard: Alt with arrows, Home and End moves the block that has the focus.
/** @param {Aimed<'keydown'>} event */
function keyboard(event) {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const block = event.target.closest('.block');
  if (!block?.querySelector('.handle') || event.target.matches('textarea, input:not([type=checkbox])')) return;
  const at = blocks().indexOf(block);
  const to = /** @type {Record<string, number>} */ ({ ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: blocks().length - 1 })[event.key];
  if (to === undefined) return;
  event.preventDefault();
  move(block, to);
}

// Dragging by the handle, with pointer events: mouse, pen and finger alike.
/** @param {Aimed<'pointerdown'>} event */
function grab(event) {
  if (!event.target.matches('.handle') || event.button !== 0) return;
  const block = event.target.closest('.block');
  if (!block) return;
  const handle = event.target;
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  const ghost = document.createElement('div');
  ghost.className = 'ghost';
  const image = block.querySelector('.shot img');
  if (image) ghost.append(image.cloneNode());
  else ghost.textContent = block.querySelector('textarea, input.title')?.value.slice(0, 140) ?? '';
  document.body.append(ghost);
  document.body.classList.add('in-drag');
  block.classList.add('dragging');
  let y = event.clientY;
  /** @type {number | null} */
  let target = null;
  let scrolling = 0;

  const mark = () => {
    for (const other of blocks()) other.classList.remove('mark-before', 'mark-after');
    target = null;
    const others = blocks().filter((other) => other !== block);
    for (const [index, other] of others.entries()) {
      const box = other.getBoundingClientRect();
      if (y < box.top + box.height / 2) {
        target = index;
        other.classList.add('mark-before');
        break;
      }
    }
    if (target === null && others.length > 0) {
      target = others.length;
      others.at(-1)?.classList.add('mark-after');
    }
  };
  const edge = () => {
    const speed = y < 150 ? y - 150 : y > innerHeight - 80 ? y - innerHeight + 80 : 0;
    if (speed !== 0) {
      scrollBy(0, speed / 2);
      mark();
    }
    scrolling = requestAnimationFrame(edge);
  };
  /** @param {PointerEvent} moved */
  const follow = (moved) => {
    y = moved.clientY;
    ghost.style.setProperty('left', `${moved.clientX + 14}px`);
    ghost.style.setProperty('top', `${moved.clientY + 10}px`);
    mark();
  };
  /** @param {boolean} drop */
  const end = (drop) => {
    cancelAnimationFrame(scrolling);
    handle.removeEventListener('pointermove', follow);
    handle.removeEventListener('pointerup', release);
    handle.removeEventListener('pointercancel', cancel);
    document.removeEventListener('keydown', escape);
    ghost.remove();
    document.body.classList.remove('in-drag');
    block.classList.remove('dragging');
    for (const other of blocks()) other.classList.remove('mark-before', 'mark-after');
    if (drop && target !== null) move(block, target);
    inTurn(refresh).catch(() => {});
  };
  const release = () => end(true);
  const cancel = () => end(false);
  /** @param {KeyboardEvent} key */
  const escape = (key) => { if (key.key === 'Escape') end(false); };
  handle.addEventListener('pointermove', follow);
  handle.addEventListener('pointerup', release);
  handle.addEventListener('pointercancel', cancel);
  document.addEventListener('keydown', escape);
  follow(event);
  scrolling = requestAnimationFrame(edge);
}

// The light table: choosing and ordering frames on a contact sheet, by mouse, finger and keyboard. What is chosen moves together, and every way
// ends in one operation: "move these to that position, counted after they were taken out".

import { editor, find } from './page.js';
import { count, fill } from './messages.js';
import { rearrange, run } from './order.js';

// Null on other pages; tendTable looks.
const list = /** @type {HTMLElement} */ (document.getElementById('blocks'));
/** How far the pointer goes before a press is a drag, in pixels. */
const SLACK = 6;

/** The tile that a range begins at, and the one that has the focus. @type {HTMLElement | null} */
let anchor = null;

export function tendTable() {
  if (editor?.dataset.page !== 'table' || !list || !document.getElementById('chosen')) return;
  list.addEventListener('click', click);
  list.addEventListener('change', () => show());
  list.addEventListener('keydown', keyboard);
  list.addEventListener('pointerdown', press);
  list.addEventListener('focusin', (event) => rove(event.target.closest('.tile2')));
  list.addEventListener('dragstart', (event) => event.preventDefault());
  rove(tiles()[0]);
  show();
  new MutationObserver(() => {
    if (!list.querySelector('.tile2[tabindex="0"]')) rove(tiles()[0]);
    show();
  }).observe(list, { childList: true });
}

function tiles() {
  return [...list.children];
}

/** @param {HTMLElement} tile */
function box(tile) {
  return find(tile, '[name=block]');
}

function chosenTiles() {
  return tiles().filter((tile) => box(tile).checked);
}

/**
 * Only one tile is in the order of the Tab key; the arrows go to the others.
 * @param {HTMLElement | null} [tile]
 */
function rove(tile) {
  if (!tile) return;
  for (const other of list.querySelectorAll('.tile2[tabindex="0"]')) other.tabIndex = -1;
  tile.tabIndex = 0;
}

function show() {
  const chosen = chosenTiles().length;
  const bar = find(document, '#chosen');
  bar.hidden = chosen === 0;
  find(bar, '.how-many').textContent = count('table.chosen', chosen);
}

/** @param {HTMLElement[]} wanted */
function choose(wanted) {
  for (const tile of tiles()) box(tile).checked = wanted.includes(tile);
  show();
}

/** @param {HTMLElement} from @param {HTMLElement} to */
function range(from, to) {
  const all = tiles();
  const ends = [all.indexOf(from), all.indexOf(to)];
  return all.slice(Math.max(Math.min(...ends), 0), Math.max(...ends) + 1);
}

/** @param {Aimed<'click'>} event */
function click(event) {
  const tile = event.target.closest('.tile2');
  if (!tile || event.target.closest('a, label, button, input')) {
    if (tile) anchor = tile;
    return;
  }
  if (dragged) return;
  if (event.shiftKey && anchor?.isConnected) {
    const wanted = range(anchor, tile);
    choose(event.ctrlKey || event.metaKey ? [...chosenTiles(), ...wanted] : wanted);
    getSelection()?.removeAllRanges();
  } else if (event.ctrlKey || event.metaKey) {
    box(tile).checked = !box(tile).checked;
    anchor = tile;
    show();
  } else {
    const only = chosenTiles().length === 1 && box(tile).checked;
    choose(only ? [] : [tile]);
    anchor = tile;
  }
  tile.focus({ preventScroll: true });
}

/** @param {Aimed<'keydown'>} event */
function keyboard(event) {
  const tile = event.target.closest('.tile2');
  if (!tile) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
    event.preventDefault();
    choose(tiles());
    return;
  }
  if (event.key === 'Escape' && chosenTiles().length > 0) {
    event.preventDefault();
    choose([]);
    anchor = null;
    return;
  }
  if (event.target === tile && event.key === ' ') {
    event.preventDefault();
    box(tile).checked = !box(tile).checked;
    anchor = tile;
    show();
    return;
  }
  if (event.target === tile && event.key === 'Enter') {
    tile.querySelector('.to-caption')?.click();
    return;
  }
  const goal = aim(event.key, tile);
  if (goal === null || event.target.matches('input[type=number]')) return;
  event.preventDefault();
  if (event.altKey) shift(event.key, tile, goal);
  else {
    const next = /** @type {HTMLElement} */ (tiles()[goal]);
    if (event.shiftKey) {
      anchor ??= tile;
      choose(range(anchor, next));
    } else {
      // From where one has walked to, the next range begins.
      anchor = null;
    }
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  }
}

/**
 * The index that a key leads to from a tile, or null.
 * @param {string} key @param {HTMLElement} tile
 */
function aim(key, tile) {
  const all = tiles();
  const at = all.indexOf(tile);
  if (key === 'ArrowLeft') return Math.max(at - 1, 0);
  if (key === 'ArrowRight') return Math.min(at + 1, all.length - 1);
  if (key === 'Home') return 0;
  if (key === 'End') return all.length - 1;
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
  // The tile above or below: of the nearest row, the one that stands nearest.
  const here = tile.getBoundingClientRect();
  const down = key === 'ArrowDown';
  const beyond = all.filter((other) => {
    const there = other.getBoundingClientRect();
    return down ? there.top >= here.bottom - 1 : there.bottom <= here.top + 1;
  });
  const nearest = down ? beyond[0] : beyond.at(-1);
  if (!nearest) return at;
  const { top } = nearest.getBoundingClientRect();
  const row = beyond.filter((other) => Math.abs(other.getBoundingClientRect().top - top) < 2);
  const middle = here.left + here.width / 2;
  /** @param {HTMLElement} other */
  const off = (other) => Math.abs(other.getBoundingClientRect().left + other.offsetWidth / 2 - middle);
  return all.indexOf(row.reduce((best, other) => (off(other) < off(best) ? other : best)));
}

/**
 * Moves what is chosen, or the tile that has the focus, by the keys.
 * @param {string} key @param {HTMLElement} tile @param {number} goal
 */
function shift(key, tile, goal) {
  const moving = box(tile).checked ? chosenTiles() : [tile];
  const others = tiles().filter((other) => !moving.includes(other));
  const first = tiles().findIndex((other) => moving.includes(other));
  const before = tiles().slice(0, first).filter((other) => !moving.includes(other)).length;
  const far = goal - tiles().indexOf(tile);
  const position = /** @type {Record<string, number>} */ ({ Home: 0, End: others.length })[key] ?? before + far;
  move(moving, Math.max(0, Math.min(position, others.length)), tile);
}

/**
 * Moves tiles on the sheet at once, and at the server right after.
 * @param {HTMLElement[]} moving @param {number} position
 */
export function move(moving, position, held = moving[0]) {
  const before = tiles().map((tile) => tile.id);
  const others = tiles().filter((tile) => !moving.includes(tile));
  const next = [...others.slice(0, position), ...moving, ...others.slice(position)];
  if (next.every((tile, index) => tile.id === before[index])) return;
  rearrange(list, next);
  held?.focus({ preventScroll: true });
  held?.scrollIntoView({ block: 'nearest' });
  const ids = moving.map((tile) => tile.id);
  run([{ op: 'move', ids, position }], fill('table.moved', { n: ids.length, place: position + 1 }), null, before);
}

/**
 * The chosen tiles to where a button says.
 * @param {string} place
 */
export function moveChosen(place) {
  const moving = chosenTiles();
  const [first] = moving;
  if (!first) return;
  const all = tiles();
  const others = all.filter((tile) => !moving.includes(tile));
  /** @param {HTMLElement} tile */
  const othersBefore = (tile) => all.slice(0, all.indexOf(tile)).filter((other) => !moving.includes(other)).length;
  const position = /** @type {Record<string, () => number>} */ ({
    first: () => 0,
    earlier: () => othersBefore(first) - 1,
    later: () => othersBefore(moving.at(-1) ?? first) + 1,
    last: () => others.length,
    at: () => Number(find(document, '#chosen [name=to]').value) - 1,
  })[place]?.() ?? NaN;
  if (Number.isFinite(position) && position >= -1) move(moving, Math.max(0, Math.min(position, others.length)));
}

// Dragging: after a few pixels with the mouse or a pen; with a finger after holding still, so that scrolling stays scrolling.

let dragged = false;

/** @param {Aimed<'pointerdown'>} event */
function press(event) {
  dragged = false;
  const tile = event.target.closest('.tile2');
  if (!tile || event.button !== 0 || event.target.closest('a, input, button, label')) return;
  const start = { x: event.clientX, y: event.clientY };
  if (event.pointerType === 'touch') {
    const hold = setTimeout(() => { stop(); drag(tile, event); }, 450);
    const stop = () => {
      clearTimeout(hold);
      removeEventListener('pointermove', away);
      removeEventListener('pointerup', stop);
      removeEventListener('pointercancel', stop);
    };
    /** @param {PointerEvent} moved */
    const away = (moved) => { if (Math.hypot(moved.clientX - start.x, moved.clientY - start.y) > SLACK) stop(); };
    addEventListener('pointermove', away);
    addEventListener('pointerup', stop);
    addEventListener('pointercancel', stop);
    return;
  }
  /** @param {PointerEvent} moved */
  const away = (moved) => {
    if (Math.hypot(moved.clientX - start.x, moved.clientY - start.y) <= SLACK) return;
    stop();
    drag(tile, moved);
  };
  const stop = () => {
    removeEventListener('pointermove', away);
    removeEventListener('pointerup', stop);
  };
  addEventListener('pointermove', away);
  addEventListener('pointerup', stop);
}

/** @param {HTMLElement} tile @param {PointerEvent} event */
function drag(tile, event) {
  dragged = true;
  if (!box(tile).checked) choose([tile]);
  const moving = chosenTiles();
  const others = tiles().filter((other) => !moving.includes(other));
  const ghost = document.createElement('div');
  ghost.className = 'ghost';
  const image = tile.querySelector('img');
  if (image) ghost.append(image.cloneNode());
  const label = document.createElement('p');
  label.textContent = count('table.chosen', moving.length).replace(/:$/, '');
  ghost.append(label);
  document.body.append(ghost);
  document.body.classList.add('in-drag');
  for (const each of moving) each.classList.add('dragging');
  let [x, y] = [event.clientX, event.clientY];
  /** @type {number | null} */
  let target = null;
  let scrolling = 0;

  const mark = () => {
    for (const other of others) other.classList.remove('mark-before', 'mark-after');
    target = null;
    // The nearest tile decides; the half in which the pointer is, on which side of it.
    let best = Infinity;
    for (const [index, other] of others.entries()) {
      const there = other.getBoundingClientRect();
      const across = Math.max(there.left - x, 0, x - there.right);
      const down = Math.max(there.top - y, 0, y - there.bottom);
      const off = Math.hypot(across, 3 * down);
      if (off < best) {
        best = off;
        target = x < there.left + there.width / 2 ? index : index + 1;
      }
    }
    if (target === null) return;
    if (target < others.length) others[target]?.classList.add('mark-before');
    else others.at(-1)?.classList.add('mark-after');
  };
  const edge = () => {
    const speed = y < 170 ? y - 170 : y > innerHeight - 90 ? y - innerHeight + 90 : 0;
    if (speed !== 0) {
      scrollBy(0, speed / 3);
      mark();
    }
    scrolling = requestAnimationFrame(edge);
  };
  /** @param {PointerEvent} moved */
  const follow = (moved) => {
    [x, y] = [moved.clientX, moved.clientY];
    ghost.style.setProperty('left', `${x + 14}px`);
    ghost.style.setProperty('top', `${y + 10}px`);
    mark();
  };
  /** @param {boolean} drop */
  const end = (drop) => {
    cancelAnimationFrame(scrolling);
    removeEventListener('pointermove', follow);
    removeEventListener('pointerup', release);
    removeEventListener('pointercancel', cancel);
    removeEventListener('touchmove', still);
    document.removeEventListener('keydown', escape);
    ghost.remove();
    document.body.classList.remove('in-drag');
    for (const each of [...moving, ...others]) each.classList.remove('dragging', 'mark-before', 'mark-after');
    if (drop && target !== null) move(moving, target, tile);
    // The click that ends a drag chooses nothing.
    setTimeout(() => { dragged = false; });
  };
  const release = () => end(true);
  const cancel = () => end(false);
  /** @param {Event} touch */
  const still = (touch) => touch.preventDefault();
  /** @param {KeyboardEvent} key */
  const escape = (key) => { if (key.key === 'Escape') end(false); };
  addEventListener('pointermove', follow);
  addEventListener('pointerup', release);
  addEventListener('pointercancel', cancel);
  addEventListener('touchmove', still, { passive: false });
  document.addEventListener('keydown', escape);
  follow(event);
  scrolling = requestAnimationFrame(edge);
}

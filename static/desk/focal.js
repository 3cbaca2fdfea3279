// The focal point on a photo's page: clicked in the picture, moved with the arrow keys or typed, with the crops as the server will make
// them. The two number fields hold it, and the form's own button saves it.

import { fill, say } from './messages.js';

// The shapes of the crops in `src/imaging/ladder.rs`.
/** @type {[name: string, ratio: number][]} */
const CROPS = [[say('focal.preview'), 1200 / 630], [say('focal.square'), 1], ['4:3', 4 / 3]];
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LARGE_STEP = 10;

export function tendFocal() {
  const form = document.querySelector('.photo-page form.words');
  const picture = document.querySelector('.photo-page .large > img');
  if (!form || !picture) return;
  const fields = [form.elements.focal_x, form.elements.focal_y];
  const shape = Number(picture.getAttribute('width')) / Number(picture.getAttribute('height'));
  const handle = makeHandle();
  const frame = surround(picture, handle, shape);
  const crops = CROPS.map(([name, ratio]) => makeCrop(name, ratio, picture));
  const unsaved = makePanel(frame, crops);
  /** Percent from the left and from the top. @type {[number, number]} */
  let point = [50, 50];

  const show = () => {
    const [left, top] = point;
    handle.style.left = `${left}%`;
    handle.style.top = `${top}%`;
    handle.setAttribute('aria-valuenow', left);
    handle.setAttribute('aria-valuetext', fill('focal.at', { left, top }));
    for (const { image, ratio } of crops) {
      const across = position(left / 100, Math.min(1, ratio / shape));
      const down = position(top / 100, Math.min(1, shape / ratio));
      image.style.objectPosition = `${across}% ${down}%`;
    }
    unsaved.hidden = form.elements.focal_was.value === fields.map((field) => field.value).join(' ');
  };
  /** @param {number[]} percents */
  const put = (...percents) => {
    point = /** @type {[number, number]} */ (percents.map((percent) => Math.min(Math.max(Math.round(percent), 0), 100)));
    fields.forEach((field, index) => {
      field.value = String(point[index]);
      field.setCustomValidity('');
    });
    show();
  };
  /** @param {MouseEvent} event */
  const putAt = (event) => {
    const box = frame.getBoundingClientRect();
    put((100 * (event.clientX - box.left)) / box.width, (100 * (event.clientY - box.top)) / box.height);
  };
  const read = () => {
    const empty = fields.every((field) => field.value.trim() === '');
    const typed = fields.map((field) => number(field.value));
    fields.forEach((field, index) => {
      field.setCustomValidity(empty || typed[index] !== null ? '' : 'A number from 0 to 100.');
    });
    // What is half typed moves nothing yet.
    point = [typed[0] ?? point[0], typed[1] ?? point[1]];
    show();
  };

  frame.addEventListener('click', (event) => {
    // Enter and the space bar on the handle click too, but at no place.
    if (event.detail === 0) return;
    putAt(event);
    handle.focus({ preventScroll: true });
  });
  handle.addEventListener('pointerdown', (event) => handle.setPointerCapture(event.pointerId));
  handle.addEventListener('pointermove', (event) => {
    if (handle.hasPointerCapture(event.pointerId)) putAt(event);
  });
  handle.addEventListener('keydown', (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const step = event.shiftKey ? LARGE_STEP : 1;
    put(point[0] + arrow[0] * step, point[1] + arrow[1] * step);
  });
  for (const field of fields) field.addEventListener('input', read);
  // A page that one comes back to holds what was typed before.
  window.addEventListener('pageshow', read);
  read();
}

/**
 * The percentage that somebody typed, with a comma or a point, or null.
 * @param {string} text
 */
function number(text) {
  const typed = text.trim().replace(',', '.');
  const percent = typed === '' ? NaN : Number(typed);
  return percent >= 0 && percent <= 100 ? percent : null;
}

/**
 * The object-position along one side, in percent, that shows what `Crop::part` takes: a part as long as `part` (of the whole side) around
 * the focal point, but within the picture. The percentage says how the rest is divided, so it is not that of the focal point.
 * @param {number} focal @param {number} part
 */
function position(focal, part) {
  if (part >= 1) return 50;
  const start = Math.min(Math.max(focal - part / 2, 0), 1 - part);
  return (100 * start) / (1 - part);
}

// A slider in two directions: screen readers pass on the arrow keys and speak the text of its value when that changes.
function makeHandle() {
  const handle = document.createElement('button');
  handle.type = 'button';
  handle.className = 'focal-point';
  handle.setAttribute('role', 'slider');
  handle.setAttribute('aria-label', say('focal.point'));
  handle.setAttribute('aria-describedby', 'focal-how');
  handle.setAttribute('aria-valuemin', 0);
  handle.setAttribute('aria-valuemax', 100);
  return handle;
}

/**
 * Puts the picture into a frame of exactly its own shape, in which the handle has its place.
 * @param {HTMLImageElement} picture @param {HTMLElement} handle @param {number} shape
 */
function surround(picture, handle, shape) {
  const frame = document.createElement('div');
  frame.className = 'focal';
  frame.style.setProperty('--shape', String(shape));
  frame.classList.toggle('tall', shape <= 1);
  // The browser's own dragging of pictures would end the handle's.
  picture.draggable = false;
  picture.replaceWith(frame);
  frame.append(picture, handle);
  return frame;
}

/** @param {string} name @param {number} ratio @param {HTMLImageElement} picture */
function makeCrop(name, ratio, picture) {
  const figure = document.createElement('figure');
  const image = document.createElement('img');
  const caption = document.createElement('figcaption');
  // As wide as its shape asks for, the crops are equally high.
  figure.style.flexGrow = String(ratio);
  image.style.aspectRatio = String(ratio);
  image.src = picture.src;
  image.alt = '';
  caption.textContent = name;
  figure.append(image, caption);
  return { figure, image, ratio };
}

/**
 * Puts the crops below the picture, or beside it where there is room. Returns the sentence that is there while the point is not saved.
 * @param {HTMLElement} frame @param {{ figure: HTMLElement }[]} crops
 */
function makePanel(frame, crops) {
  const both = document.createElement('div');
  const panel = document.createElement('section');
  const heading = document.createElement('h2');
  const how = document.createElement('p');
  const row = document.createElement('div');
  const unsaved = document.createElement('p');
  both.className = 'focal-desk';
  panel.className = 'panel';
  heading.textContent = say('focal.title');
  how.id = 'focal-how';
  how.className = 'hint';
  how.textContent = say('focal.how');
  row.className = 'crops';
  row.append(...crops.map(({ figure }) => figure));
  unsaved.className = 'focal-unsaved';
  unsaved.textContent = say('focal.unsaved');
  unsaved.hidden = true;
  panel.append(heading, how, row, unsaved);
  frame.replaceWith(both);
  both.append(frame, panel);
  return unsaved;
}

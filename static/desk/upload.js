// Uploads: many files, four at a time, a row each; by picker, drop or paste. In a story they are placed together at the end, in the order
// in which they were taken.

import { announce, editor, inTurn, refresh, tell, watchPending } from './page.js';
import { flush } from './words.js';

const AT_ONCE = 4;
const form = document.querySelector('form[data-upload]');

export function tendUploads() {
  if (!form) return;
  if (!editor) watchPending();
  const picker = form.querySelector('[type=file]');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    start([...picker.files]);
    picker.value = '';
  });
  picker.addEventListener('change', () => {
    start([...picker.files]);
    picker.value = '';
  });
  let depth = 0;
  const brings = (event) => event.dataTransfer?.types.includes('Files');
  document.addEventListener('dragenter', (event) => {
    if (!brings(event)) return;
    depth += 1;
    document.body.classList.add('dropping');
  });
  document.addEventListener('dragleave', (event) => {
    if (!brings(event)) return;
    depth -= 1;
    if (depth <= 0) document.body.classList.remove('dropping');
  });
  document.addEventListener('dragover', (event) => { if (brings(event)) event.preventDefault(); });
  document.addEventListener('drop', (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    depth = 0;
    document.body.classList.remove('dropping');
    start([...event.dataTransfer.files], placeOf(event));
  });
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) start(files);
  });
}

// Dropped on the story's blocks, photographs come where they were dropped; elsewhere at the end.
function placeOf(event) {
  const block = event.target.closest?.('.block');
  if (!block) return undefined;
  const box = block.getBoundingClientRect();
  const index = [...block.parentElement.children].indexOf(block);
  return event.clientY < box.top + box.height / 2 ? index : index + 1;
}

async function start(files, position) {
  if (files.length === 0) return;
  const board = document.querySelector('.uploads');
  const total = document.createElement('p');
  total.className = 'total';
  const rows = files.map(row);
  board.replaceChildren(total, ...rows.map((it) => it.element));
  const leave = (event) => event.preventDefault();
  window.addEventListener('beforeunload', leave);
  const photos = [];
  let done = 0;
  const count = () => { total.textContent = `${done} of ${files.length} arrived`; };
  count();
  const waiting = rows.slice();
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const photo = await sendWithRetry(next);
      if (photo) {
        photos.push(photo);
        done += 1;
        count();
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  window.removeEventListener('beforeunload', leave);
  if (photos.length > 0) await place(photos, position);
  if (done === files.length) board.replaceChildren(total);
  announce(total.textContent);
  watchPending();
}

function row(file) {
  const element = document.createElement('div');
  element.className = 'file';
  const name = document.createElement('span');
  const state = document.createElement('span');
  const bar = document.createElement('progress');
  name.textContent = file.name;
  state.className = 'state';
  state.textContent = 'waiting';
  bar.max = 1;
  bar.value = 0;
  element.append(name, state, bar);
  return { file, element, state, bar };
}

// A line that breaks is tried again by itself a few times; a refusal is told and stays.
async function sendWithRetry(it) {
  for (let tries = 0; tries < 5; tries += 1) {
    const answer = await send(it);
    if (answer.photo) return answer.photo;
    if (answer.refused) {
      it.element.classList.add('failed');
      it.state.textContent = answer.refused;
      it.bar.remove();
      return null;
    }
    it.state.textContent = 'the line broke; trying again';
    await new Promise((resolve) => { setTimeout(resolve, 1500 * (tries + 1)); });
  }
  it.element.classList.add('failed');
  it.state.textContent = 'The line broke too often. Choose the file again when you are back online.';
  return null;
}

function send(it) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append('file', it.file, it.file.name);
    request.open('POST', '/api/v1/manage/photos');
    request.upload.onprogress = (event) => {
      it.bar.value = event.loaded / event.total;
      it.state.textContent = event.loaded < event.total ? `${Math.round((100 * event.loaded) / event.total)} %` : 'checking';
    };
    request.onerror = () => resolve({});
    request.onload = () => {
      let body = null;
      try { body = JSON.parse(request.responseText); } catch { /* told below */ }
      const first = body?.data?.[0];
      if (request.status === 201 && first?.id) {
        it.state.textContent = first.created === false ? 'was here already' : 'arrived';
        it.bar.value = 1;
        resolve({ photo: first.id });
      } else if (request.status >= 500) {
        resolve({});
      } else {
        resolve({ refused: first?.error?.detail ?? body?.detail ?? `The server answered ${request.status}.` });
      }
    };
    request.send(body);
  });
}

async function place(photos, position) {
  await inTurn(async () => {
    if (editor) {
      await flush();
      const fields = new URLSearchParams(photos.map((id) => ['photo', id]));
      if (position !== undefined) fields.append('position', position);
      const response = await fetch(`${editor.dataset.here}/photos`, { method: 'POST', body: fields });
      if (!response.ok) tell('The photographs arrived but could not be put into the story. You find them in the library.');
    }
    await refresh();
  }).catch(() => tell('The photographs arrived, but the page could not be brought up to date. Reload it.'));
}

// Words save themselves a second after the last key, each part on its own version. Nothing typed is dropped: until the server has said yes
// the field stays marked, and where two people changed the same words both are shown.

import { announce, api, ask, clockTime, editor, hush, inTurn, reason, refresh, tell } from './page.js';
import { fieldName, fill, say as word } from './messages.js';
import { forget, keep, offer } from './keep.js';

const PAUSE_MS = 1000;
const AGAIN_MS = 4000;
const timers = new WeakMap();

export function tendWords() {
  if (!editor) return;
  editor.addEventListener('input', (event) => {
    const form = formOf(event.target);
    if (!form) return;
    remember(form);
    form.classList.add('dirty');
    keep(form, waiting(form));
    say(form, '', '');
    later(form, PAUSE_MS);
  });
  editor.addEventListener('focusin', (event) => {
    const form = formOf(event.target);
    if (form) remember(form);
  });
  editor.addEventListener('focusout', (event) => {
    const form = formOf(event.target);
    if (form?.classList.contains('dirty')) later(form, 50);
    // Left empty, a field that follows the photo shows the photo's words again.
    else if (form?.agreed) {
      const field = /** @type {Field} */ (event.target);
      if (!field.dataset.record || field.value?.trim() !== '') return;
      field.value = field.dataset.record;
      form.agreed.set(field.name, field.value);
    }
  });
  editor.addEventListener('submit', (event) => {
    const form = formOf(event.target);
    if (!form) return;
    event.preventDefault();
    remember(form);
    // The photo's own words again: saved as none of one's own.
    const follow = event.submitter?.name === 'follow' && form.elements.namedItem(event.submitter.value);
    if (follow) {
      follow.value = follow.dataset.record ?? '';
      event.submitter?.closest('.record')?.remove();
      follow.focus();
    }
    form.classList.add('dirty');
    later(form, 0);
  });
  window.addEventListener('beforeunload', (event) => {
    if (document.querySelector('.words.dirty')) event.preventDefault();
  });
  // Back on line, or back from signing in elsewhere: what waits is tried again.
  const again = () => { for (const form of document.querySelectorAll('.words.dirty')) later(form, 0); };
  window.addEventListener('online', again);
  window.addEventListener('focus', again);
  // A page that one comes back to shows what was typed; it is marked as not saved, and left to the typist. (Browsers are asked to put nothing back into
  // these forms of their own accord: words from before would go over what somebody has written since.)
  window.addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll('form.words[data-part], form.words[data-details]')) {
      remember(form);
      if (changed(form).length > 0) {
        form.classList.add('dirty');
        keep(form, waiting(form));
        say(form, word('saving.unsaved'), 'bad');
      }
    }
  });
  offer((form, kept) => {
    remember(form);
    return fieldsOf(form, kept).some((field) => form.agreed?.get(field.name) !== kept[field.name]);
  }, putBack).catch(() => {});
  editor.addEventListener('click', (event) => {
    const link = event.target.closest('.toolbar a');
    if (!link || !document.querySelector('.words.dirty') || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    leave(link);
  });
}

// Preview and publishing are about what was typed, so they wait until it is saved.
/** @param {HTMLAnchorElement} link */
async function leave(link) {
  const window_ = link.target ? window.open('', link.target) : window;
  await inTurn(flush);
  if (document.querySelector('.words.dirty')) tell(word('saving.marked'));
  else (window_ ?? window).location = link.href;
}

/** @param {HTMLElement & { form?: HTMLFormElement | null }} target */
function formOf(target) {
  return target.form?.matches('form.words[data-part], form.words[data-details]') ? target.form : target.closest?.('form.words[data-part], form.words[data-details]');
}

/** @param {HTMLFormElement} form */
function fields(form) {
  return [...form.elements].filter((field) => field.name && field.type !== 'hidden' && field.type !== 'submit');
}

/** @param {Field} field */
function valueOf(field) {
  return field.type === 'checkbox' ? field.checked : field.value;
}

/** @param {Field} field @param {string | boolean} value */
function put(field, value) {
  if (field.type === 'checkbox') field.checked = Boolean(value); else field.value = String(value);
}

// What the fields held when the server last agreed: the page's own HTML before the first key.
/** @param {HTMLFormElement} form */
function remember(form) {
  if (form.agreed) return;
  form.agreed = new Map(fields(form).map((field) => [
    field.name,
    field.type === 'checkbox' ? field.defaultChecked : field.defaultValue,
  ]));
}

/** @param {HTMLFormElement} form */
function changed(form) {
  return fields(form).filter((field) => valueOf(field) !== form.agreed?.get(field.name));
}

/** What a form holds and the server has not. @param {HTMLFormElement} form */
function waiting(form) {
  return Object.fromEntries(changed(form).map((field) => [field.name, valueOf(field)]));
}

/** @param {HTMLFormElement} form @param {Record<string, string | boolean>} kept */
function fieldsOf(form, kept) {
  return fields(form).filter((field) => field.name in kept);
}

/** @param {HTMLFormElement} form @param {Record<string, string | boolean>} kept */
function putBack(form, kept) {
  remember(form);
  for (const field of fieldsOf(form, kept)) put(field, kept[field.name] ?? '');
  form.classList.add('dirty');
  keep(form, waiting(form));
  later(form, 0);
}

/** @param {HTMLFormElement} form @param {number} pause */
function later(form, pause) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => { inTurn(() => save(form)); }, pause));
}

/** Saves everything that waits; resolves when all of it was tried. */
export async function flush() {
  for (const form of document.querySelectorAll('.words.dirty')) {
    clearTimeout(timers.get(form));
    await save(form);
  }
}

/** @param {HTMLFormElement} form @param {string} text @param {string} kind */
function say(form, text, kind) {
  const line = form.querySelector('.saved');
  if (!line) return;
  line.textContent = text;
  line.className = `saved ${kind}`;
}

// A field as the API takes it. Words that are the photo's own are null: the frame then follows the photo.
/** @param {Field} field */
function sent(field) {
  const { checked, value } = field;
  if (field.name === 'tags') return value.split(',').map((tag) => tag.trim()).filter(Boolean);
  if (field.name === 'decorative') return checked === (field.dataset.record === 'true') ? null : checked;
  if (field.type === 'checkbox') return checked;
  if (field.dataset.record !== undefined) {
    const text = value.trim();
    return text === '' || text === field.dataset.record.trim() ? null : value;
  }
  if (['title', 'slug', 'language', 'text', 'markdown'].includes(field.name)) return value;
  return value.trim() === '' ? null : value;
}

/** @param {HTMLFormElement} form @returns {Promise<void>} */
async function save(form, tries = 0, without = new Map()) {
  if (!form.isConnected || form.querySelector('.conflict')) return;
  remember(form);
  const mine = changed(form).filter((field) => !without.has(field.name));
  if (mine.length === 0) {
    form.classList.remove('dirty');
    forget(form);
    // That it was saved stays to be read.
    if (!form.querySelector('.saved.good')) say(form, '', '');
    return;
  }
  const values = new Map(mine.map((field) => [field.name, valueOf(field)]));
  const set = Object.fromEntries(mine.map((field) => [field.name, sent(field)]));
  say(form, word('saving.now'), '');
  let answer;
  try {
    answer = form.dataset.part
      ? await ask('POST', `${api}/operations`, { operations: [{ op: 'update', id: form.dataset.part, set, version: Number(form.dataset.version) }] })
      : await ask('PATCH', api, set, { 'If-Match': `"${form.dataset.version}"` });
  } catch {
    say(form, word('saving.offline'), 'bad');
    later(form, AGAIN_MS);
    return;
  }
  if (answer.ok) {
    hush();
    settle(form, answer.body.data, values);
    if (without.size > 0) say(form, [...without.values()].join(' '), 'bad');
    return;
  }
  // One unfinished field does not keep the others from being saved.
  const wrong = new Map((answer.status === 422 ? answer.body?.errors ?? [] : []).map((error) => [error.pointer.split('/').pop(), error.message]));
  if (wrong.size > 0 && mine.some((field) => !wrong.has(field.name))) {
    await save(form, tries, new Map([...without, ...wrong]));
    return;
  }
  if (answer.status === 412 && answer.body?.current && tries < 3) {
    await meet(form, answer.body.current, values, tries);
    return;
  }
  say(form, answer.status >= 500 ? word('saving.trouble') : reason(answer), 'bad');
  if (answer.status >= 500) later(form, AGAIN_MS);
}

/** @param {HTMLFormElement} form @param {Draft} draft @param {Values} values */
function settle(form, draft, values) {
  const part = partOf(draft, form);
  form.dataset.version = String((part ?? draft).version);
  const hidden = form.querySelector('[name=version]');
  if (hidden) hidden.value = form.dataset.version;
  for (const [name, value] of values) form.agreed?.set(name, value);
  if (draft.tray.some((block) => holds(block, form.dataset.part))) {
    tell(word('saving.removed'));
  }
  const changedRecord = part && followRecord(form, draft.photos?.[part.photo ?? ''], values);
  const more = changed(form).length > 0;
  form.classList.toggle('dirty', more);
  keep(form, waiting(form));
  say(form, more ? '' : changedRecord || fill('saving.done', { time: clockTime() }), changedRecord ? 'bad' : 'good');
  if (!more && !document.querySelector('.words.dirty')) inTurn(refresh).catch(() => {});
}

/** @param {Part} block @param {string | undefined} id */
function holds(block, id) {
  return Boolean(id) && (block.id === id || [...(block.frames ?? []), block.frame].some((frame) => frame?.id === id));
}

// The photo's own words, behind a frame's: an emptied field shows them again, and when they were changed meanwhile the typist is told.
/** @param {HTMLFormElement} form @param {Words | undefined} photo @param {Values} values */
function followRecord(form, photo, values) {
  let told = '';
  if (!photo) return told;
  for (const field of fields(form)) {
    if (field.dataset.record === undefined || field.type === 'checkbox') continue;
    const record = String(photo[/** @type {keyof Words} */ (field.name)] ?? '');
    if (values.has(field.name) && record !== field.dataset.record && valueOf(field) !== record) {
      told = fill('saving.record', { words: record });
    }
    field.dataset.record = record;
    if (values.has(field.name) && field.value.trim() === '' && record !== '' && document.activeElement !== field) {
      field.value = record;
      form.agreed?.set(field.name, record);
    }
  }
  return told;
}

/** @param {Draft} draft @param {HTMLFormElement} form */
function partOf(draft, form) {
  const id = form.dataset.part;
  if (!id) return null;
  for (const block of [...draft.blocks, ...draft.tray]) {
    if (block.id === id) return block;
    for (const frame of block.frames ?? (block.frame ? [block.frame] : [])) {
      if (frame.id === id) return frame;
    }
  }
  return null;
}

// What a field holds at the server now, as the page would show it.
/** @param {HTMLFormElement} form @param {Field} field @param {Draft} draft */
function held(form, field, draft) {
  const part = partOf(draft, form) ?? draft;
  const value = part[/** @type {keyof Words} */ (field.name)];
  if (Array.isArray(value)) return value.join(', ');
  if (field.type === 'checkbox') return value ?? field.dataset.record === 'true';
  return value ?? field.dataset.record ?? '';
}

// Somebody else was here. Fields that only one of us changed come together by themselves; the others are shown.
/** @param {HTMLFormElement} form @param {Draft} draft @param {Values} values @param {number} tries */
async function meet(form, draft, values, tries) {
  const part = partOf(draft, form);
  if (form.dataset.part && !part) {
    say(form, word('saving.gone'), 'bad');
    return;
  }
  const clashes = [];
  for (const field of fields(form)) {
    const theirs = held(form, field, draft);
    const agreed = form.agreed?.get(field.name);
    if (theirs === agreed) continue;
    // What was typed since the request went out is as much one's own as what it carried.
    const mine = values.has(field.name) || valueOf(field) !== agreed;
    if (mine && valueOf(field) !== theirs) clashes.push({ field, theirs });
    else {
      put(field, theirs);
      form.agreed?.set(field.name, theirs);
    }
  }
  form.dataset.version = String((part ?? draft).version);
  if (clashes.length === 0) {
    await save(form, tries + 1);
    return;
  }
  showClash(form, clashes, (part ?? draft).updated_by ?? '');
}

/** @param {HTMLFormElement} form @param {Clash[]} clashes @param {string} who */
function showClash(form, clashes, who) {
  const box = document.createElement('div');
  box.className = 'conflict';
  box.setAttribute('role', 'alert');
  const lead = document.createElement('p');
  lead.textContent = fill('conflict.same_words', { who: who || word('conflict.nobody') });
  box.append(lead);
  for (const { field, theirs } of clashes) {
    const both = document.createElement('div');
    both.className = 'both';
    for (const [title, text] of [[word('conflict.theirs'), theirs], [word('conflict.mine'), valueOf(field)]]) {
      const side = document.createElement('div');
      const heading = document.createElement('p');
      heading.className = 'side';
      const words = document.createElement('p');
      heading.textContent = `${title} (${fieldName(field.name)})`;
      words.textContent = String(text);
      side.append(heading, words);
      both.append(side);
    }
    box.append(both);
  }
  const row = document.createElement('p');
  row.className = 'buttons';
  /** @param {string} text @param {boolean} keep */
  const choose = (text, keep) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = text;
    if (keep) button.className = 'primary';
    button.onclick = () => {
      for (const { field, theirs } of clashes) {
        form.agreed?.set(field.name, theirs);
        if (!keep) put(field, theirs);
      }
      box.remove();
      later(form, 0);
    };
    return button;
  };
  row.append(choose(word('conflict.keep'), true), choose(word('conflict.take'), false));
  box.append(row);
  form.append(box);
  say(form, word('saving.unsaved'), 'bad');
  announce(lead.textContent);
}

// What is typed is kept in this browser until the server has said yes. After a crash, a closed window or an ended session it is offered again where
// it belongs; whether it goes back into the story is for the typist to say.

import { announce, editor, tell } from './page.js';
import { within } from './database.js';
import { fill, say } from './messages.js';

const SHELF = { name: 'reportage-words', store: 'words', options: { keyPath: 'id' } };
const PAGE = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
const person = document.body.dataset.person ?? '';

// A page that is open says so; what it keeps is not offered by another one.
navigator.locks?.request(`${SHELF.name}-${PAGE}`, () => new Promise(() => {}));

/** @param {HTMLFormElement} form */
const partOf = (form) => form.dataset.part ?? `details-${editor?.dataset.story}`;

/**
 * Keeps what a form holds and the server has not.
 * @param {HTMLFormElement} form @param {Record<string, string | boolean>} fields
 */
export function keep(form, fields) {
  const record = { id: `${PAGE} ${partOf(form)}`, page: PAGE, person, story: editor?.dataset.story ?? '', part: partOf(form), at: Date.now(), fields };
  if (Object.keys(fields).length === 0) forget(form);
  else within(SHELF, 'readwrite', (words) => words.put(record)).catch(warn);
}

let isWarned = false;
/** Says once that this browser keeps nothing, as some private windows and full disks do not. */
function warn() {
  if (isWarned) return;
  isWarned = true;
  tell(say('kept.nowhere'));
}

/** @param {HTMLFormElement} form */
export function forget(form) {
  drop(`${PAGE} ${partOf(form)}`);
}

/** @param {string} id */
function drop(id) {
  within(SHELF, 'readwrite', (words) => words.delete(id)).catch(() => {});
}

/**
 * Offers what pages that are gone have left for this story.
 * @param {(form: HTMLFormElement, fields: Record<string, string | boolean>) => boolean} differs whether the form shows something else
 * @param {(form: HTMLFormElement, fields: Record<string, string | boolean>) => void} putBack
 */
export async function offer(differs, putBack) {
  if (!editor) return;
  /** @type {KeptWords[]} */
  const all = await within(SHELF, 'readonly', (words) => words.getAll()).catch(() => []);
  const held = await navigator.locks?.query().catch(() => undefined);
  const open = new Set((held?.held ?? []).map((lock) => lock.name));
  const left = all.filter((record) => record.person === person && record.story === editor?.dataset.story
    && record.page !== PAGE && !open.has(`${SHELF.name}-${record.page}`));
  // Of one part the last words come first; what lies under them was typed before.
  left.sort((one, other) => other.at - one.at);
  let found = 0;
  for (const record of left) {
    const form = /** @type {HTMLFormElement | null} */ (record.part.startsWith('details-')
      ? document.querySelector('[data-details]')
      : document.querySelector(`form[data-part="${CSS.escape(record.part)}"]`));
    if (form && !differs(form, record.fields)) {
      drop(record.id);
      continue;
    }
    // Other pages than the editor show only some of a story's fields; there it is not said that a part is gone.
    if (!form && editor.dataset.page !== 'story') continue;
    found += 1;
    show(record, form, putBack);
  }
  if (found > 0) announce(say('kept.found'));
}

/** @param {KeptWords} record @param {HTMLFormElement | null} form @param {(form: HTMLFormElement, fields: KeptWords['fields']) => void} putBack */
function show(record, form, putBack) {
  const box = document.createElement('div');
  box.className = 'kept';
  box.setAttribute('role', 'group');
  const lead = document.createElement('p');
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' }).format(record.at);
  lead.textContent = fill(form ? 'kept.typed' : 'kept.homeless', { when });
  box.setAttribute('aria-label', lead.textContent);
  box.append(lead);
  for (const [name, value] of Object.entries(record.fields)) {
    const words = document.createElement('p');
    words.className = 'words-kept';
    const field = form?.elements.namedItem(name);
    const label = field?.closest('label')?.firstChild?.textContent?.trim();
    words.textContent = `${label || name}: ${value === true ? '✓' : value === false ? '–' : value}`;
    box.append(words);
  }
  const row = document.createElement('p');
  row.className = 'buttons';
  /** @param {string} key @param {() => void} then */
  const button = (key, then) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = say(key);
    made.onclick = () => {
      box.remove();
      drop(record.id);
      then();
    };
    row.append(made);
    return made;
  };
  if (form) button('kept.put_back', () => putBack(form, record.fields)).className = 'primary';
  button('kept.throw_away', () => {});
  box.append(row);
  if (form) form.prepend(box);
  else editor?.querySelector('.blocks-column, #blocks')?.before(box);
}

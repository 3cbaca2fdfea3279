// The shelf: files that are on their way, kept in this browser with the address they go to, until the server has the photograph. Where there is
// no room on it, or no shelf at all (a private window), uploads go on all the same and end with the page.

import { within as inside } from './database.js';

const NAME = 'reportage-uploads';

/** @template T @param {IDBTransactionMode} mode @param {(files: IDBObjectStore) => IDBRequest<T>} work */
const within = (mode, work) => inside({ name: NAME, store: 'files', options: { keyPath: 'id', autoIncrement: true } }, mode, work);

/**
 * Puts a file on the shelf and gives its place; nothing when there is no room.
 * @param {Shelved} record
 */
export async function keep(record) {
  return within('readwrite', (files) => files.add(record)).catch(() => undefined);
}

/**
 * Changes what is known of a file on the shelf.
 * @param {IDBValidKey} id @param {Partial<Shelved>} fields
 */
export async function note(id, fields) {
  const record = await within('readonly', (files) => files.get(id)).catch(() => undefined);
  if (record) await within('readwrite', (files) => files.put({ ...record, ...fields })).catch(() => {});
}

/**
 * Takes a file off the shelf.
 * @param {IDBValidKey} id
 */
export async function remove(id) {
  await within('readwrite', (files) => files.delete(id)).catch(() => {});
}

/**
 * What somebody left on the shelf for a place that uploads go to, in the order in which it was put there.
 * @param {string} person @param {string} endpoint @returns {Promise<Kept[]>}
 */
export async function left(person, endpoint) {
  const all = await within('readonly', (files) => files.getAll()).catch(() => []);
  return all.filter((record) => record.person === person && record.endpoint === endpoint);
}

/**
 * Makes a file this page's to send; gives what lets it go, or nothing if another page of this browser is at it.
 * @param {IDBValidKey} id @returns {Promise<LetGo | undefined>}
 */
export function claim(id) {
  // Without locks (plain http) two pages may be at one file: the server lets only one of them write at a time.
  if (!navigator.locks) return Promise.resolve(() => {});
  return new Promise((resolve) => {
    navigator.locks.request(`${NAME}-${id}`, { ifAvailable: true }, (lock) => {
      if (!lock) {
        resolve(undefined);
        return undefined;
      }
      return new Promise((letGo) => { resolve(letGo); });
    });
  });
}

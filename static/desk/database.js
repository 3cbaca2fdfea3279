// A store in this browser. Where there is none (a private window), whoever asks is told so by a rejection.

/** @type {Map<string, Promise<IDBDatabase>>} */
const opening = new Map();

/** @param {Shelf} shelf @returns {Promise<IDBDatabase>} */
function open({ name, store, options }) {
  const known = opening.get(name) ?? new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store, options);
    request.onsuccess = () => {
      // Closed from outside (emptied storage), it is opened anew when it is wanted again.
      request.result.onclose = () => opening.delete(name);
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
  opening.set(name, known);
  known.catch(() => opening.delete(name));
  return known;
}

/**
 * Does one thing in a store.
 * @template T @param {Shelf} shelf @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} work @returns {Promise<T>}
 */
export async function within(shelf, mode, work) {
  const database = await open(shelf);
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(shelf.store, mode);
    const request = work(transaction.objectStore(shelf.store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

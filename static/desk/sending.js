// Sending files: four at a time, each in pieces, on from where it stopped whatever comes between. Nothing here touches the page: whoever
// wants to show how it goes gives `changed`.

import { Broken, Refused, begin, cancel, look, maySend, send } from './tus.js';
import { claim, keep, left, note, remove } from './shelf.js';

const AT_ONCE = 4;
const KIB = 1024;
const SMALLEST = 256 * KIB;
const LARGEST = 8 * KIB * KIB;
/** A piece that takes less than this may be larger. */
const QUICK_MS = 3_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const SIGN_IN_LOOK_MS = 4_000;

export const WAITING = 'waiting';
export const SENDING = 'sending';
export const PROCESSING = 'processing';
export const PAUSED = 'paused';
export const SIGNED_OUT = 'signed-out';
export const DONE = 'done';
export const FAILED = 'failed';
export const CANCELLED = 'cancelled';

// Bytes of a piece: they grow on a good line and shrink on a bad one, for a piece that breaks off in a proxy is lost.
let pieceBytes = KIB * KIB;

/** All that one person sends to one place from this page. */
export class Sending {
  /** @param {{ endpoint: string, person: string, changed: (item?: Upload) => void }} to */
  constructor({ endpoint, person, changed }) {
    this.endpoint = endpoint;
    this.person = person;
    this.changed = changed;
    /** @type {Upload[]} */
    this.items = [];
    this.lanes = 0;
    window.addEventListener('online', () => this.wake());
  }

  /**
   * Adds files; those that are on their way already are not added twice.
   * @param {File[]} files @param {Record<string, unknown>} metadata
   */
  add(files, metadata) {
    const batch = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const items = files.filter((file) => !this.isUnderWay(file)).map((file) => this.item({ file, metadata: { ...metadata, batch } }));
    for (const item of items) {
      const { person, endpoint } = this;
      item.shelved = keep({ person, endpoint, file: item.file, metadata: item.metadata }).then(async (id) => {
        item.id = id;
        if (id !== undefined) item.letGo = await claim(id);
      });
    }
    this.start();
    return items;
  }

  /** Takes up what an earlier page left, as far as no other page is at it. */
  async takeUp() {
    const found = [];
    for (const record of await left(this.person, this.endpoint)) {
      const letGo = await claim(record.id);
      if (!letGo || this.items.some((item) => item.id === record.id)) {
        letGo?.();
        continue;
      }
      found.push(this.item({ ...record, letGo }));
    }
    this.start();
    return found;
  }

  /** @param {File} file */
  isUnderWay(file) {
    return this.items.some((item) => ![DONE, FAILED, CANCELLED].includes(item.state) && item.file.name === file.name
      && item.file.size === file.size && item.file.lastModified === file.lastModified);
  }

  /** @param {Pick<Upload, 'file' | 'metadata'> & Partial<Upload>} known */
  item(known) {
    /** @type {Upload} */
    const item = { state: WAITING, sent: 0, pause: FIRST_PAUSE_MS, shelved: Promise.resolve(), stop: new AbortController(), ...known };
    this.items.push(item);
    return item;
  }

  /**
   * Tries at once what waits, or anew what failed.
   * @param {Upload} item
   */
  retry(item) {
    if (item.state === FAILED) {
      item.url = undefined;
      item.pause = FIRST_PAUSE_MS;
      this.turn(item, WAITING);
      this.start();
    }
    item.go?.();
  }

  /** @param {Upload} item */
  cancel(item) {
    const { url } = item;
    this.turn(item, CANCELLED);
    item.stop.abort();
    item.go?.();
    this.putAway(item);
    if (url) this.forget(url);
  }

  /**
   * Has the server forget an upload; the request that was just aborted may still be at it. What it does not hear of expires.
   * @param {string} url
   */
  async forget(url) {
    for (let tries = 1; tries <= 8; tries += 1) {
      const error = await cancel(url).then(() => null, (it) => it);
      if (!error || (error instanceof Refused && error.status !== 423)) return;
      await new Promise((resolve) => { setTimeout(resolve, 500 * tries); });
    }
  }

  /** What waits for better times is tried at once. */
  wake() {
    for (const item of this.items) item.go?.();
  }

  start() {
    while (this.lanes < AT_ONCE && this.items.some((item) => item.state === WAITING)) this.lane();
  }

  async lane() {
    this.lanes += 1;
    for (let item = this.next(); item; item = this.next()) await this.carry(item);
    this.lanes -= 1;
    if (this.lanes === 0) this.changed();
  }

  next() {
    const item = this.items.find((each) => each.state === WAITING);
    if (item) this.turn(item, SENDING);
    return item;
  }

  /** @param {Upload} item @param {string} state */
  turn(item, state, reason = '') {
    if (item.state === CANCELLED) return;
    item.state = state;
    item.reason = reason;
    this.changed(item);
  }

  /**
   * Carries an item to its end, however often it stops on the way.
   * @param {Upload} item
   */
  async carry(item) {
    while (item.state !== CANCELLED) {
      try {
        const standing = await this.send(item);
        item.known = standing.known;
        item.unplaced = standing.placed === 'false';
        item.sent = item.file.size;
        this.putAway(item);
        this.turn(item, DONE);
        return;
      } catch (error) {
        if (item.state === CANCELLED) return;
        if (!(await this.isWorthAnother(item, error))) return;
      }
      this.turn(item, SENDING);
    }
  }

  /** @param {Upload} item */
  async send(item) {
    let offset = 0;
    if (item.url) {
      const standing = await look(item.url, item.stop.signal);
      if (standing.state === 'taken') return standing;
      ({ offset } = standing);
    } else {
      const { file } = item;
      item.url = await begin(this.endpoint, file.size, { filename: file.name, filetype: file.type, ...item.metadata }, item.stop.signal);
      // The shelf need not hold the sending up.
      item.shelved = item.shelved.then(() => (item.id === undefined ? undefined : note(item.id, { url: item.url })));
    }
    for (;;) {
      const standing = await this.sendPiece(item, offset);
      if (standing.state === 'taken') return standing;
      ({ offset } = standing);
      item.pause = FIRST_PAUSE_MS;
    }
  }

  /** @param {Upload} item @param {number} offset */
  async sendPiece(item, offset) {
    const piece = item.file.slice(offset, offset + pieceBytes);
    const began = performance.now();
    try {
      const standing = await send(/** @type {string} */ (item.url), piece, offset, item.stop.signal, (gone) => {
        item.sent = offset + gone;
        const isAll = item.sent >= item.file.size;
        if (isAll && item.state === SENDING) this.turn(item, PROCESSING);
        else this.changed(item);
      });
      if (piece.size === pieceBytes && performance.now() - began < QUICK_MS) pieceBytes = Math.min(pieceBytes * 2, LARGEST);
      return standing;
    } catch (error) {
      if (error instanceof Broken) {
        pieceBytes = Math.max(pieceBytes / 2, SMALLEST);
        // A file that was moved or changed since it was chosen looks like a broken line.
        await piece.slice(0, 1).arrayBuffer().catch(() => { error.unreadable = true; });
      }
      throw error;
    }
  }

  /**
   * What is done about an error; says whether to go on.
   * @param {Upload} item @param {unknown} error
   */
  async isWorthAnother(item, error) {
    if (error instanceof Broken && error.unreadable) return this.fail(item, 'unreadable');
    if (!(error instanceof Refused)) {
      if (!(error instanceof Broken)) throw error;
      return this.pause(item);
    }
    const { status, code } = error;
    if (status === 401) return this.untilSignedIn(item);
    if (status === 404 && item.url) {
      // Expired, or lost with the server's disk: it begins anew.
      item.url = undefined;
      item.sent = 0;
      return true;
    }
    if (code === 'wrong_offset' || status === 460) return this.pause(item, undefined, FIRST_PAUSE_MS);
    if (status === 423 || status === 408) return this.pause(item, undefined, error.wait * 1000);
    if (status === 429 || status >= 500 || code === 'too_many_uploads') return this.pause(item, error.message, error.wait * 1000);
    return this.fail(item, error.message, status);
  }

  /** @param {Upload} item @param {string} reason @param {number} [status] */
  fail(item, reason, status) {
    // What the server refused would be refused again after a reload.
    this.putAway(item);
    item.status = status;
    this.turn(item, FAILED, reason);
    return false;
  }

  /**
   * Waits a while, longer each time, or until there is a line again or somebody presses the button.
   * @param {Upload} item @param {string} [reason]
   */
  async pause(item, reason, atLeast = 0) {
    const ms = Math.max(item.pause, atLeast);
    item.pause = Math.min(item.pause * 2, LONGEST_PAUSE_MS);
    this.turn(item, PAUSED, reason);
    await this.waited(item, ms);
    return true;
  }

  /** @param {Upload} item @param {number} ms */
  waited(item, ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      item.go = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    }).finally(() => { item.go = undefined; });
  }

  /** @param {Upload} item */
  async untilSignedIn(item) {
    this.turn(item, SIGNED_OUT);
    for (;;) {
      await this.waited(item, SIGN_IN_LOOK_MS);
      if (item.state === CANCELLED) return false;
      if (await maySend(this.endpoint).catch(() => false)) return true;
    }
  }

  /**
   * Takes an item off the shelf, once it is on it.
   * @param {Upload} item
   */
  putAway(item) {
    item.shelved = item.shelved.then(async () => {
      if (item.id !== undefined) await remove(item.id);
      item.id = undefined;
      item.letGo?.();
    });
  }
}

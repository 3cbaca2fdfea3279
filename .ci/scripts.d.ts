// What the types of the scripts in static/ rest on, for .ci/types only: nothing of this is served. Three things that TypeScript's own library cannot
// know: what a selector finds on our pages, what events come from there, and what the server answers.

// ---- What a selector finds. Our pages are HTML through and through, so an element is at least an HTMLElement; a selector that ends with a tag finds
// that tag; names and classes that only one kind of element has on our pages are in the table. A null stays a null.

/** A field with words in it or a tick: what inputs and textareas have in common, and what is asked of checkboxes alone. */
type Field = HTMLElement & Pick<HTMLInputElement, 'name' | 'type' | 'value' | 'defaultValue' | 'checked' | 'defaultChecked' | 'disabled' | 'form'
  | 'selectionStart' | 'setRangeText' | 'setCustomValidity'>;

/** The beginnings of selectors without a tag, and what has them. */
interface Marks {
  '.gap': HTMLDetailsElement;
  '.stage': HTMLDivElement;
  '.step': HTMLButtonElement;
  '.close': HTMLButtonElement;
  '.words.dirty': HTMLFormElement;
  '[data-details]': HTMLFormElement;
  '[data-part]': HTMLFormElement;
  '[name=block]': HTMLInputElement;
  '[name=frame]': HTMLInputElement;
  '[name=do]': HTMLButtonElement;
  '[value^=': HTMLButtonElement;
  '[data-ticks]': Field;
  '[type=file]': HTMLInputElement;
  '[name': Field;
}

type Trimmed<S extends string> = S extends ` ${infer R}` | `${infer R} ` ? Trimmed<R> : S;
type Tag<S extends string> = S extends `${infer T}[${string}` | `${infer T}:${string}` | `${infer T}.${string}` | `${infer T}#${string}` ? Tag<T> : S;
type Marked<S extends string> = {
  [M in keyof Marks]: S extends `${M}${string}` ? M : never;
}[keyof Marks];
/** Of several marks that fit, the longest: `[name=block]` before `[name`. */
type Closest<M extends keyof Marks> = [Exclude<M, '[name'>] extends [never] ? Marks[M] : Marks[Exclude<M, '[name'>];
type Compound<S extends string> =
  Tag<S> extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[Tag<S>]
  : [Marked<S>] extends [never] ? HTMLElement
  : Closest<Marked<S>>;
type LastOf<S extends string> = S extends `${string} ${infer R}` | `${string}>${infer R}` ? LastOf<Trimmed<R>> : Compound<S>;
type Found<S extends string> = string extends S ? HTMLElement
  : S extends `${infer A},${infer B}` ? LastOf<Trimmed<A>> | Found<Trimmed<B>> : LastOf<Trimmed<S>>;

interface ParentNode {
  querySelector<const S extends string>(selectors: S): Found<S> | null;
  querySelectorAll<const S extends string>(selectors: S): NodeListOf<Found<S>>;
}

interface Element {
  /** A number becomes its digits. */
  setAttribute(name: string, value: number): void;
  closest<const S extends string>(selectors: S): Found<S> | null;
}

interface HTMLElement {
  readonly children: HTMLCollectionOf<HTMLElement>;
  readonly previousElementSibling: HTMLElement | null;
  readonly nextElementSibling: HTMLElement | null;
}

/** Any element; a field has a name, and may be disabled. */
type Some = HTMLElement & { readonly name?: string; readonly disabled?: boolean };

interface Document {
  readonly activeElement: Some | null;
}

interface HTMLPictureElement {
  readonly children: HTMLCollectionOf<HTMLSourceElement | HTMLImageElement>;
}

interface Node {
  cloneNode(subtree?: boolean): this;
}

/** The fields of our forms that scripts ask for by their names. */
interface HTMLFormControlsCollection {
  readonly words: Field;
  readonly attribution: Field;
  readonly sheet: Field;
  readonly focal_x: Field;
  readonly focal_y: Field;
  readonly focal_was: Field;
  namedItem(name: string): Field | null;
  [Symbol.iterator](): ArrayIterator<Field>;
}

interface HTMLFormElement {
  /** What the fields held when page and server last agreed; see words.js. */
  agreed?: Map<string, string | boolean>;
}

// ---- Where events come from: for those that the desk listens for on elements and on the document, always an element.

type Target<K> = K extends 'submit' ? HTMLFormElement
  : K extends 'input' | 'change' ? Field
  : K extends 'toggle' ? HTMLDetailsElement
  : Some;
type Aimed<K extends keyof DocumentEventMap> = DocumentEventMap[K] & { readonly target: Target<K> }
  & (K extends 'submit' ? { readonly submitter: HTMLButtonElement | null } : K extends 'input' ? { readonly data?: string | null } : unknown);

interface Document {
  addEventListener<K extends keyof DocumentEventMap>(type: K, listener: (event: Aimed<K>) => unknown, options?: boolean | AddEventListenerOptions): void;
}

interface HTMLElement {
  addEventListener<K extends keyof DocumentEventMap>(type: K, listener: (event: Aimed<K>) => unknown, options?: boolean | AddEventListenerOptions): void;
}

// ---- What browsers have and TypeScript's library has not.

declare var trustedTypes: {
  /** Its TrustedHTML goes wherever a string of HTML does. */
  createPolicy(name: string, rules: { createHTML(html: string): string }): { createHTML(html: string): string };
} | undefined;

interface Navigator {
  readonly connection?: { readonly saveData: boolean };
}

// ---- What the server answers and is asked, as far as the scripts look at it. Source: src/web/api/view.rs, src/web/api/problem.rs and
// src/web/api/body/operations.rs.

/** Words by the names of their fields; a part has those of its kind. Null in a frame is what the photo says. */
interface Words {
  title?: string;
  standfirst?: string | null;
  byline?: string | null;
  date?: string | null;
  language?: string;
  slug?: string;
  tags?: string[];
  markdown?: string;
  text?: string;
  attribution?: string | null;
  caption?: string | null;
  place?: string | null;
  alt?: string | null;
  credit?: string | null;
  decorative?: boolean | null;
  graphic?: boolean;
}

/** A block or a frame. */
interface Part extends Words {
  id: string;
  version: number;
  updated_by: string;
  frame?: Part;
  frames?: Part[];
  /** Of a frame: the photo's id. */
  photo?: string;
}

interface Draft extends Words {
  version: number;
  updated_by: string;
  blocks: Part[];
  tray: Part[];
  /** By their ids. */
  photos: Record<string, Words>;
}

interface Done {
  data: Draft;
  /** Of undo and redo: what was done, and whether others' changes kept it from being done. */
  step?: { what: string | null; overtaken: boolean };
  detail?: undefined;
  current?: undefined;
  part?: undefined;
  errors?: undefined;
}

/** Source: RFC 9457. */
interface Problem {
  data?: undefined;
  detail?: string;
  code?: string;
  /** Of 412: the draft as it is now, and the part that was changed, if it was one. */
  current?: Draft | null;
  part?: string | null;
  errors?: { pointer: string; message: string }[];
}

type Answer = { ok: true; status: number; body: Done } | { ok: false; status: number; body: Problem | null };

type Operation = { id?: string; ids?: string[] } & (
  | { op: 'insert'; position: number; block: { type: string } & Words }
  | { op: 'move'; id?: string; ids?: string[]; position: number }
  | { op: 'sort'; by: string }
  | { op: 'update'; id: string; set: Words & { layout?: string }; version: number }
  | { op: 'remove' | 'ungroup' | 'restore'; id: string }
  | { op: 'group'; ids: string[] }
);

// ---- What several scripts hand to each other.

/** What fields of a form held, by their names. */
type Values = Map<string, string | boolean>;

/** A field that two people changed, and what the other one wrote. */
interface Clash {
  field: Field;
  theirs: string | boolean;
}

/** Where an upload stands at the server; see tus.js. */
interface Standing {
  offset: number;
  state: string | null;
  known: boolean;
  placed: string | null;
}

type LetGo = (value?: unknown) => void;

/** A file on the shelf; see shelf.js. */
interface Shelved {
  person: string;
  endpoint: string;
  file: File;
  metadata: Record<string, unknown>;
  /** Where it goes, once that was asked. */
  url?: string;
}

interface Kept extends Shelved {
  id: IDBValidKey;
}

/** A file that is being sent; see sending.js. */
interface Upload {
  file: File;
  metadata: Record<string, unknown>;
  state: string;
  /** Why it waits or failed. */
  reason?: string;
  /** The status with which it was refused. */
  status?: number;
  /** Bytes. */
  sent: number;
  /** Milliseconds before it is tried again. */
  pause: number;
  stop: AbortController;
  /** Ends the pause. */
  go?: () => void;
  url?: string;
  /** The last thing that was asked of the shelf. */
  shelved: Promise<unknown>;
  /** Its place on the shelf, while it is there. */
  id?: IDBValidKey;
  letGo?: LetGo;
  /** The same photograph was there already. */
  known?: boolean;
  /** The story could not take it. */
  unplaced?: boolean;
  /** Its row on the page, and whether the end of the session was told; see upload.js. */
  row?: { element: HTMLElement; state: HTMLElement; bar: HTMLProgressElement; retry: HTMLButtonElement; cancel: HTMLButtonElement };
  told?: boolean;
}

/** A store in the browser. */
interface Shelf {
  name: string;
  store: string;
  options: IDBObjectStoreParameters;
}

/** Words that a page has kept until the server has them. */
interface KeptWords {
  id: string;
  page: string;
  person: string;
  story: string;
  part: string;
  at: number;
  fields: Record<string, string | boolean>;
}

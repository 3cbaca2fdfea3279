// Files that somebody drops or chooses, folders opened. Of a folder only the photographs are taken: what lies beside them (catalogues, hidden
// files, raw files) nobody meant.

const PICTURE = /\.(jpe?g|png|webp|tiff?)$/i;

/**
 * The files of a folder that was chosen, and how many were left out.
 * @param {Iterable<File> & { length: number }} files
 */
export function picturesOf(files) {
  const pictures = [...files].filter((file) => PICTURE.test(file.name) && !file.name.startsWith('.'));
  return { files: pictures, leftOut: files.length - pictures.length };
}

/**
 * The files of what was dropped, and how many in folders were left out. To be called while the drop is handled.
 * @param {DataTransfer} transfer
 */
export async function filesOf(transfer) {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (!entries.some((entry) => entry.isDirectory)) return { files: [...transfer.files], leftOut: 0 };
  const files = [];
  /** @type {File[]} */
  const inFolders = [];
  for (const entry of entries) {
    if (entry.isDirectory) await walk(entry, inFolders);
    else files.push(await fileOf(entry));
  }
  const pictures = picturesOf(inFolders);
  return { files: [...files, ...pictures.files], leftOut: pictures.leftOut };
}

/** @param {FileSystemEntry} folder @param {File[]} files */
async function walk(folder, files) {
  const entries = [];
  const reader = /** @type {FileSystemDirectoryEntry} */ (folder).createReader();
  // A reader gives a hundred at a time, and none at the end.
  for (let some = await read(reader); some.length > 0; some = await read(reader)) entries.push(...some);
  entries.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  for (const entry of entries) {
    if (entry.isDirectory) await walk(entry, files);
    else files.push(await fileOf(entry));
  }
}

/** @param {FileSystemDirectoryReader} reader @returns {Promise<FileSystemEntry[]>} */
function read(reader) {
  return new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
}

/** @param {FileSystemEntry} entry @returns {Promise<File>} */
function fileOf(entry) {
  return new Promise((resolve, reject) => { /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject); });
}

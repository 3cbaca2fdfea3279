// tus 1.0, as much of it as the desk speaks: begin an upload, ask where it stands, send a piece, cancel. Every call says what the server
// said; what to do about it is for the caller. Source: https://tus.io/protocols/resumable-upload

import { inOurWords } from './messages.js';

const VERSION = { 'Tus-Resumable': '1.0.0' };

/** The server's answer was no. */
export class Refused extends Error {
  /** @param {number} status @param {Problem | null} body @param {string | null} wait */
  constructor(status, body, wait) {
    super(body?.detail ?? '');
    this.status = status;
    this.code = body?.code ?? '';
    // Seconds after which to try again, if it said so.
    this.wait = Number(wait) || 0;
  }
}

/** There was no answer. */
export class Broken extends Error {
  /** Whether it was the file that could not be read. */
  unreadable = false;
}

/**
 * Whether whoever sends may send now; false once the session has ended.
 * @param {string} endpoint
 */
export async function maySend(endpoint) {
  const response = await line(fetch(endpoint, { method: 'OPTIONS' }));
  return response.status !== 401;
}

/**
 * Begins an upload of so many bytes and gives its address.
 * @param {string} endpoint @param {number} length @param {Record<string, unknown>} metadata @param {AbortSignal} signal
 */
export async function begin(endpoint, length, metadata, signal) {
  const pairs = Object.entries(metadata).filter(([, value]) => value !== undefined && value !== '');
  const response = await line(fetch(endpoint, {
    method: 'POST',
    headers: {
      ...VERSION,
      'Upload-Length': String(length),
      'Upload-Metadata': pairs.map(([key, value]) => `${key} ${base64(String(value))}`).join(','),
    },
    signal,
  }));
  if (!response.ok) throw await refusal(response);
  const url = response.headers.get('Location');
  // Not the server's own answer, then.
  if (!url) throw new Broken();
  return url;
}

/**
 * Where an upload stands.
 * @param {string} url @param {AbortSignal} signal
 */
export async function look(url, signal) {
  const response = await line(fetch(url, { headers: VERSION, cache: 'no-store', signal }));
  if (!response.ok) throw await refusal(response);
  return standing((name) => response.headers.get(name));
}

/**
 * Sends a piece; `progress` is told the bytes of it that have gone.
 * @param {string} url @param {Blob} piece @param {number} offset @param {AbortSignal} signal @param {(gone: number) => void} progress @returns {Promise<Standing>}
 */
export function send(url, piece, offset, signal, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener('abort', stop);
    request.open('PATCH', url);
    for (const [name, value] of Object.entries(VERSION)) request.setRequestHeader(name, value);
    request.setRequestHeader('Upload-Offset', String(offset));
    request.setRequestHeader('Content-Type', 'application/offset+octet-stream');
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onabort = () => reject(new Broken());
    request.onerror = () => reject(new Broken());
    request.onload = () => {
      if (request.status === 204) resolve(standing((name) => request.getResponseHeader(name)));
      else inOurWords(parsed(request.responseText)).then((body) => reject(new Refused(request.status, body, request.getResponseHeader('Retry-After'))));
    };
    request.onloadend = () => signal.removeEventListener('abort', stop);
    request.send(piece);
  });
}

/**
 * Has the server forget an upload.
 * @param {string} url
 */
export async function cancel(url) {
  const response = await line(fetch(url, { method: 'DELETE', headers: VERSION, keepalive: true }));
  if (!response.ok) throw await refusal(response);
}

/** @param {(name: string) => string | null} header @returns {Standing} */
function standing(header) {
  return {
    offset: Number(header('Upload-Offset')),
    state: header('Reportage-State'),
    known: header('Reportage-Known') === 'true',
    placed: header('Reportage-Placed'),
  };
}

/** @param {Promise<Response>} asking */
async function line(asking) {
  try {
    return await asking;
  } catch {
    throw new Broken();
  }
}

/** @param {Response} response */
async function refusal(response) {
  const text = await response.text().catch(() => '');
  return new Refused(response.status, await inOurWords(parsed(text)), response.headers.get('Retry-After'));
}

/** @param {string} text @returns {Problem | null} */
function parsed(text) {
  // A proxy's page is no problem that is ours to read.
  try { return JSON.parse(text); } catch { return null; }
}

/** @param {string} text */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

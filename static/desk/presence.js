// Who else has this story open, and news of what they change, for as long as this page is seen: a hidden one needs no line of its own.

import { announce, editor, inTurn, refresh, state } from './page.js';
import { fill } from './messages.js';

const AGAIN_MS = 15_000;

export function tendPresence() {
  const line = document.getElementById('others');
  if (!editor || !line || !globalThis.EventSource) return;
  /** @type {EventSource | undefined} */
  let source;
  /** @type {Map<string, string> | undefined} */
  let known;
  const listen = () => {
    source = new EventSource(line.dataset.presence ?? '');
    source.addEventListener('people', (event) => {
      /** @type {Map<string, string>} */
      const now = new Map(JSON.parse(event.data).map((/** @type {{ id: string, name: string }} */ one) => [one.id, one.name]));
      line.textContent = now.size > 0 ? fill('presence.also', { names: [...now.values()].join(', ') }) : '';
      const before = known ?? now;
      const came = [...now].filter(([id]) => !before.has(id)).map(([, name]) => name);
      const left = [...before].filter(([id]) => !now.has(id)).map(([, name]) => name);
      if (came.length > 0) announce(fill('presence.came', { names: came.join(', ') }));
      else if (left.length > 0) announce(fill('presence.left', { names: left.join(', ') }));
      known = now;
    });
    // A line that was cut is taken up by the browser itself; one that was refused, by a proxy whose server starts anew, is tried again later.
    const own = source;
    own.onerror = () => {
      if (own.readyState !== EventSource.CLOSED) return;
      line.textContent = '';
      setTimeout(() => { if (source === own && !document.hidden) listen(); }, AGAIN_MS);
    };
    // One's own changes are known already when they are told.
    source.addEventListener('changed', (event) => {
      const { changes } = JSON.parse(event.data);
      inTurn(async () => { if (changes > state.changes) await refresh(true); }).catch(() => {});
    });
  };
  document.addEventListener('visibilitychange', () => {
    source?.close();
    if (document.hidden) return;
    listen();
    inTurn(refresh).catch(() => {});
  });
  // A page that lies in the browser's memory for “back” keeps no connection.
  window.addEventListener('pagehide', () => source?.close());
  if (!document.hidden) listen();
}

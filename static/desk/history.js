// Undo and redo: one's own last steps in this story, by the buttons or the keys everybody knows. In a field with words in it the keys stay the
// browser's own.

import { announce, api, ask, editor, hush, inTurn, reason, refresh, setVersion, state, tell } from './page.js';
import { fill, say } from './messages.js';
import { flush } from './words.js';

export function tendHistory() {
  if (!editor) return;
  document.addEventListener('submit', (event) => {
    if (event.target.id !== 'history') return;
    event.preventDefault();
    swing(event.submitter?.value === 'redo' ? 'redo' : 'undo');
  });
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    if (event.target.matches?.('textarea, input:not([type=checkbox]), select, [contenteditable]')) return;
    event.preventDefault();
    swing(key === 'y' || event.shiftKey ? 'redo' : 'undo');
  });
}

/** @param {'undo' | 'redo'} verb */
function swing(verb) {
  state.onTheWay += 1;
  inTurn(async () => {
    let answer;
    try {
      await flush();
      answer = await ask('POST', `${api}/${verb}`);
    } finally {
      state.onTheWay -= 1;
    }
    if (answer.ok) {
      const { what, overtaken } = answer.body.step ?? {};
      setVersion(answer.body.data.version);
      hush();
      if (overtaken) tell(say('undo.overtaken'));
      else announce(what ? fill(`${verb}.done`, { what: say(`step.${what}`) }) : say(`${verb}.nothing`));
    } else if (answer.status !== 401) {
      tell(reason(answer));
    }
    if (state.onTheWay === 0) await refresh();
  }).catch(() => tell(say('no_line')));
}

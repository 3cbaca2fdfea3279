// The desk with scripts: the same forms and buttons, sent through the API, without leaving the page. Everything here may be absent.

import { localTimes } from './desk/page.js';
import { tendWords } from './desk/words.js';
import { tendOrder } from './desk/order.js';
import { tendUploads } from './desk/upload.js';
import { tendFocal } from './desk/focal.js';
import { tendPhoto } from './desk/photo.js';
import { tendCopying } from './desk/copy.js';
import { tendPublishing } from './desk/publishing.js';
import { tendHistory } from './desk/history.js';
import { tendTable } from './desk/table.js';
import { tendCaptions } from './desk/captions.js';
import { tendPresence } from './desk/presence.js';
import { tendHelp } from './desk/help.js';

document.documentElement.classList.add('scripted');
localTimes(document);
tendWords();
tendOrder();
tendUploads();
tendFocal();
tendPhoto();
tendCopying();
tendPublishing();
tendHistory();
tendTable();
tendCaptions();
tendPresence();
tendHelp();

// An open menu closes when something else is clicked, or with Escape.
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(event.target) || event.target.closest('.sheet button')) menu.open = false;
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const open of document.querySelectorAll('details.menu[open], details.gap[open]')) {
    if (open.contains(document.activeElement)) {
      open.open = false;
      open.querySelector('summary')?.focus();
    }
  }
});

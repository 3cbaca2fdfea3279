// The page of a drop link: the desk's uploads and nothing else of the desk.

import { localTimes } from './desk/page.js';
import { tendUploads } from './desk/upload.js';

document.documentElement.classList.add('scripted');
localTimes(document);
tendUploads();

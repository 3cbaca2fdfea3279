// A photo's own page: what was typed is not left behind unasked, and a photo that is being prepared appears by itself.

import { UNATTENDED } from './page.js';

const POLL_MS = 1000;

export function tendPhoto() {
  const page = document.querySelector('.photo-page');
  if (!page) return;
  const form = page.querySelector('form.words');
  let typed = false;
  form?.addEventListener('input', () => { typed = true; });
  form?.addEventListener('submit', () => { typed = false; });
  window.addEventListener('beforeunload', (event) => {
    if (typed) event.preventDefault();
  });
  if (page.dataset.pending !== undefined) showWhenReady(() => typed);
}

// The page is loaded again when the photo is ready or has failed, unless somebody has begun to type.
/** @param {() => boolean} isBusy */
async function showWhenReady(isBusy) {
  const id = window.location.pathname.split('/').pop();
  for (let tries = 0; tries < 120; tries += 1) {
    await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
    const answer = await fetch(`/api/v1/manage/photos/${id}`, { headers: UNATTENDED }).catch(() => null);
    const photo = answer?.ok ? (await answer.json()).data : null;
    if (photo && photo.state !== 'pending') {
      if (!isBusy()) window.location.reload();
      return;
    }
  }
}

// Passkeys: asks this device for one, and sends its answer with the form that the button belongs to. The device's own dialogues say what goes on meanwhile.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector('[data-passkey]'));
if (form) tend(form);

/** @param {HTMLFormElement} form */
function tend(form) {
  const { domain = '', elsewhere = '', unable = '' } = form.dataset;
  const isMaking = form.dataset.passkey === 'make';
  // Where it cannot work, the page for making one says why; the door offers nothing.
  if (location.hostname !== domain || !('PublicKeyCredential' in window && 'parseCreationOptionsFromJSON' in PublicKeyCredential)) {
    if (isMaking) say(form, location.hostname === domain ? unable : elsewhere);
    return;
  }
  form.hidden = false;
  for (const button of form.querySelectorAll('button')) button.disabled = false;
  // Not disabled meanwhile, for that would take the focus away.
  let isBusy = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    say(form, '');
    const problem = await ask(form, isMaking).catch(() => form.dataset.failed ?? '');
    // Without a problem the form is on its way; a page that is stopped or shown again can be used again.
    if (problem) say(form, problem);
    isBusy = false;
  });
  addEventListener('pageshow', () => {
    fill(form, 'ceremony', '');
    fill(form, 'answer', '');
  });
}

/**
 * Asks the server what to ask, then the device, and sends its answer; gives what went wrong.
 * @param {HTMLFormElement} form @param {boolean} isMaking
 */
async function ask(form, isMaking) {
  const words = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (isMaking && typeof value === 'string') words.append(name, value);
  const response = await fetch(form.dataset.begin ?? '', { method: 'POST', body: words });
  // The session is over: the page leads to the door.
  if (response.status === 401) {
    location.reload();
    return '';
  }
  const begun = await response.json();
  if (!response.ok) return String(begun.detail);
  const credential = isMaking
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(begun.options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(begun.options) });
  if (!(credential instanceof PublicKeyCredential)) return form.dataset.failed ?? '';
  fill(form, 'ceremony', begun.ceremony);
  fill(form, 'answer', JSON.stringify(credential.toJSON()));
  // The password has done its part.
  fill(form, 'present_password', '');
  form.submit();
  return '';
}

/** @param {HTMLFormElement} form @param {string} name @param {string} value */
function fill(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}

/** @param {HTMLFormElement} form @param {string} text */
function say(form, text) {
  const line = /** @type {HTMLElement | null} */ (form.querySelector('[role=alert]'));
  if (!line) return;
  line.textContent = text;
  line.hidden = !text;
}

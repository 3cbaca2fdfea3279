// Time zones and links: what a browser knows better than the server.

import { say } from './messages.js';
import { announce } from './page.js';

export function tendPublishing() {
  for (const select of document.querySelectorAll('select[data-zones]')) tendZones(select);
  for (const field of document.querySelectorAll('[data-copy]')) offerCopy(field);
}

// The browser's own zone is chosen where nobody has chosen one, and all zones it knows can be.
function tendZones(select) {
  const chosen = select.value;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = new Set([...select.options].map((option) => option.value));
  for (const zone of [own, ...(Intl.supportedValuesOf?.('timeZone') ?? [])]) if (zone) known.add(zone);
  select.replaceChildren(...[...known].sort().map((zone) => new Option(zone, zone)));
  select.value = 'open' in select.dataset && own ? own : chosen;
}

// A link that is shown once is chosen at once, and copied with a button.
function offerCopy(field) {
  field.focus();
  field.select();
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = say('share.copy');
  button.addEventListener('click', async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      announce(say('share.copied'));
      button.textContent = say('share.copied');
    } catch {
      // No clipboard without https: the address is chosen, and the keys that copy do.
      announce(say('share.copy_yourself'));
    }
  });
  field.closest('.row').append(button);
}

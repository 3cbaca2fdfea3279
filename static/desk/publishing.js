// Time zones: what a browser knows better than the server.

export function tendPublishing() {
  for (const select of document.querySelectorAll('select[data-zones]')) tendZones(select);
}

// The browser's own zone is chosen where nobody has chosen one, and all zones it knows can be.
/** @param {HTMLSelectElement} select */
function tendZones(select) {
  const chosen = select.value;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = new Set([...select.options].map((option) => option.value));
  for (const zone of [own, ...(Intl.supportedValuesOf?.('timeZone') ?? [])]) if (zone) known.add(zone);
  select.replaceChildren(...[...known].sort().map((zone) => new Option(zone, zone)));
  select.value = 'open' in select.dataset && own ? own : chosen;
}

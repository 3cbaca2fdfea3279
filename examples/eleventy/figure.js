// A photograph with its words. Everything that is needed stands in the story: `srcset` is finished, widths and heights keep the place, the
// placeholder's colour fills it until the photograph is there.

// How wide a photograph stands, for the browser to choose a file by; style.css says the same.
const SIZES = {
  column: "(width > 680px) 640px, 100vw",
  wide: "(width > 1320px) 1280px, 100vw",
  full: "100vw",
  side: "(width > 1320px) 640px, 50vw",
  grid: "(width > 1320px) 640px, 50vw",
  card: "(width > 680px) 420px, 100vw",
};

const escape = (text) => String(text ?? "").replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`);

// The widest JPEG that a small screen needs: for browsers that know no srcset, and for whoever saves the picture.
const plain = (photo) => photo.renditions.filter((it) => it.type === "image/jpeg").findLast((it) => it.width <= 1400) ?? photo.renditions[0];

function picture(photo, alt, layout, eager) {
  const sizes = SIZES[layout];
  const source = (type) => photo.srcset[type] ? `<source type="${type}" srcset="${escape(photo.srcset[type])}" sizes="${sizes}">` : "";
  const file = plain(photo);
  return `<picture>${source("image/avif")}${source("image/webp")}<img src="${escape(file?.url)}" srcset="${escape(photo.srcset["image/jpeg"])}" sizes="${sizes}"
    width="${photo.width}" height="${photo.height}" alt="${escape(alt)}" style="background:${escape(photo.placeholder.color ?? "#888")}"
    ${eager ? 'fetchpriority="high"' : 'loading="lazy"'} decoding="async"></picture>`;
}

// The place opens the caption, unless the caption says it already.
function caption(frame) {
  const text = frame.caption?.text ?? "";
  const place = frame.place && !text.toLowerCase().startsWith(frame.place.toLowerCase()) ? `<b class="place">${escape(frame.place)}.</b> ` : "";
  const words = frame.caption?.html ?? "";
  const credit = frame.credit ? `<p class="credit">${escape(frame.credit)}</p>` : "";
  return place || words || credit ? `<figcaption>${place}${words}${credit}</figcaption>` : "";
}

export function figure(frame, photos, layout, eager = false) {
  const photo = photos[frame.photo];
  const shown = picture(photo, frame.alt, layout, eager);
  // What readers are to be asked for before they see it stays shut until they open it.
  const asked = frame.graphic ? `<details><summary>Show this photograph, which can shock</summary>${shown}</details>` : shown;
  return `<figure class="${layout}">${asked}${layout === "card" ? "" : caption(frame)}</figure>`;
}

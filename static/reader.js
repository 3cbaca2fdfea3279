// The lightbox: a story's pictures one by one, over the page. Without this script each picture is a link to its largest file, and stays one for
// whoever opens it in a tab of its own.

const story = document.querySelector(".story");
const links = () => [...document.querySelectorAll("figure > a, .cover[open] > a")];
const MOVED_PX = 48;

/** @type {HTMLDialogElement} */
let dialog;
/** @type {HTMLElement} */
let opener;
let shown = 0;
/** Whether the entry in the history that Back takes away is there. */
let entered = false;

const make = (name, cls, ...children) => {
  const element = document.createElement(name);
  element.className = cls;
  element.append(...children);
  return element;
};

function build() {
  const words = story.dataset;
  const button = (cls, label, sign, act) => {
    const made = make("button", cls, sign);
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  };
  const stage = make("div", "stage");
  const count = make("p", "count");
  count.setAttribute("aria-live", "polite");
  dialog = make(
    "dialog", "box",
    stage,
    make("div", "tools", count,
      button("step back", words.previous, "‹", () => step(-1)),
      button("step on", words.next, "›", () => step(1)),
      button("close", words.close, "×", () => leave())),
  );
  dialog.addEventListener("close", () => document.documentElement.classList.remove("boxed"));
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const last = links().length - 1;
    const to = { ArrowLeft: shown - 1, ArrowRight: shown + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to);
  });
  // A click beside the picture closes, as everywhere.
  stage.addEventListener("click", (event) => { if (!event.target.closest("img, figcaption")) leave(); });
  swipe(stage);
  document.body.append(dialog);
}

// One finger across turns the page; two fingers, and a picture that is zoomed in, are the browser's.
/** @param {HTMLElement} stage */
function swipe(stage) {
  let from;
  stage.addEventListener("touchstart", (event) => {
    from = event.touches.length === 1 && visualViewport.scale === 1 ? event.touches[0] : undefined;
  }, { passive: true });
  stage.addEventListener("touchmove", (event) => { if (event.touches.length > 1) from = undefined; }, { passive: true });
  stage.addEventListener("touchend", (event) => {
    const to = event.changedTouches[0];
    if (!from || !to) return;
    const [x, y] = [to.clientX - from.clientX, to.clientY - from.clientY];
    from = undefined;
    if (Math.abs(x) > MOVED_PX && Math.abs(x) > 1.5 * Math.abs(y)) step(x < 0 ? 1 : -1);
  }, { passive: true });
}

const step = (by) => show(shown + by);

/** @param {number} to */
function show(to) {
  const all = links();
  if (!all[to]) return;
  shown = to;
  const figure = all[to].closest("figure");
  const picture = all[to].querySelector("picture").cloneNode(true);
  const image = picture.querySelector("img");
  // As large as fits beside the words: whichever of width and height is the tighter.
  const ratio = image.width / image.height;
  const sizes = `min(100vw, ${(82 * ratio).toFixed(1)}vh)`;
  for (const source of picture.children) source.sizes = sizes;
  image.loading = "eager";
  image.removeAttribute("fetchpriority");
  const place = [...figure.classList].find((name) => /^f\d+$/.test(name)) ?? "";
  const words = figure.querySelector(":scope > figcaption, :scope > .cover > figcaption")?.cloneNode(true) ?? "";
  // What is said of a group is said of each of its pictures.
  const shared = figure.parentElement.closest(".group")?.querySelector(":scope > figcaption");
  if (shared && words) words.append(...shared.cloneNode(true).children);
  const full = make("figure", `shown ${place}`, picture, words || shared?.cloneNode(true) || "");
  dialog.querySelector(".stage").replaceChildren(full);
  dialog.querySelector(".count").textContent = `${to + 1} / ${all.length}`;
  dialog.setAttribute("aria-label", image.alt || dialog.querySelector(".count").textContent);
  dialog.querySelector(".step.back").disabled = to === 0;
  dialog.querySelector(".step.on").disabled = to === all.length - 1;
  // A button that has just gone grey drops the focus, and the arrows with it.
  if (!dialog.contains(document.activeElement) || document.activeElement.disabled) dialog.querySelector(".close").focus();
  fetchSoon(all[to + 1], sizes);
}

// The next picture, so that it is there when it is asked for.
/** @param {HTMLAnchorElement} link */
function fetchSoon(link, sizes) {
  if (!link || navigator.connection?.saveData) return;
  const ahead = link.querySelector("picture").cloneNode(true);
  for (const source of ahead.children) source.sizes = sizes;
  ahead.querySelector("img").loading = "eager";
}

/** @param {HTMLAnchorElement} link */
function enter(link) {
  if (!dialog) build();
  opener = link;
  dialog.showModal();
  document.documentElement.classList.add("boxed");
  if (!entered) history.pushState({ box: true }, "");
  entered = true;
  show(links().indexOf(link));
}

/** Goes back in the history, and closes by that: whoever closes and whoever goes back end at the same place. */
function leave() {
  const back = entered;
  entered = false;
  if (back) history.back(); else close();
}

function close() {
  if (!dialog?.open) return;
  dialog.close();
  document.documentElement.classList.remove("boxed");
  opener?.focus({ preventScroll: true });
}

addEventListener("popstate", () => { entered = false; close(); });

story?.addEventListener("click", (event) => {
  const link = event.target.closest("figure > a, .cover > a");
  if (!link || event.button || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  enter(link);
});

// Reloaded with the box open, the page stands on the entry that the box made, and the box is gone: back to the one before it.
if (history.state?.box) history.back();

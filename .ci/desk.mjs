// Visits the desk; see .ci/desk. SHOTS=FOLDER keeps a picture of every state.

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const require = createRequire(import.meta.url);
const { BASE: base, TOKEN: token, BYTES: bytes, TIMES: times, SHOTS: shots, ALL: all } = process.env;
const missed = [];
const judge = (what, value, limit, unit = "", judged = true) => {
  const good = value <= limit;
  if (!good && judged) missed.push(what);
  console.log(`${good ? "  " : "! "}${what.padEnd(58)} ${String(value).padStart(8)} ${unit} (at most ${limit})`);
};

const browser = await puppeteer.launch({
  executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--hide-scrollbars", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"],
});

/** Small photographs, each of another colour, painted by the browser itself. */
const painter = await browser.newPage();
const paint = async (seed) => Buffer.from(await painter.evaluate(async (number) => {
  const canvas = new OffscreenCanvas(480, 320);
  const brush = canvas.getContext("2d");
  for (let y = 0; y < 320; y += 8) {
    brush.fillStyle = `hsl(${(number * 47 + y / 3) % 360} 55% ${25 + ((y * 7 + number) % 50)}%)`;
    brush.fillRect(0, y, 480, 8);
  }
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
  return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
}, seed), "base64");

const ask = async (method, path, body, headers = {}) => {
  const isForm = body instanceof FormData;
  const answer = await fetch(base + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && !isForm ? { "content-type": "application/json" } : {}), ...headers },
    body: body && !isForm ? JSON.stringify(body) : body,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return { data: text ? JSON.parse(text).data : null, etag: answer.headers.get("etag") };
};
const upload = async (seed) => {
  const form = new FormData();
  form.append("file", new Blob([await paint(seed)], { type: "image/jpeg" }), `DSC_${4000 + seed * 7}.jpg`);
  const { data } = await ask("POST", "/api/v1/manage/photos", form);
  return (Array.isArray(data) ? data[0] : data).id ?? data.photo.id;
};
const settled = async (id) => {
  for (let tries = 0; tries < 600; tries += 1) {
    const { data, etag } = await ask("GET", `/api/v1/manage/photos/${id}`);
    if (data.state !== "pending") return { data, etag };
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${id} is never ready`);
};

// A story in every state, and one with 200 photographs.
const CAPTION = "Mevrouw Al-Jabouri op de negentiende trede. De twintigste is er niet; ze weet waar ze moet stappen, ook in het donker, ook met boodschappen.";
const few = [];
for (let seed = 0; seed < 6; seed += 1) few.push(await upload(seed));
for (const id of few) await settled(id);
for (const id of few.slice(0, 4)) {
  const { etag } = await ask("GET", `/api/v1/manage/photos/${id}`);
  await ask("PATCH", `/api/v1/manage/photos/${id}`, { caption: CAPTION, alt: "Vrouw op een trap zonder muur", credit: "Anna Jansen / Reportage", creator: "Anna Jansen" }, { "If-Match": etag });
}
const photo = (at) => ({ type: "photo", layout: "wide", frame: { photo: few[at] } });
const { data: ready } = await ask("POST", "/api/v1/manage/stories", {
  title: "“’s Nachts hoor je de stad ademen”", language: "nl", tags: ["Irak", "wederopbouw"],
  blocks: [photo(0), { type: "text", markdown: "Een alinea met **nadruk** en nog wat woorden." }, { type: "heading", text: "De twintigste trede" },
    { type: "quote", markdown: "Een vraagteken is beter.", attribution: "De wijkmeester" },
    { type: "group", layout: "side", caption: "Twee keer.", frames: [{ photo: few[1] }, { photo: few[2] }] }, photo(3)],
});
const operate = async (story, operations) => {
  const { etag } = await ask("GET", `/api/v1/manage/stories/${story}`);
  return ask("POST", `/api/v1/manage/stories/${story}/operations`, { operations }, { "If-Match": etag });
};
const tag = (await ask("GET", `/api/v1/manage/stories/${ready.id}`)).etag;
await ask("POST", `/api/v1/manage/stories/${ready.id}/publication`, undefined, { "If-Match": tag });
const draft = (await ask("GET", `/api/v1/manage/stories/${ready.id}`)).data;
await operate(ready.id, [
  { op: "update", id: draft.blocks[1].id, version: draft.blocks[1].version, set: { markdown: "Een heel andere alinea dan lezers nu zien." } },
  { op: "remove", id: draft.blocks[3].id },
  { op: "insert", block: { type: "photo", frame: { photo: few[4] } } },
]);
const { data: empty } = await ask("POST", "/api/v1/manage/stories", { title: "Nog leeg", language: "nl" });
const many = [];
for (let seed = 10; seed < 210; seed += 1) many.push(await upload(seed));
await settled(many.at(-1));
for (const id of many) await settled(id);
const { data: long } = await ask("POST", "/api/v1/manage/stories", {
  title: "Tweehonderd foto’s", language: "nl", blocks: many.map((id) => ({ type: "photo", frame: { photo: id } })),
});
await painter.close();

const PASSWORD = "a sentence that nobody guesses";
const signIn = async (context, name = "anna") => {
  const page = await context.newPage();
  await page.goto(`${base}/desk/sign-in`);
  await page.type("[name=email]", `${name}@example.org`);
  await page.type("[name=password]", PASSWORD);
  await Promise.all([page.waitForNavigation(), page.click("button.primary")]);
  return page;
};

// A drop link, for the page that outsiders see.
const context = await browser.createBrowserContext();
const page = await signIn(context);
const submit = async (path, form, fields) => {
  await page.goto(base + path);
  for (const [name, value] of Object.entries(fields)) await page.type(`${form} [name=${name}]`, value);
  await Promise.all([page.waitForNavigation(), page.click(`${form} button.primary`)]);
};
const here = `/desk/stories/${ready.id}`;
await submit(`${here}/drop-links`, "form[action$=drop-links]", { label: "Bram de Wit" });
const drop = await page.evaluate(() => document.body.innerHTML.match(/\/drop\/[\w-]{40,}/)?.[0]);
if (!drop) throw new Error("the page shows no drop link");

const open = (selector) => (state) => state.evaluate((all) => { for (const it of document.querySelectorAll(all)) it.open = true; }, selector);
const press = (form) => async (state) => { await Promise.all([state.waitForNavigation({ waitUntil: "load" }), state.click(form)]); };
/** The code of this moment. Source: RFC 6238. */
const code = (secret) => {
  const bits = [...secret.replaceAll(" ", "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))).update(step).digest();
  return String((digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
};
const STATES = [
  ["stories", "/desk"],
  ["story, empty", `/desk/stories/${empty.id}`],
  ["story", here],
  ["story, menus and forms open", here, open("details")],
  ["story, words of two people", here, async (state) => {
    await state.waitForSelector(".scripted");
    const now = (await ask("GET", `/api/v1/manage/stories/${ready.id}`)).data;
    await state.focus("form[data-part] [name=caption]");
    const id = await state.evaluate(() => document.activeElement.form.dataset.part);
    const frame = now.blocks.flatMap((block) => block.frames ?? [block.frame]).find((one) => one?.id === id);
    await ask("POST", `/api/v1/manage/stories/${ready.id}/operations`, { operations: [{ op: "update", id, version: frame.version, set: { caption: `Van een ander, ${Date.now()}.` } }] });
    await state.type("form[data-part] [name=caption]", " Van mij.");
    await state.waitForSelector(".conflict");
    await state.evaluate(() => document.querySelector(".conflict").scrollIntoView());
  }],
  ["light table, empty", `/desk/stories/${empty.id}/table`],
  ["light table, some chosen", `${here}/table`, async (state) => { await state.click("#blocks [name=block]"); }],
  ["caption desk", `${here}/captions`],
  ["caption desk, tools open", `${here}/captions`, open("details")],
  ["caption desk, some chosen", `${here}/captions`, async (state) => { await state.click("#blocks [name=frame]"); }],
  ["writing to many", `${here}/captions/apply?frame=${draft.blocks[0].frame.id}`],
  ["changes found by replacing", `${here}/captions`, async (state) => {
    await open("details")(state);
    await state.type("[name=find]", "trede");
    await state.type("[name=with]", "tree");
    await press("form[action$='/captions/replace'] button")(state);
  }],
  ["publish", `${here}/publish`],
  ["publish, all open", `${here}/publish`, open("details")],
  ["publish, nothing there", `/desk/stories/${empty.id}/publish`],
  ["preview links", `${here}/share`],
  ["drop links", `${here}/drop-links`],
  ["versions", `${here}/revisions`],
  ["versions, none", `/desk/stories/${empty.id}/revisions`],
  ["photographs to put in", `${here}/photos`],
  ["library", "/desk/photos"],
  ["photo", `/desk/photos/${few[0]}`],
  ["photo, all open", `/desk/photos/${few[0]}`, open("details")],
  ["settings", "/desk/site"],
  ["webhooks", "/desk/webhooks"],
  ["people", "/desk/people"],
  ["tokens", "/desk/tokens"],
  ["audit", "/desk/audit"],
  ["jobs", "/desk/jobs"],
  ["me", "/desk/me"],
  ["second factor", "/desk/me/factor"],
  ["second factor, recovery codes", "/desk/me/factor", async (state) => {
    // Set up in the first look; in the others it is on, and the codes are made anew.
    const begin = (await state.$("form[action$='/offer']")) ? "form[action$='/offer']" : "form[action$='/codes']";
    await state.type(`${begin} [name=present_password]`, PASSWORD);
    await press(`${begin} button`)(state);
    if (begin.includes("offer")) {
      await state.type("[name=code]", code(await state.$eval("#factor-secret", (it) => it.textContent)));
      await press("form[action$='/confirm'] button")(state);
    }
    await state.waitForSelector("#codes");
  }, "bram"],
  ["passkeys", "/desk/me/passkeys"],
  ["help", "/desk/help"],
  ["help in its box", here, async (state) => {
    await state.waitForSelector(".scripted");
    await state.evaluate(() => document.activeElement?.blur());
    await state.keyboard.press("?");
    await state.waitForSelector("dialog.help-box[open]");
  }],
  ["nothing there", "/desk/stories/sto_00000000000040008000000000000000"],
  ["sign in", "/desk/sign-in", undefined, "stranger"],
  ["sign in, refused", "/desk/sign-in", async (state) => {
    await state.type("[name=email]", "anna@example.org");
    await state.type("[name=password]", "not it");
    await press("button.primary")(state);
  }, "stranger"],
  ["sign in, the code", "/desk/sign-in", async (state) => {
    await state.type("[name=email]", "bram@example.org");
    await state.type("[name=password]", PASSWORD);
    await press("button.primary")(state);
    await state.waitForSelector("[name=pending]");
  }, "stranger"],
  ["drop page", drop, undefined, "stranger"],
];
const LOOKS = [[320, "light", "nl"], [1280, "dark", "en"], [320, "dark", "en"], [640, "light", "en"]].slice(0, all ? 4 : 2);

console.log(`\nThe desk in ${STATES.length} states: violations (axe-core, WCAG 2.2 AA and good practice), and pixels that stick out`);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const bram = await browser.createBrowserContext();
await (await signIn(bram, "bram")).close();
for (const [width, scheme, language] of LOOKS) {
  const insiders = await browser.createBrowserContext();
  const strangers = await browser.createBrowserContext();
  await (await signIn(insiders)).close();
  let [found, out] = [0, 0];
  for (const [name, path, before, who] of STATES) {
    const state = await ({ stranger: strangers, bram }[who] ?? insiders).newPage();
    await state.setBypassCSP(true);
    await state.setExtraHTTPHeaders({ "accept-language": language });
    await state.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }]);
    await state.setViewport({ width, height: 900 });
    const answer = await state.goto(base + path, { waitUntil: "load" });
    if ((answer.status() >= 400) !== (name === "nothing there")) throw new Error(`${name}: ${path} answers ${answer.status()}`);
    await before?.(state);
    await state.evaluate(axe);
    const { violations } = await state.evaluate((tags) => axe.run(document, { resultTypes: ["violations"], runOnly: { type: "tag", values: tags } }), rules);
    for (const it of violations) console.log(`    ${name}, ${width} px, ${scheme}, ${language}: ${it.id}: ${it.help} (${it.nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).slice(0, 4).join(", ")})`);
    found += violations.length;
    const over = await state.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 0) console.log(`    ${name}, ${width} px, ${language}: ${over} px wider than the window`);
    out += Math.max(over, 0);
    if (shots) await state.screenshot({ path: `${shots}/${name.replaceAll(/\W+/g, "-")}-${width}-${scheme}-${language}.png`, fullPage: true });
    await state.close();
  }
  judge(`violations at ${width} px, ${scheme}, ${language}`, found, 0);
  judge(`pixels too wide at ${width} px, ${language}`, out, 0);
  await insiders.close();
  await strangers.close();
}

console.log("\nBytes");
judge("scripts, styles and words of the desk, compressed (gzip)", Number(bytes), 60 * 1024, "bytes");

console.log("\nA light table of 200 photographs (three runs, the middle one)");
const middle = (values) => values.sort((one, other) => one - other)[1];
const usable = [];
const moved = [];
let requests = 0;
for (let run = 0; run < 3; run += 1) {
  await page.setCacheEnabled(false);
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(`${base}/desk/stories/${long.id}/table`, { waitUntil: "load" });
  await page.waitForFunction(() => document.documentElement.matches(".scripted") && document.querySelectorAll("#blocks > .block").length === 200);
  // Usable: the scripts run, and every picture that is seen is painted.
  usable.push(await page.evaluate(async () => {
    const seen = [...document.querySelectorAll("#blocks img")].filter((image) => image.getBoundingClientRect().top < innerHeight);
    await Promise.all(seen.map((image) => image.decode()));
    const ends = performance.getEntriesByType("resource").filter((it) => it.name.endsWith(".js") || seen.some((image) => image.currentSrc === it.name)).map((it) => it.responseEnd);
    return Math.max(...ends, performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd);
  }));
  const before = await page.evaluate(() => {
    const tile = [...document.querySelectorAll("#blocks > .block")].at(-1);
    tile.focus();
    window.last = tile.id;
    return performance.getEntriesByType("resource").filter((it) => it.name.includes("/operations")).length;
  });
  await page.keyboard.down("Alt");
  await page.evaluate(() => addEventListener("keydown", () => { window.pressed = performance.now(); requestAnimationFrame(() => requestAnimationFrame(() => { window.shown = performance.now(); })); }, { capture: true, once: true }));
  await page.keyboard.press("Home");
  await page.keyboard.up("Alt");
  await page.waitForFunction(() => window.shown && document.querySelector("#blocks > .block").id === window.last);
  moved.push(await page.evaluate(() => window.shown - window.pressed));
  await page.waitForFunction((count) => performance.getEntriesByType("resource").filter((it) => it.name.includes("/operations") && it.responseEnd).length > count, {}, before);
  await new Promise((done) => setTimeout(done, 700));
  requests = Math.max(requests, (await page.evaluate(() => performance.getEntriesByType("resource").filter((it) => it.name.includes("/operations")).length)) - before);
}
judge("usable after", Math.round(middle(usable)), 1000, "ms", Boolean(times));
judge("a move from the last place to the first is shown after", Math.round(middle(moved)), 100, "ms", Boolean(times));
judge("requests for it", requests, 1);

await browser.close();
if (missed.length > 0) {
  console.log(`\nmissed: ${missed.join("; ")}`);
  process.exit(1);
}
console.log("\nall held");

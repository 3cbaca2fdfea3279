// What .ci/example asks of the guide and of the pages that were built; see there.

import assert from "node:assert/strict";
import { readFileSync, existsSync } from "node:fs";
import { createServer } from "node:http";
import { deflateSync } from "node:zlib";
import { extname, join } from "node:path";

const [what, ...given] = process.argv.slice(2);
const decoded = (html) => html.replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, code) => String.fromCodePoint(parseInt(code, hex ? 16 : 10)))
  .replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** A PNG of hills behind each other under a sky, by a number. */
function picture(number) {
  const [width, height] = number % 3 === 2 ? [1200, 1600] : [1800, 1200];
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let shade = [150 + number * 12, 185 + (y / height) * 50, 235 - (y / height) * 60];
      for (let hill = 1; hill <= 4; hill += 1) {
        const top = height * (0.3 + hill * 0.13) + Math.sin(x / (110 + hill * 60) + hill * (number + 2)) * height * 0.07;
        if (y > top) shade = [110 - hill * 20, 125 - hill * 18 + number * 4, 135 - hill * 26];
      }
      const at = y * (1 + width * 3) + 1 + x * 3;
      shade.forEach((value, index) => { rows[at + index] = Math.max(0, Math.min(255, value)); });
    }
  }
  const chunk = (kind, body) => {
    const named = Buffer.concat([Buffer.from(kind), body]);
    const framed = Buffer.alloc(8 + named.length);
    framed.writeUInt32BE(body.length);
    named.copy(framed, 4);
    framed.writeUInt32BE(crc32(named), 4 + named.length);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 1 })), chunk("IEND", Buffer.alloc(0))]);
}
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** Two published stories with every type of block. */
async function fill([base, token]) {
  const ask = async (method, path, body, headers = {}) => {
    const isForm = body instanceof FormData;
    const answer = await fetch(`${base}/api/v1/manage${path}`, {
      method, body: isForm || !body ? body : JSON.stringify(body),
      headers: { Authorization: `Bearer ${token}`, ...(isForm || !body ? {} : { "Content-Type": "application/json" }), ...headers },
    });
    const told = await answer.json();
    assert.ok(answer.ok, JSON.stringify(told));
    return { data: told.data, tag: answer.headers.get("ETag") };
  };
  const form = new FormData();
  for (let number = 0; number < 6; number += 1) form.append("file", new Blob([picture(number)]), `hill-${number}.png`);
  const photos = (await ask("POST", "/photos", form)).data.map((photo) => photo.id);
  const frame = (number, caption, more) => ({ photo: photos[number], caption, alt: `Hills & mist, "${number}"`, credit: "Anna <Jansen>", ...more });
  const stories = [
    { title: "“De heuvels & het dal”", language: "nl", date: "2024-01", byline: "Anna Jansen", standfirst: "Een jaar aan de rand van het land.", blocks: [
      { type: "photo", layout: "full", frame: frame(0, "Ochtend boven het dal, januari.", { place: "Vaals, Nederland" }) },
      { type: "text", markdown: "Een alinea met *nadruk*.\n\nEn nog een, die verder gaat waar de eerste ophield en lang genoeg is om een regel te vullen." },
      { type: "heading", text: "Het dal" },
      { type: "group", layout: "side", caption: "Twee keer hetzelfde dal.", frames: [frame(1, "Links."), frame(2, "Rechts, staand.")] },
      { type: "quote", markdown: "Hier waait het altijd.", attribution: "Een herder" },
      { type: "photo", layout: "wide", frame: frame(3, "De weg terug.") },
    ] },
    { title: "A road in winter", language: "en", date: "2023-12-24", byline: "Anna Jansen", blocks: [
      { type: "photo", frame: frame(4, "The road.", { graphic: true }) },
      { type: "text", markdown: "A paragraph." },
      { type: "group", layout: "grid", frames: [frame(5, null), frame(0, "The first, again."), frame(1, "And the second.")] },
    ] },
  ];
  for (const story of stories) {
    const { data } = await ask("POST", "/stories", story);
    for (;;) {
      const draft = await ask("GET", `/stories/${data.id}`);
      if (Object.values(draft.data.photos).every((photo) => photo.state === "ready")) {
        await ask("POST", `/stories/${data.id}/publication`, undefined, { "If-Match": draft.tag });
        break;
      }
      await new Promise((done) => setTimeout(done, 200));
    }
  }
}

/** The guide's examples as one script of the shell. */
function guide([path, base, token]) {
  const blocks = [...readFileSync(path, "utf8").matchAll(/^```(sh|js)\n(.*?)^```$/gms)];
  assert.ok(blocks.length > 12, "the guide has its examples");
  for (const [index, [, language, text]] of blocks.entries()) {
    const here = text.replaceAll("http://127.0.0.1:8080", base).replace(/^export TOKEN=.*$/m, `export TOKEN=${token}`);
    console.log(`echo '== ${index + 1}'`);
    console.log(language === "sh" ? here : `cat >example-${index}.mjs <<'EXAMPLE'\n${here}EXAMPLE\nnode example-${index}.mjs`);
  }
}

/** What the examples printed: nothing failed without its being seen. */
function told([path]) {
  const said = readFileSync(path, "utf8");
  for (const part of ["304", "<figure class=", "<!doctype html>", '"status": "draft"', "heading", '"publication": 1', '"Dezelfde dijk, de volgende ochtend."', "unsupported_media_type",
    '"byline": null', '"pointer": "/blocks/0/markdown"', "/api/v1/manage/photos/pho_", '"place": "Lith, Nederland"']) {
    assert.ok(said.includes(part), `the guide’s examples do not print ${part}:\n${said}`);
  }
  console.log(`  ${said.match(/^== /gm).length} examples of the guide do what it says`);
}

/** The pages against the stories they were made of. */
async function pages([site, base]) {
  const { data: stories } = await (await fetch(`${base}/api/v1/stories?limit=100`)).json();
  assert.ok(stories.length >= 3, "two stories and the guide’s");
  const list = readFileSync(join(site, "index.html"), "utf8");
  let frames = 0;
  const addresses = new Set();
  for (const story of stories) {
    const html = readFileSync(join(site, story.slug, "index.html"), "utf8");
    const text = decoded(html);
    assert.ok(text.includes(story.title) && decoded(list).includes(story.title), story.title);
    for (const block of story.blocks) {
      if (block.html) assert.ok(html.includes(block.html), `${story.slug}: the text of ${block.id}`);
      if (block.caption) assert.ok(html.includes(block.caption.html), `${story.slug}: the caption of ${block.id}`);
      for (const frame of block.frames ?? (block.frame ? [block.frame] : [])) {
        frames += 1;
        if (frame.caption) assert.ok(html.includes(frame.caption.html), `${story.slug}: the caption of ${frame.id}`);
        if (frame.credit) assert.ok(text.includes(frame.credit), `${story.slug}: the credit of ${frame.id}`);
        assert.ok(text.includes(`alt="${frame.alt}"`), `${story.slug}: the alt text of ${frame.id}`);
        for (const srcset of Object.values(story.photos[frame.photo].srcset)) {
          assert.ok(text.includes(srcset), `${story.slug}: a srcset of ${frame.id}`);
          addresses.add(srcset.split(" ")[0]);
        }
      }
    }
  }
  for (const address of addresses) {
    const answer = await fetch(address, { method: "HEAD" });
    assert.equal(answer.status, 200, address);
  }
  console.log(`  ${stories.length} stories, ${frames} frames, ${addresses.size} pictures`);
  await draw(site, stories);
}

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css" };

/** Two pages as Chromium draws them; what it complains of is an error. */
async function draw(site, stories) {
  const { default: puppeteer } = await import("puppeteer-core");
  const server = createServer((request, answer) => {
    const path = join(site, decodeURIComponent(new URL(request.url, "http://x").pathname));
    const file = extname(path) ? path : join(path, "index.html");
    if (!existsSync(file)) return answer.writeHead(404).end();
    answer.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const own = `http://127.0.0.1:${server.address().port}`;
  const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  const longest = stories.reduce((a, b) => (b.blocks.length > a.blocks.length ? b : a));
  for (const [name, path, width, scheme] of [["list", "/", 1280, "light"], ["story", `/${longest.slug}/`, 1280, "light"], ["story-small", `/${longest.slug}/`, 360, "dark"]]) {
    const page = await browser.newPage();
    const wrong = [];
    page.on("requestfailed", (request) => wrong.push(request.url()));
    page.on("pageerror", (error) => wrong.push(error.message));
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(own + path, { waitUntil: "networkidle0", timeout: 60_000 });
    const { wide, first } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth > innerWidth, first: document.querySelector("img")?.naturalWidth ?? 0,
    }));
    assert.ok(!wide, `${name} scrolls sideways at ${width} px`);
    assert.ok(first > 0, `${name}: the first picture is not drawn`);
    assert.deepEqual(wrong, [], name);
    await page.screenshot({ path: `target/example-${name}.png` });
    await page.close();
  }
  await browser.close();
  server.close();
}

await { fill, guide, told, pages }[what](given);

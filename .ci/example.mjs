// What .ci/example asks of the guide and of the pages that were built; see there.

import assert from "node:assert/strict";
import { readFileSync, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";

const [what, ...given] = process.argv.slice(2);
const decoded = (html) => html.replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, code) => String.fromCodePoint(parseInt(code, hex ? 16 : 10)))
  .replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** The guide's examples as one script of the shell. */
function guide([path, base, token]) {
  const blocks = [...readFileSync(path, "utf8").matchAll(/^```(sh|js)\n(.*?)^```$/gms)];
  assert.ok(blocks.length > 12, "the guide has its examples");
  for (const [index, [, language, text]] of blocks.entries()) {
    const here = text.replaceAll("http://127.0.0.1:8080", base).replace(/^TOKEN=.*$/m, `TOKEN=${token}`);
    console.log(`echo '== ${index + 1}'`);
    console.log(language === "sh" ? here : `cat >example-${index}.mjs <<'EXAMPLE'\n${here}EXAMPLE\nnode example-${index}.mjs`);
  }
}

/** What the examples printed: nothing failed without its being seen. */
function told([path]) {
  const said = readFileSync(path, "utf8");
  for (const part of ["304", "<figure>", '"status": "draft"', "heading", '"publication": 1', '"Dezelfde dijk, de volgende ochtend."', "unsupported_media_type",
    '"byline": null', '"pointer": "/blocks/0/markdown"', "/api/v1/manage/photos/pho_", '"place": "Lith, Nederland"']) {
    assert.ok(said.includes(part), `the guide’s examples do not print ${part}:\n${said}`);
  }
  console.log(`  ${said.match(/^== /gm).length} examples of the guide do what it says`);
}

/** The pages against the stories they were made of. */
async function pages([site, base]) {
  const { data: stories } = await (await fetch(`${base}/api/v1/stories?limit=100`)).json();
  assert.ok(stories.length >= 3, "the demonstration’s stories and the guide’s");
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

await { guide, told, pages }[what](given);

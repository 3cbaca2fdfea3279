// Measures published pages; see .ci/budgets. Every figure is printed with its limit, and what is missed is named at the end.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { get } from "node:http";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const require = createRequire(import.meta.url);
const { BASE: base, WORK: work, RUNS: runs } = process.env;
const missed = [];

const judge = (what, value, limit, unit = "", atLeast = false) => {
  const good = atLeast ? value >= limit : value <= limit;
  if (!good) missed.push(what);
  console.log(`${good ? "  " : "! "}${what.padEnd(62)} ${String(value).padStart(9)} ${unit} (${atLeast ? "at least" : "at most"} ${limit})`);
};
const tell = (what, value, unit = "") => console.log(`  ${what.padEnd(62)} ${String(value).padStart(9)} ${unit}`);

/** Body and headers as they come over the line, nothing decoded. */
const ask = (path, encoding = "identity") => new Promise((done, failed) => {
  // A connection each: one that is kept would be closed by the server while a checker runs here.
  get(new URL(path, base), { agent: false, headers: { "accept-encoding": encoding } }, (answer) => {
    const parts = [];
    answer.on("data", (part) => parts.push(part));
    answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
  }).on("error", failed);
});
const api = async (path) => JSON.parse((await ask(path)).body);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

// The longest story, once the AVIFs of its lead are there; of all its photographs, where times are judged.
const stories = (await api("/api/v1/stories")).data;
const slug = stories.reduce((longest, story) => (Object.keys(story.photos).length > Object.keys(longest.photos).length ? story : longest)).slug;
const path = `/stories/${slug}`;
const leadOf = (story) => (story.blocks.find((block) => block.id === story.lead) ?? {}).frame?.photo ?? Object.keys(story.photos)[0];
const lacking = async () => {
  const now = (await api(`/api/v1/stories/${slug}`)).data;
  const wanted = Number(runs) > 1 ? Object.values(now.photos) : [now.photos[leadOf(now)]];
  return wanted.filter((photo) => !photo.renditions.some((file) => file.type === "image/avif")).length;
};
const until = Date.now() + 1_200_000;
while (await lacking()) {
  if (Date.now() > until) throw new Error(`the AVIFs of ${path} are not ready after twenty minutes`);
  await new Promise((done) => setTimeout(done, 1_000));
}
const story = (await api(`/api/v1/stories/${slug}`)).data;
const html = (await ask(path)).body.toString();
const link = (pattern) => html.match(pattern)?.[1].replaceAll("&#38;", "&");
const pages = {
  story: path,
  "list of stories": "/",
  tag: link(/href="(\/tags\/[^"]+)"/),
  photographer: link(/href="(\/photographers\/[^"]+)"/),
  "not found": "/stories/nothing-here",
};

console.log(`\nBytes, ${path} (${Object.keys(story.photos).length} photographs)`);
judge("HTML", html.length, 40 * 1024, "bytes");
judge("HTML, compressed (br)", (await ask(path, "br")).body.length, 10 * 1024, "bytes");
for (const [name, pattern, limit] of [["CSS", /href="(\/static\/reader\.css[^"]*)"/, 10 * 1024], ["JavaScript", /import\("(\/static\/reader\.js[^"]*)"\)/, 6 * 1024]]) {
  judge(`${name}, compressed (br)`, (await ask(link(pattern), "br")).body.length, limit, "bytes");
}
const lead = story.photos[leadOf(story)].renditions.find((file) => file.type === "image/avif" && file.width === 768);
judge("lead at 768 px, AVIF", lead.bytes, 90_000, "bytes");
const phone = Object.values(story.photos).map((photo) => photo.renditions.find((file) => file.type === "image/avif" && file.width === 768) ?? { bytes: 0 });
tell(`${phone.filter((file) => file.bytes).length} photographs at 768 px, AVIF`, phone.reduce((sum, file) => sum + file.bytes, 0), "bytes");

console.log("\nMarkup (Nu HTML checker)");
for (const [name, address] of Object.entries(pages)) {
  const file = `${work}/${name.replaceAll(" ", "-")}.html`;
  writeFileSync(file, (await ask(address)).body);
  const said = execFileSync("java", ["-jar", require.resolve("vnu-jar/build/dist/vnu.jar"), "--format", "json", "--exit-zero-always", "--stdout", file]);
  const messages = JSON.parse(said).messages.filter((message) => message.type !== "info");
  for (const message of messages) console.log(`    ${message.lastLine}: ${message.message} ${message.extract ?? ""}`);
  judge(`errors, ${name}`, messages.length, 0);
}

const browser = await puppeteer.launch({
  executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--hide-scrollbars", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"],
});

console.log("\nAccessibility (axe-core), in both colour schemes at 360 and 1440 px; the lightbox too");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
for (const [name, address] of Object.entries(pages)) {
  for (const width of [360, 1440]) {
    for (const scheme of ["light", "dark"]) {
      const page = await browser.newPage();
      await page.setBypassCSP(true);
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.setViewport({ width, height: 900 });
      await page.goto(new URL(address, base), { waitUntil: "networkidle0" });
      await page.evaluate(axe);
      const check = async (state) => {
        const { violations } = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
        for (const it of violations) console.log(`    ${it.id}: ${it.help} (${it.nodes.map((node) => node.target).join(", ")})`);
        judge(`violations, ${state}, ${width} px, ${scheme}`, violations.length, 0);
      };
      await check(name);
      if (name === "story") {
        await page.waitForFunction(() => performance.getEntriesByType("resource").some((it) => it.name.includes("reader.js") && it.responseEnd));
        await page.click("figure > a");
        await page.waitForSelector("dialog.box[open] img");
        await page.evaluate(() => Promise.all(document.getAnimations().map((it) => it.finished)));
        await check("lightbox");
      }
      await page.close();
    }
  }
}

console.log("\nLayout shift, read to the end");
for (const [name, address] of Object.entries(pages)) {
  for (const width of [360, 768, 1024, 1440]) {
    const page = await browser.newPage();
    await page.setViewport({ width, height: 900 });
    await page.goto(new URL(address, base), { waitUntil: "load" });
    const shift = await page.evaluate(async () => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: "layout-shift", buffered: true });
      for (const image of document.images) {
        image.scrollIntoView({ block: "center" });
        if (!image.complete) await new Promise((done) => { image.onload = image.onerror = done; });
      }
      scrollTo(0, document.documentElement.scrollHeight);
      await new Promise((done) => setTimeout(done, 300));
      return sum;
    });
    judge(`${name}, ${width} px`, shift, 0);
    await page.close();
  }
}

console.log("\nRequests before the largest paint, on a phone");
{
  const page = await browser.newPage();
  await page.setViewport({ width: 412, height: 823, deviceScaleFactor: 1.75, isMobile: true, hasTouch: true });
  await page.setCacheEnabled(false);
  await page.goto(new URL(path, base), { waitUntil: "networkidle0" });
  const seen = await page.evaluate(async () => {
    const largest = await new Promise((done) => {
      new PerformanceObserver((list) => done(list.getEntries().at(-1))).observe({ type: "largest-contentful-paint", buffered: true });
    });
    const before = performance.getEntriesByType("resource").filter((entry) => entry.startTime < largest.startTime).map((entry) => entry.name);
    // Browsers ask for lazy pictures some screens ahead, at a low priority: nothing waits for them.
    const lazy = [...document.querySelectorAll("img[loading=lazy]")].map((image) => image.currentSrc);
    return { before: before.filter((name) => !lazy.includes(name)), ahead: before.filter((name) => lazy.includes(name)).length, element: largest.element?.tagName, at: Math.round(largest.startTime),
      origins: new Set(performance.getEntriesByType("resource").map((entry) => new URL(entry.name).origin)).size };
  });
  for (const name of seen.before) console.log(`    ${name}`);
  judge("requests, the page itself included", seen.before.length + 1, 3);
  tell("lazy pictures asked for ahead meanwhile", seen.ahead);
  judge("origins", seen.origins, 1);
  tell(`the largest paint is of ${seen.element}, after`, seen.at, "ms");
  await page.close();
}

console.log(`\nLighthouse, mobile preset, ${runs} run(s)`);
const port = Number(new URL(browser.wsEndpoint()).port);
const got = [];
for (let run = 0; run < Number(runs); run += 1) {
  const { lhr } = await lighthouse(String(new URL(path, base)), { port, logLevel: "error", onlyCategories: ["performance", "accessibility", "best-practices", "seo"] });
  got.push(lhr);
}
const score = (category) => Math.round(100 * median(got.map((lhr) => lhr.categories[category].score)));
for (const category of ["accessibility", "best-practices", "seo"]) {
  judge(category, score(category), 100, "", true);
  for (const { id } of got[0].categories[category].auditRefs) {
    const audit = got[0].audits[id];
    if (audit.score !== null && audit.score < 1) console.log(`    ${id}: ${audit.title}`);
  }
}
const figure = (id) => median(got.map((lhr) => lhr.audits[id].numericValue));
judge("layout shift", figure("cumulative-layout-shift"), 0);
if (Number(runs) > 1) {
  judge("performance", score("performance"), 100, "", true);
  judge("largest paint", Math.round(figure("largest-contentful-paint")), 1_200, "ms");
  judge("blocked", Math.round(figure("total-blocking-time")), 50, "ms");
} else {
  tell("performance", score("performance"));
  tell("largest paint", Math.round(figure("largest-contentful-paint")), "ms");
  tell("blocked", Math.round(figure("total-blocking-time")), "ms");
}
await browser.close();

if (missed.length) {
  console.log(`\nMissed: ${missed.join("; ")}`);
  process.exit(1);
}
console.log("\nAll within budget.");

// Uploads with tus-js-client; see .ci/tus. The client knows nothing of this server but the address.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { deflateSync } from "node:zlib";
import { Upload } from "tus-js-client";

const { PROGRAM: program, WORK: work } = process.env;
const data = `${work}/data`;
const person = "anna@example.org";
let server;

async function start(listen) {
  server = spawn(program, ["serve", "--data", data, "--listen", listen, "--avif-threads", "0", "--min-free-mb", "0"], { stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface({ input: server.stdout })) {
    const address = line.match(/^Reportage is at (\S+?)\/ /)?.[1];
    if (address) return address;
  }
  throw new Error("the server ended");
}
const kill = () => new Promise((done) => { server.once("exit", done); server.kill("SIGKILL"); });
process.on("exit", () => server?.kill("SIGKILL"));

// A PNG of one grey, with noise behind its end that makes it as large as it shall be and different from every other.
function picture(bytes) {
  const chunk = (kind, body) => {
    const named = Buffer.concat([Buffer.from(kind), body]);
    const framed = Buffer.alloc(8 + named.length);
    framed.writeUInt32BE(body.length);
    named.copy(framed, 4);
    framed.writeUInt32BE(crc32(named), 4 + named.length);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(64, 0);
  header.writeUInt32BE(48, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(48 * 65, 90).map((byte, index) => (index % 65 === 0 ? 0 : byte)));
  const png = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
  return Buffer.concat([png, randomBytes(Math.max(0, bytes - png.length))]);
}
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");

let base = await start("127.0.0.1:0");
execFileSync(program, ["user", "add", "--data", data, "--email", person, "--name", "Anna", "--role", "editor", "--password-stdin"], { input: "een lange zin die niemand raadt\n" });
const secret = execFileSync(program, ["token", "add", "--data", data, "--user", person, "--name", "tus", "--scope", "all"]).toString().trim();
const headers = { Authorization: `Bearer ${secret}` };

/** Uploads, and gives what the last answer said, or fails as the client fails. */
function upload(bytes, name, options = {}) {
  let last;
  return new Promise((resolve, reject) => {
    const it = new Upload(bytes, {
      endpoint: `${base}/api/v1/manage/uploads`,
      headers,
      metadata: { filename: name, filetype: "image/png" },
      retryDelays: [100, 300, 1_000, 2_000, 4_000, 8_000],
      onAfterResponse: (_, response) => { last = response; },
      onSuccess: () => resolve({ photo: last.getHeader("Reportage-Photo"), known: last.getHeader("Reportage-Known"), url: it.url }),
      onError: reject,
      ...options,
    });
    options.prepare?.(it);
    it.start();
  });
}
async function isStored(photo, bytes) {
  const original = await fetch(`${base}${photo}/original`, { headers });
  assert.equal(original.status, 200);
  assert.equal(hash(Buffer.from(await original.arrayBuffer())), hash(bytes));
}
async function step(what, work) {
  await work();
  console.log(`  ${what}`);
}

await step("whole, in one request", async () => {
  const bytes = picture(3_000_000);
  const { photo, known } = await upload(bytes, "één.png");
  assert.equal(known, "false");
  await isStored(photo, bytes);
  const told = await (await fetch(`${base}${photo}`, { headers })).json();
  assert.equal(told.data.file_name, "één.png");
  assert.equal((await upload(bytes, "nog eens.png")).known, "true");
});
await step("in chunks", async () => {
  const bytes = picture(3_000_000);
  await isStored((await upload(bytes, "stukken.png", { chunkSize: 400_000 })).photo, bytes);
});
await step("with the first data in the creation", async () => {
  const bytes = picture(1_000_000);
  await isStored((await upload(bytes, "meteen.png", { chunkSize: 300_000, uploadDataDuringCreation: true })).photo, bytes);
});
await step("by POST with the method in a header", async () => {
  const bytes = picture(500_000);
  await isStored((await upload(bytes, "post.png", { overridePatchMethod: true })).photo, bytes);
});
await step("what is no photograph fails with the server's reason", async () => {
  const refused = await upload(Buffer.from("dit is geen foto"), "tekst.png").then(() => null, (error) => error);
  assert.equal(refused?.originalResponse?.getStatus(), 415);
  assert.match(refused.originalResponse.getBody(), /unsupported_media_type/);
});
await step("aborted, and on from there by its address", async () => {
  const bytes = picture(4_000_000);
  const url = await new Promise((resolve, reject) => {
    const it = new Upload(bytes, {
      endpoint: `${base}/api/v1/manage/uploads`, headers, chunkSize: 500_000, metadata: { filename: "later.png" },
      onChunkComplete: (_, sent) => { if (sent >= 1_500_000) it.abort().then(() => resolve(it.url)); },
      onSuccess: () => reject(new Error("it was not aborted")),
      onError: reject,
    });
    it.start();
  });
  const before = await fetch(url, { method: "HEAD", headers: { ...headers, "Tus-Resumable": "1.0.0" } });
  assert.ok(Number(before.headers.get("Upload-Offset")) >= 1_500_000);
  assert.ok(Date.parse(before.headers.get("Upload-Expires")) > Date.now() + 6 * 86_400_000);
  await isStored((await upload(bytes, "later.png", { uploadUrl: url })).photo, bytes);
});
await step("cancelled", async () => {
  const bytes = picture(2_000_000);
  let url;
  await new Promise((resolve, reject) => {
    const it = new Upload(bytes, {
      endpoint: `${base}/api/v1/manage/uploads`, headers, chunkSize: 500_000,
      onChunkComplete: () => { ({ url } = it); it.abort(true).then(resolve, reject); },
      onError: reject,
    });
    it.start();
  });
  const gone = await fetch(url, { method: "HEAD", headers: { ...headers, "Tus-Resumable": "1.0.0" } });
  assert.equal(gone.status, 404);
});
await step("through the server's sudden end", async () => {
  const files = Array.from({ length: 4 }, () => picture(12_000_000));
  const listen = new URL(base).host;
  let ended;
  const sent = files.map((bytes, index) => upload(bytes, `${index}.png`, {
    chunkSize: 2_000_000,
    onChunkComplete: (_, arrived) => {
      if (arrived >= 6_000_000) ended ??= kill().then(() => start(listen));
    },
  }));
  const photos = await Promise.all(sent);
  assert.ok(ended, "it was killed in the middle");
  base = await ended;
  for (const [index, { photo }] of photos.entries()) await isStored(photo, files[index]);
});
console.log("tus-js-client and the server agree");
await kill();

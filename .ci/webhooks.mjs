// Webhooks over TLS, verified by libraries that are not ours and by the examples of docs/webhooks.md; see .ci/webhooks.

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { Webhook } from "standardwebhooks";

const { PROGRAM: program, WORK: work, PYTHON: python, DOCS: docs } = process.env;
const data = `${work}/data`;
const person = "anna@example.org";
let server;
process.on("exit", () => server?.kill("SIGKILL"));

const run = (...command) => execFileSync(program, command, { input: "een lange zin die niemand raadt\n" }).toString().trim();
run("user", "add", "--data", data, "--email", person, "--name", "Anna", "--role", "admin", "--password-stdin");
const token = run("token", "add", "--data", data, "--user", person, "--name", "hooks", "--scope", "all");

async function start() {
  const command = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--avif-threads", "0", "--min-free-mb", "0", "--webhooks-allow-private"];
  server = spawn(program, command, { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, SSL_CERT_FILE: `${work}/trusted.crt`, SSL_CERT_DIR: "" } });
  for await (const line of createInterface({ input: server.stdout })) {
    const address = line.match(/^Reportage is at (\S+?)\/ /)?.[1];
    if (address) return address;
  }
  throw new Error("the server ended");
}

/** A receiver with one of the certificates; gives its address and what came. */
async function receiver(certificate) {
  const messages = [];
  const options = { key: readFileSync(`${work}/${certificate}.key`), cert: readFileSync(`${work}/${certificate}.crt`) };
  const listening = createServer(options, async (request, response) => {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    messages.push({ body, headers: request.headers });
    response.writeHead(204).end();
  });
  await new Promise((done) => { listening.listen(0, "127.0.0.1", done); });
  listening.unref();
  return { url: `https://localhost:${listening.address().port}/hooks`, messages };
}

async function eventually(what, look) {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => { setTimeout(done, 100); });
  }
  throw new Error(`waited in vain for ${what}`);
}

const base = await start();
async function ask(method, path, body, headers = {}) {
  const response = await fetch(`${base}/api/v1/manage/${path}`, {
    method, headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers }, body: body && JSON.stringify(body),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return (await response.json()).data;
}

async function etag(path) {
  const response = await fetch(`${base}/api/v1/manage/${path}`, { headers: { Authorization: `Bearer ${token}` } });
  return response.headers.get("etag");
}

let passed = 0;
async function check(name, work) {
  await work();
  passed += 1;
  console.log(`ok: ${name}`);
}

const trusted = await receiver("trusted");
const hook = await ask("POST", "webhooks", { url: trusted.url, events: ["story.published"] });
await ask("POST", `webhooks/${hook.id}/ping`);
const [message] = await eventually("a message over TLS", () => trusted.messages.length === 1 && trusted.messages);
const headers = Object.fromEntries(["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, message.headers[name]]));

await check("a message is verified by standardwebhooks for JavaScript", () => {
  assert.equal(new Webhook(hook.secret).verify(message.body, headers).type, "ping");
  assert.throws(() => new Webhook(hook.secret).verify(message.body.replace("ping", "pong"), headers));
});

const examples = Object.fromEntries([...readFileSync(docs, "utf8").matchAll(/```(js|python)\n([\s\S]*?)```/g)].map(([, language, code]) => [language, code]));
await check("the JavaScript of the documentation verifies it, and nothing else", async () => {
  writeFileSync(`${work}/example.mjs`, examples.js);
  const { verify } = await import(pathToFileURL(`${work}/example.mjs`).href);
  assert.equal(verify(hook.secret, headers, message.body), true);
  assert.equal(verify(hook.secret, headers, `${message.body} `), false);
  assert.equal(verify(hook.secret, { ...headers, "webhook-id": "msg_other" }, message.body), false);
  const old = { ...headers, "webhook-timestamp": String(Number(headers["webhook-timestamp"]) - 600) };
  assert.equal(verify(hook.secret, old, message.body), false);
});

await check("the Python of the documentation verifies it, and nothing else", () => {
  const program = `${examples.python}
import json, sys
given = json.load(sys.stdin)
assert verify(given["secret"], given["headers"], given["body"].encode())
assert not verify(given["secret"], given["headers"], given["body"].encode() + b" ")
assert not verify(given["secret"], {**given["headers"], "webhook-id": "msg_other"}, given["body"].encode())
assert not verify(given["secret"], {**given["headers"], "webhook-signature": "v1,AAAA v1a,x"}, given["body"].encode())
`;
  const input = JSON.stringify({ secret: hook.secret, headers, body: message.body });
  execFileSync(python, ["-c", program], { input, stdio: ["pipe", "inherit", "inherit"] });
});

if (spawnSync(python, ["-c", "import standardwebhooks"]).status === 0) {
  await check("a message is verified by standardwebhooks for Python", () => {
    const program = "import json,sys\nfrom standardwebhooks import Webhook\ngiven=json.load(sys.stdin)\nassert Webhook(given['secret']).verify(given['body'],given['headers'])['type']=='ping'";
    const input = JSON.stringify({ secret: hook.secret, headers, body: message.body });
    execFileSync(python, ["-c", program], { input, stdio: ["pipe", "inherit", "inherit"] });
  });
}

await check("while a secret is changed a message is verified with either", async () => {
  const changed = await ask("POST", `webhooks/${hook.id}/secret`, undefined, { "If-Match": await etag(`webhooks/${hook.id}`) });
  await ask("POST", `webhooks/${hook.id}/ping`);
  const second = (await eventually("the second message", () => trusted.messages.length === 2 && trusted.messages))[1];
  for (const secret of [hook.secret, changed.secret]) assert.equal(new Webhook(secret).verify(second.body, second.headers).type, "ping");
});

await check("a certificate that is not trusted is sent nothing", async () => {
  const strange = await receiver("strange");
  const other = await ask("POST", "webhooks", { url: strange.url, events: ["story.published"] });
  await ask("POST", `webhooks/${other.id}/ping`);
  const [attempt] = await eventually("an attempt", async () => {
    const [delivery] = await ask("GET", `webhooks/${other.id}/deliveries`);
    return delivery.attempts.length > 0 && delivery.attempts;
  });
  assert.match(attempt.error, /could not be secured/);
  assert.equal(strange.messages.length, 0);
});

console.log(`${passed} passed, 0 failed`);
process.exit(0);

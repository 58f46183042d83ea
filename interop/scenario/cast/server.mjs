import { spawn } from "node:child_process";
import { existsSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { until } from "../support/wait.mjs";

const PROGRAM = process.env.PARLANCE_BIN ?? resolve(import.meta.dirname, "../../../target/debug/parlance");
const PASSWORD = "a few good words";

/** The real server on the embedded store, in a folder of its own. It comes back on the same port. */
export class Server {
  #child;

  constructor(folder, port, xmppPort) {
    this.url = `http://127.0.0.1:${port}`;
    this.xmpp = { host: "127.0.0.1", port: xmppPort };
    this.groups = "groups.localhost";
    this.password = PASSWORD;
    this.files = Object.fromEntries(["config.toml", "data", "ready.json", "server.log"].map((name) => [name, join(folder, name)]));
    writeFileSync(this.files["config.toml"], settings(port, xmppPort));
  }

  static async start(folder) {
    const server = new Server(folder, ...(await freePorts(2)));
    await server.start();
    return server;
  }

  async start() {
    const { "config.toml": config, data, "ready.json": ready, "server.log": log } = this.files;
    rmSync(ready, { force: true });
    const output = openSync(log, "a");
    const child = spawn(PROGRAM, ["serve", "--config", config, "--data", data, "--ready-file", ready], { stdio: ["ignore", output, output] });
    closeSync(output);
    this.#child = child;
    child.gone = new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
    await until(() => isWritten(ready) || hasEnded(child), "the server is ready");
    if (hasEnded(child)) throw new Error(`the server did not start:\n${this.log()}`);
  }

  /** kill -9. */
  async kill() {
    this.#child.kill("SIGKILL");
    await this.#child.gone;
  }

  async stop() {
    if (!this.#child || hasEnded(this.#child)) return;
    this.#child.kill("SIGTERM");
    await this.#child.gone;
  }

  /** What the server wrote about itself. */
  log() {
    const log = this.files["server.log"];
    return existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(-40).join("\n") : "";
  }

  /** Makes an account and answers with a token of it. */
  async register(name, displayName) {
    const { token } = await this.#ask("POST", "/v1/auth/register", { name, password: PASSWORD, display_name: displayName });
    return token;
  }

  /** A whole log as it comes over HTTP. */
  async events(token, conversation) {
    const events = [];
    for (;;) {
      const after = events.at(-1)?.seq ?? 0;
      const path = `/v1/conversations/${encodeURIComponent(conversation)}/events?after=${after}&limit=200`;
      const page = await this.#ask("GET", path, undefined, token);
      events.push(...page.items);
      if (!page.has_after) return events;
    }
  }

  async #ask(method, path, body, token) {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  }
}

function settings(port, xmppPort) {
  return `
dev = true
[http]
listen = "127.0.0.1:${port}"
[admin]
listen = "127.0.0.1:0"
[xmpp]
c2s_listen = "127.0.0.1:${xmppPort}"
allow_plaintext = true
[registration]
mode = "open"
[limits]
enabled = false
[log]
level = "warn"
`;
}

function isWritten(ready) {
  return existsSync(ready) && readFileSync(ready, "utf8").trimEnd().endsWith("}");
}

function hasEnded(child) {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** Ports that nobody has at this moment, all different. */
async function freePorts(count) {
  const probes = await Promise.all(Array.from({ length: count }, listening));
  const ports = probes.map((probe) => probe.address().port);
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return ports;
}

function listening() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => resolve(probe));
  });
}

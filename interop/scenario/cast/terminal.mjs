import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

export const CHAT = process.env.PARLANCE_CHAT_BIN ?? resolve(import.meta.dirname, "../../../target/debug/parlance-chat");
const HOPELESS_MS = 60_000;

/** What a command ends with when the program is killed while it is carried out. */
export class Gone extends Error {}

/** Somebody at the terminal client in its line mode. */
export class Terminal {
  /** How the program last said that the connection stands. */
  connection = "connecting";
  isRunning = false;
  #conversation;
  #child;
  #asked = new Map();
  #nextId = 1;
  #complaints = "";

  constructor(server, { name, address, display }, folder) {
    Object.assign(this, { server, name, address, display, folder });
  }

  static async enter(server, account, folder) {
    const terminal = new Terminal(server, account, folder);
    terminal.start(["--password-stdin", "--server", server.url]);
    terminal.#child.stdin.write(`${server.password}\n`);
    await terminal.ask({ do: "wait_for", connection: "online" });
    return terminal;
  }

  /** Starts the program; without `more`, as somebody who has signed in before. */
  start(more = []) {
    const child = spawn(CHAT, [this.address, "--script", "--data", this.folder, ...more]);
    child.gone = new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
    child.stdin.on("error", () => undefined);
    child.stderr.on("data", (text) => (this.#complaints += text));
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (text) => this.#hear(JSON.parse(text)));
    lines.once("close", () => this.#end());
    this.#child = child;
    this.isRunning = true;
  }

  /** kill -9. */
  async kill() {
    this.isRunning = false;
    this.#child.kill("SIGKILL");
    await this.#child.gone;
  }

  async leave() {
    this.#child.stdin.end();
    await this.#child.gone;
  }

  complaints() {
    return this.#complaints;
  }

  /** One command of the line mode and its answer. */
  ask(command) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const late = () => this.#settle(id)?.reject(new Error(`${this.name} got no answer to ${JSON.stringify(command)}`));
      this.#asked.set(id, { command, resolve, reject, timer: setTimeout(late, HOPELESS_MS) });
      this.#child.stdin.write(`${JSON.stringify({ id, ...command })}\n`);
    });
  }

  /** Turns to a conversation, as soon as it is there. */
  async open({ conversation }) {
    await this.ask({ do: "wait_for", conversation });
    this.#conversation = conversation;
  }

  /** Says something; it is kept when this ends, and sent as soon as that is possible. */
  say(text, more = {}) {
    return this.ask({ do: "send", conversation: this.#conversation, text, ...more });
  }

  /** The same: a terminal has all that was said, also what is above the screen. */
  sayAmidOthers(text) {
    return this.say(text);
  }

  /** Waits until a message with this text is there, and answers with it. */
  sees(text) {
    return this.ask({ do: "wait_for", conversation: this.#conversation, text, timeout_ms: 20_000 });
  }

  /** Edits, deletes or reacts to the message with this text. */
  async act(what, text, more = {}) {
    const { event_id } = await this.sees(text);
    return this.ask({ do: what, conversation: this.#conversation, event: event_id, ...more });
  }

  async reply(to, text) {
    const { event_id } = await this.sees(to);
    return this.say(text, { reply_to: event_id });
  }

  /** Waits until everything is sent. */
  async sentAll() {
    await this.ask({ do: "wait_for", connection: "online", unsent: 0, timeout_ms: 30_000 });
  }

  /** Everything the timeline shows, from the beginning. */
  async read(conversation) {
    await this.ask({ do: "fill", conversation });
    for (;;) {
      const { lines, unsent, has_older } = await this.ask({ do: "timeline", conversation });
      if (!has_older) return { entries: lines, unsent };
      await this.ask({ do: "load_older", conversation });
    }
  }

  /** The entries of one's own that are shown as being with the server. */
  async shownAsSent(conversation) {
    const { lines } = await this.ask({ do: "timeline", conversation });
    return lines.filter(({ kind, sender }) => kind === "message" && sender === this.address);
  }

  #hear(said) {
    if (said.event === "connection") this.connection = said.connection.state;
    if (said.event) return;
    const { command, resolve, reject } = this.#settle(said.id) ?? {};
    if (!command) return;
    if (said.error) reject(new Error(`${this.name}: ${JSON.stringify(command)}: ${said.error.message}`));
    else resolve(said.ok);
  }

  #settle(id) {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    clearTimeout(asked?.timer);
    return asked;
  }

  #end() {
    for (const id of [...this.#asked.keys()]) this.#settle(id)?.reject(new Gone(`the program of ${this.name} has ended: ${this.#complaints}`));
  }
}

import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const SUPPORT = join(import.meta.dirname, "../../xmpp_support");

/** People in one group with slixmpp over TCP. */
export class Guests {
  #child;
  #asked = new Map();
  #nextId = 1;
  #complaints = "";

  /** Lets people into a group; `names` are those of their accounts. */
  static async enter({ host, port, password, room, names }) {
    const guests = new Guests();
    const words = [join(import.meta.dirname, "guests.py"), host, `${port}`, room, password, names.join(",")];
    guests.#child = spawn("python", words, { env: { ...process.env, PYTHONPATH: SUPPORT } });
    guests.#child.stderr.on("data", (text) => (guests.#complaints += text));
    createInterface({ input: guests.#child.stdout }).on("line", (text) => guests.#hear(JSON.parse(text)));
    const gone = new Promise((_, reject) => guests.#child.once("exit", () => reject(new Error(`the people with slixmpp are gone: ${guests.#complaints}`))));
    gone.catch(() => undefined);
    guests.gone = gone;
    await guests.#answer(0);
    return names.map((name) => new OneOfThem(guests, name));
  }

  async ask(command) {
    const id = this.#nextId++;
    this.#child.stdin.write(`${JSON.stringify({ id, ...command })}\n`);
    return this.#answer(id);
  }

  end() {
    this.#child.kill();
  }

  #answer(id) {
    return Promise.race([new Promise((resolve) => this.#asked.set(id, resolve)), this.gone]);
  }

  #hear({ id, heard }) {
    this.#asked.get(id)?.(heard);
    this.#asked.delete(id);
  }
}

class OneOfThem {
  heard = [];
  #guests;

  constructor(guests, name) {
    this.#guests = guests;
    this.name = name;
  }

  /** Says something; ends when the group has it. */
  async says(text) {
    this.heard = await this.#guests.ask({ who: this.name, say: text });
  }

  /** Looks at what was heard by now. */
  async listen() {
    this.heard = await this.#guests.ask({ who: this.name });
  }

  async leave() {
    this.#guests.end();
  }
}

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "../support/wait.mjs";

const run = promisify(execFile);
export const COLUMNS = 80;
export const ROWS = 24;

/** A program on a terminal of the usual size, with somebody who reads and types. */
export class Screen {
  #socket;
  #config;

  constructor(folder) {
    this.#socket = join(folder, "tmux");
    this.#config = join(folder, "tmux.conf");
    writeFileSync(this.#config, "set -g status off\nset -g remain-on-exit on\n");
  }

  async start(program) {
    await this.#tmux("new-session", "-d", "-x", `${COLUMNS}`, "-y", `${ROWS}`, ...program);
  }

  async stop() {
    await this.#tmux("kill-server").catch(() => undefined);
  }

  /** What is on the screen, line by line. */
  async lines() {
    const { stdout } = await this.#tmux("capture-pane", "-p");
    return stdout.replace(/\n$/, "").split("\n");
  }

  /** Waits until the screen says this. */
  async sees(text) {
    let lines = [];
    const isThere = async () => (lines = await this.lines()).some((line) => line.includes(text));
    await until(isThere, "").catch(() => {
      throw new Error(`the screen never said ${JSON.stringify(text)}:\n${lines.join("\n")}`);
    });
    return lines;
  }

  /** Whether the program has ended: tmux does not always notice at once. */
  async hasEnded() {
    const { stdout: pid } = await this.#tmux("list-panes", "-F", "#{pane_pid}");
    const { stdout: state } = await run("ps", ["-o", "stat=", "-p", pid.trim()]).catch(() => ({ stdout: "" }));
    return state.trim() === "" || state.startsWith("Z");
  }

  async type(text) {
    await this.#tmux("send-keys", "-l", text);
  }

  async press(key) {
    await this.#tmux("send-keys", key);
  }

  #tmux(...words) {
    const env = { ...process.env, LC_ALL: "C.UTF-8" };
    delete env.TMUX;
    return run("tmux", ["-u", "-S", this.#socket, "-f", this.#config, ...words], { env });
  }
}

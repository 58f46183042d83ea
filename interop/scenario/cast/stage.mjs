import { join } from "node:path";
import { Browser } from "./browser.mjs";
import { Screen } from "./screen.mjs";
import { Server } from "./server.mjs";
import { Terminal } from "./terminal.mjs";

const DOMAIN = "localhost";

/** A server and everybody who uses it. */
export class Stage {
  /** What people are called, by address. */
  names = new Map();
  #terminals = [];
  #browsers = [];
  #screens = [];
  #tokens = new Map();

  constructor(folder, chromium) {
    Object.assign(this, { folder, chromium });
  }

  async open() {
    this.server = await Server.start(this.folder);
  }

  /** Makes an account. */
  async account(name) {
    const account = { name, address: `${name}@${DOMAIN}`, display: name.charAt(0).toUpperCase() + name.slice(1) };
    this.#tokens.set(account.address, await this.server.register(name, account.display));
    this.names.set(account.address, account.display);
    return account;
  }

  async browser(name) {
    const browser = await Browser.enter(this.chromium, this.server, await this.account(name));
    this.#browsers.push(browser);
    return browser;
  }

  async terminal(name) {
    const terminal = await Terminal.enter(this.server, await this.account(name), join(this.folder, name));
    this.#terminals.push(terminal);
    return terminal;
  }

  /** A terminal's screen, and whose it is going to be. */
  async screen(name) {
    const screen = new Screen(this.folder);
    this.#screens.push(screen);
    return { screen, ...(await this.account(name)) };
  }

  /** The log as the server tells it to somebody. */
  events(person, conversation) {
    return this.server.events(this.#tokens.get(person.address), conversation);
  }

  /** What can be said about everybody when something went wrong. */
  async report() {
    const browsers = await Promise.all(this.#browsers.map(async (browser) => `${browser.name}: ${await browser.report()}`));
    const terminals = this.#terminals.map((terminal) => `${terminal.name}: ${terminal.complaints()}`);
    return [...browsers, ...terminals, `server: ${this.server?.log()}`].join("\n");
  }

  async strike() {
    for (const screen of this.#screens) await screen.stop();
    for (const terminal of this.#terminals) await terminal.leave();
    for (const browser of this.#browsers) await browser.context.close();
    await this.server?.stop();
  }
}

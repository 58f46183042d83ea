import { createRequire } from "node:module";
import { line } from "../support/log.mjs";
import { until } from "../support/wait.mjs";

const { chromium } = createRequire(new URL("../../../web/package.json", import.meta.url))("playwright-core");
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const UNSENT = /^(Sending|Waiting to be sent|Not sent)$/;
const WINDOW = { viewport: { width: 1100, height: 1300 }, locale: "en-GB", timezoneId: "UTC" };
const STEP_OF_SCREEN = 0.6;
const STEPS_MAX = 300;

export function openBrowser() {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** Somebody at the web client, who acts by what things are and how they are called. */
export class Browser {
  /** What went wrong in the page. */
  faults = [];

  constructor(context, { name, address, display }) {
    Object.assign(this, { context, name, address, display });
  }

  static async enter(browser, server, account) {
    const context = await browser.newContext(WINDOW);
    context.setDefaultTimeout(15_000);
    const person = new Browser(context, account);
    const { host } = new URL(server.url);
    context.on("weberror", (error) => person.faults.push(error.error().stack));
    context.on("request", (request) => {
      if (new URL(request.url()).host !== host) person.faults.push(`asked ${request.url()}`);
    });
    person.page = await context.newPage();
    await person.page.goto(server.url);
    await person.page.getByLabel("Name", { exact: true }).fill(account.name);
    await person.page.getByLabel("Password", { exact: true }).fill(server.password);
    await person.page.getByRole("button", { name: "Sign in" }).click();
    await person.page.getByRole("navigation", { name: "Conversations" }).waitFor();
    return person;
  }

  async open({ title }) {
    const list = this.page.getByRole("navigation", { name: "Conversations" });
    await list.getByRole("link", { name: new RegExp(`^${title}\\b`) }).click();
    await this.page.getByRole("textbox", { name: `Message to ${title}` }).waitFor();
  }

  feed() {
    return this.page.getByLabel(/^Messages in /);
  }

  #composer() {
    return this.page.getByRole("textbox", { name: /^Message to / });
  }

  message(text) {
    const literal = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return this.feed().getByRole("article", { name: new RegExp(`: ${literal}$`) });
  }

  /** Says something in the conversation that is open; it is kept when it is on the screen. */
  async say(text) {
    await this.sayAmidOthers(text);
    await this.message(text).waitFor();
  }

  /** The same where so much is said that a line may be above the screen before anybody looks. */
  async sayAmidOthers(text) {
    await this.#composer().fill(text);
    await this.#composer().press("Enter");
    await until(async () => (await this.#composer().inputValue()) === "", `${this.name} has said ${text}`);
  }

  async sees(text) {
    await this.message(text).waitFor();
  }

  async reply(to, text) {
    await this.message(to).hover();
    await this.message(to).getByRole("button", { name: "Reply", exact: true }).click();
    await this.page.getByRole("button", { name: "Do not reply" }).waitFor();
    await this.say(text);
  }

  async edit(before, after) {
    await this.#choose(before, "Edit");
    await this.page.getByRole("button", { name: "Stop editing" }).waitFor();
    await this.say(after);
  }

  async react(to, emoji) {
    await this.#choose(to, `React with ${emoji}`);
    await this.message(to).getByRole("button", { name: new RegExp(`^${emoji}, .*including yours$`) }).waitFor();
  }

  async remove(text) {
    await this.#choose(text, "Delete");
    await this.page.getByRole("dialog", { name: "Delete this message?" }).getByRole("button", { name: "Delete" }).click();
    await this.message(text).waitFor({ state: "detached" });
  }

  async #choose(text, action) {
    await this.message(text).hover();
    await this.message(text).getByRole("button", { name: "More actions" }).click();
    await this.page.getByRole("menuitem", { name: action, exact: true }).click();
  }

  /** Waits until the server has every message of the conversation that is open. */
  async sentAll() {
    const unsent = this.feed().getByRole("img", { name: UNSENT });
    const isAll = async () => (await this.#isAtEnd()) && (await unsent.count()) === 0;
    await until(isAll, `the server has what ${this.name} said`, 40);
  }

  /** Waits until the client keeps itself for the time without a network. */
  async isReadyForOffline() {
    await until(() => this.page.evaluate(() => navigator.serviceWorker.controller !== null), "the service worker is in charge");
  }

  /** How many unsent messages outlive the page. */
  countKept() {
    return this.page.evaluate(countOutbox);
  }

  async isUnsent(text) {
    return (await this.message(text).getByRole("img", { name: UNSENT }).count()) === 1;
  }

  /** The messages of one's own on the screen that are shown as being with the server. */
  async shownAsSent() {
    const articles = await this.#rows();
    return articles.filter(({ who, status }) => who === "You" && status && !UNSENT.test(status)).map(({ text }) => text);
  }

  /** Everything the timeline shows, read from the end to the beginning. */
  async read() {
    await until(() => this.#isAtEnd(), "the newest message is in view");
    let lines = await this.#lines();
    for (let step = 0; !(await this.#isAtBeginning()); step++) {
      if (step > STEPS_MAX) throw new Error(`the beginning was not reached; the first lines are ${lines.slice(0, 3)}`);
      await this.#scroll((feed, part) => feed.scrollBy(0, -feed.clientHeight * part), STEP_OF_SCREEN);
      lines = joined(await this.#lines(), lines);
    }
    return lines;
  }

  /** What is on the screen, for whoever looks for a fault. */
  async report() {
    const draft = await this.#composer().inputValue().catch(() => "none");
    const shown = await this.#rows().catch(() => []);
    const place = await this.feed().evaluate((feed) => [feed.scrollTop, feed.clientHeight, feed.scrollHeight]).catch(() => []);
    return [`draft: ${draft}`, `scrolled to ${place}`, ...shown.slice(-6).map((row) => JSON.stringify(row)), ...this.faults].join("\n");
  }

  async #isAtEnd() {
    await this.#scroll((feed) => (feed.scrollTop = feed.scrollHeight));
    const more = this.page.getByRole("button", { name: /new messages?$|^Go to the newest message$/ });
    return (await more.count()) === 0;
  }

  async #isAtBeginning() {
    const isAtTop = await this.feed().evaluate((feed) => feed.scrollTop <= 0 && feed.ariaBusy !== "true");
    return isAtTop && (await this.feed().getByRole("button", { name: /^(Today|Yesterday), / }).count()) > 0;
  }

  /** Scrolls, and waits until everything has stood still for some frames. */
  async #scroll(move, argument) {
    await this.feed().evaluate(move, argument);
    await this.feed().evaluate(standStill);
  }

  async #lines() {
    const rows = await this.#rows();
    return rows.map((row) => (row.system !== undefined ? row.system : line(this.#named(row))));
  }

  #named(row) {
    const mine = (name) => (name === "You" ? this.display : name);
    const reply = row.reply && `${mine(row.reply.author)}: ${row.reply.text}`;
    return { ...row, who: mine(row.who), reply };
  }

  #rows() {
    return this.feed().evaluate(rowsOf);
  }
}

/** Runs in the page: resolves when the list has neither moved nor loaded for eight frames. */
function standStill(feed) {
  return new Promise((resolve) => {
    let [still, before] = [0, ""];
    const look = () => {
      const now = `${feed.scrollTop} ${feed.scrollHeight} ${feed.ariaBusy}`;
      still = now === before && feed.ariaBusy !== "true" ? still + 1 : 0;
      before = now;
      if (still >= 8) resolve();
      else requestAnimationFrame(look);
    };
    look();
  });
}

/** Runs in the page: what the rendered lines say, from top to bottom. */
function rowsOf(feed) {
  const content = (element) => element?.textContent.trim() ?? "";
  const rows = [...feed.querySelectorAll("article, p:not(article p)")];
  const placed = rows.map((element) => ({ element, top: element.getBoundingClientRect().top })).sort((a, b) => a.top - b.top);
  return placed.map(({ element }) => {
    if (element.tagName === "P") return { system: content(element) };
    const [, who, at, text] = /^(.*?), (\d\d:\d\d): (.*)$/s.exec(element.ariaLabel);
    const quote = element.querySelector("button[title='Go to the message this answers']");
    const [author, excerpt] = [...(quote?.children ?? [])].map(content);
    const reactions = [...element.querySelectorAll("button[aria-pressed]")].map((button) => /^(\S+), (\d+) /u.exec(button.ariaLabel));
    return {
      who,
      at,
      text,
      isDeleted: text === "This message was deleted",
      isEdited: [...element.querySelectorAll("span")].some((span) => content(span) === "edited"),
      reply: quote && { author, text: excerpt },
      reactions: reactions.map(([, emoji, count]) => ({ emoji, count })),
      status: [...element.querySelectorAll("[role=img]")].at(-1)?.ariaLabel,
    };
  });
}

/** Runs in the page: how many entries the outbox in the database has. */
function countOutbox() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("parlance");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const count = opening.result.transaction("outbox").objectStore("outbox").count();
      count.onsuccess = () => {
        opening.result.close();
        resolve(count.result);
      };
    };
  });
}

/** The lines of one view put before those of the view below it, which begins inside of it. */
export function joined(upper, lower) {
  const fits = (at) => upper.slice(at).every((one, index) => index >= lower.length || one === lower[index]);
  const place = upper.findIndex((one, at) => one === lower[0] && fits(at));
  if (place < 0) throw new Error(`two views have nothing in common: ${JSON.stringify([upper.slice(-3), lower.slice(0, 3)])}`);
  return [...upper.slice(0, place), ...lower];
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { addressOf, server } from "./server.mjs";

const PROGRAM = process.env.CHROMIUM ?? "/usr/bin/chromium";
// The certificate of the server is one that no browser knows, and to a browser the page is not from loopback.
const FLAGS = ["--no-sandbox", "--disable-gpu", "--ignore-certificate-errors", "--disable-features=LocalNetworkAccessChecks"];
const PARTS = join(import.meta.dirname, "../node_modules/converse.js/dist");
const SOON_MS = 20_000;
const PAGE = `<!doctype html><html class="converse-website"><head><meta charset="utf-8"><title>Converse</title>
<link rel="stylesheet" href="/converse.min.css">
<script type="module">import converse from "/converse.min.js"; window.converse ??= converse;</script></head>
<body class="converse-fullscreen"><converse-root></converse-root></body></html>`;

/** The place that the pages come from: the server's own, as behind one proxy. */
const ORIGIN = server.services.WebSocket.replace(/^ws/, "http").replace(/\/[^/]*$/, "");

/** A browser that gets Converse.js. */
export class Browser {
  static async open() {
    const browser = new Browser();
    browser.chromium = await chromium.launch({ executablePath: PROGRAM, args: FLAGS });
    return browser;
  }

  /** A tab of a profile of its own in which somebody uses Converse.js. */
  async tab(name) {
    const context = await this.chromium.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(SOON_MS);
    await page.route(`${ORIGIN}/**`, serve);
    return new Tab(page, name);
  }

  async close() {
    await this.chromium.close();
  }
}

/** Converse.js in a tab. */
export class Tab {
  /** What the page complained about. */
  complaints = [];

  constructor(page, name) {
    Object.assign(this, { page, name, address: addressOf(name) });
    page.on("console", (line) => this.complaints.push(line.text()));
    page.on("pageerror", (error) => this.complaints.push(error.message));
  }

  /** Opens the page and signs in. */
  async signIn() {
    await this.page.goto(`${ORIGIN}/`);
    await this.page.waitForFunction(() => window.converse !== undefined);
    await this.page.evaluate(begin, {
      jid: this.address,
      password: server.password,
      websocket_url: server.services.WebSocket,
    });
    await this.page.waitForFunction(() => window.judged !== undefined);
    return this;
  }

  /** Opens the conversation with somebody, or a group. */
  async open(address, nick) {
    await this.page.evaluate(
      async ({ address, nick }) => {
        const { api } = window.judged;
        await (nick ? api.rooms.open(address, { nick }, true) : api.chats.open(address, {}, true));
      },
      { address, nick },
    );
    await this.page.locator("textarea.chat-textarea").waitFor();
  }

  async says(text) {
    const field = this.page.locator("textarea.chat-textarea");
    await field.fill(text);
    await field.press("Enter");
  }

  /** Waits until the page shows a message. */
  async sees(text) {
    await this.page.locator(".chat-msg__text", { hasText: text }).first().waitFor();
  }

  /** The texts on the page, in order. */
  async texts() {
    return (await this.page.locator(".chat-msg__text").allInnerTexts()).map((text) => text.trim());
  }
}

function begin(settings) {
  const { converse } = window;
  converse.plugins.add("judge", {
    initialize() {
      this._converse.api.waitUntil("statusInitialized").then(() => (window.judged = this._converse));
    },
  });
  void converse.initialize({
    ...settings,
    authentication: "login",
    auto_login: true,
    assets_path: "/",
    i18n: "en",
    loglevel: "warn",
    discover_connection_methods: false,
    allow_registration: false,
    persistent_store: "none",
    view_mode: "fullscreen",
    whitelisted_plugins: ["judge"],
  });
}

function serve(route) {
  const { pathname } = new URL(route.request().url());
  if (pathname === "/") return route.fulfill({ contentType: "text/html", body: PAGE });
  const path = join(PARTS, pathname);
  return existsSync(path) ? route.fulfill({ path }) : route.fulfill({ status: 404 });
}

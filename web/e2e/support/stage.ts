import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import type { Call, SignedIn } from "../../src/api/types.ts";
import { launch } from "./browser.ts";
import { caller } from "./operations.ts";
import { startServer, type Server } from "./server.ts";

const PASSWORD = "a few good words";

/** An account, and what it can do over HTTP. */
export interface Account {
  readonly name: string;
  readonly address: string;
  readonly call: Call;
}

/** A server and a browser with people in front of it. */
export class Stage {
  private constructor(
    readonly server: Server,
    readonly browser: Browser,
  ) {}

  static async set(): Promise<Stage> {
    const server = await startServer();
    const browser = await launch();
    return new Stage(server, browser);
  }

  /** The same server and browser, with the server reached at another address. */
  behind(url: string): Stage {
    return new Stage({ ...this.server, url }, this.browser);
  }

  async strike(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  /** Makes an account, without a browser. */
  async account(name: string): Promise<Account> {
    const response = await fetch(`${this.server.url}/v1/auth/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, password: PASSWORD, display_name: capital(name) }),
    });
    if (!response.ok) throw new Error(await response.text());
    const { token, me } = (await response.json()) as SignedIn;
    return { name, address: me.address, call: caller(this.server.url, token) };
  }

  /** A browser window of its own; requests to other hosts fail the test. */
  async context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options });
    const { host } = new URL(this.server.url);
    context.on("request", (request) => expect(new URL(request.url()).host).toBe(host));
    context.on("weberror", (error) => {
      throw error.error();
    });
    return context;
  }

  /** Opens the client in a window and signs in. */
  async enter(account: Account, context?: BrowserContext, prepare?: (page: Page) => Promise<void>): Promise<Page> {
    const page = await (context ?? (await this.context())).newPage();
    await prepare?.(page);
    await page.goto(this.server.url);
    await this.signIn(page, account);
    return page;
  }

  /** Signs in where a page asks for it. */
  async signIn(page: Page, account: Account): Promise<void> {
    await page.getByLabel("Name", { exact: true }).fill(account.name);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Conversations" }).waitFor();
  }
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Prints what a test measured. */
export function figure(test: string, words: string): void {
  process.stdout.write(`${test}: ${words}\n`);
}

/** Holds a time to its budget where `PARLANCE_BUDGETS` is set, on a machine that does nothing else; elsewhere the
 * time is only printed. */
export function withinBudget(ms: number, max: number): void {
  if (process.env["PARLANCE_BUDGETS"]) expect(ms).toBeLessThanOrEqual(max);
}

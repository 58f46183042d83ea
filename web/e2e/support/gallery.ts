import { resolve } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";
import { vi } from "vitest";
import { launch } from "./browser.ts";

export const WEB = resolve(import.meta.dirname, "../..");

/** Takes a picture once everything is painted, texts come after the boxes around them: two in a row are then the same. */
export async function picture(page: Page, path: string, fullPage: boolean): Promise<void> {
  let before: Buffer = Buffer.alloc(0);
  await vi.waitUntil(
    async () => {
      const now = await page.screenshot({ path, fullPage });
      const isSame = now.equals(before);
      before = now;
      return isSame;
    },
    { timeout: 30_000 },
  );
}

/** The gallery in a browser: every screen of the client, without a server behind it. */
export class Gallery {
  private constructor(
    private readonly vite: ViteDevServer,
    private readonly browser: Browser,
    private readonly url: string,
  ) {}

  static async open(): Promise<Gallery> {
    const vite = await createServer({
      root: WEB,
      logLevel: "error",
      server: { host: "127.0.0.1", port: 0, hmr: false },
      // All packages are found before the first page, because a page cannot be told to load again.
      cacheDir: "node_modules/.vite-gallery",
      optimizeDeps: { force: true, entries: ["index.html", "src/gallery/main.ts"] },
    });
    await vite.listen();
    return new Gallery(vite, await launch(), vite.resolvedUrls?.local[0] ?? "");
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.vite.close();
  }

  /** A window, and the names of the screens that it can show. */
  async window(options: BrowserContextOptions): Promise<{ page: Page; names: readonly string[] }> {
    const context = await this.browser.newContext({ reducedMotion: "reduce", locale: "en-GB", ...options });
    const page = await context.newPage();
    await this.show(page, "");
    return { page, names: await page.getByRole("navigation", { name: "Screens" }).getByRole("link").allTextContents() };
  }

  /** Shows a screen, and waits until it is complete; without a name, all the pieces. */
  async show(page: Page, name: string): Promise<void> {
    await page.goto(`${this.url}gallery/${name}`);
    await page.locator("main:visible, dialog[open]").first().waitFor();
    await page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null);
    await page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
  }
}

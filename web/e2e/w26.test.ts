import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dayLabel } from "../src/viewmodel/moments.ts";
import { settled } from "./support/drift.ts";
import { Gallery } from "./support/gallery.ts";
import { figure } from "./support/stage.ts";

let gallery: Gallery;
beforeAll(async () => {
  gallery = await Gallery.open();
});
afterAll(() => gallery?.close());

/** The days that stand in view, from top to bottom. */
async function days(page: Page): Promise<string[]> {
  const buttons = await page.getByRole("button", { name: /, go to a date$/ }).all();
  const placed = await Promise.all(buttons.map(async (button) => ({ y: (await button.boundingBox())?.y ?? -1, name: await button.innerText() })));
  return placed.filter(({ y }) => y > 0 && y < 300).sort((a, b) => a.y - b.y).map(({ name }) => name);
}

it("W26 the day that is being read stays above the messages", async () => {
  const { page } = await gallery.window({ viewport: { width: 900, height: 400 } });
  await gallery.show(page, "group");
  const newest = await page.getByRole("article").last().getByRole("time").getAttribute("datetime");
  const today = dayLabel(newest ?? "", Date.now());
  const feed = page.getByRole("region", { name: /^Messages in/ });
  await feed.evaluate((region) => (region.scrollTop = region.scrollHeight));
  await expect.poll(async () => (await days(page))[0]).toBe(today);
  await feed.hover();
  await page.mouse.wheel(0, -10_000);
  await expect.poll(() => feed.evaluate(({ scrollTop }) => scrollTop)).toBe(0);
  await settled(page);
  await expect.poll(async () => (await days(page))[0]).toMatch(/^(?!Today)\S/);
  const oldest = (await days(page))[0] ?? "";
  await page.mouse.wheel(0, 60);
  await expect.poll(async () => (await days(page))[0]).toBe(oldest);
  figure("W26", `“${today}” stands above the newest messages, “${oldest}” above the oldest`);
  await page.context().close();
});

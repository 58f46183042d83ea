import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Gallery } from "./support/gallery.ts";
import { LOOK_MS_MAX } from "./support/looks.ts";
import { figure } from "./support/stage.ts";

const TARGET_PX = 44;
let gallery: Gallery;
beforeAll(async () => {
  gallery = await Gallery.open();
});
afterAll(() => gallery?.close());

/** What does not fit into the window from side to side. */
function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isWide = (element: Element) => element.scrollWidth > element.clientWidth + 1;
    const scrolls = (element: Element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
    const wide = [...document.querySelectorAll("*")].filter((element) => isWide(element) && scrolls(element) && element.tagName !== "PRE");
    const outside = [...document.querySelectorAll("button, a, input, select, textarea")].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && element.checkVisibility() && !element.closest("pre") && (left < -1 || right > innerWidth + 1);
    });
    const page = document.documentElement.scrollWidth > innerWidth ? [document.documentElement] : [];
    return [...page, ...wide, ...outside].map((element) => element.outerHTML.slice(0, 120));
  });
}

for (const { words, viewport } of [
  { words: "320 px wide", viewport: { width: 320, height: 640 } },
  { words: "zoomed to 200 %", viewport: { width: 640, height: 400 } },
]) {
  it(`W62 nothing scrolls sideways and nothing is out of reach: ${words}`, async () => {
    const { page, names } = await gallery.window({ viewport });
    const found: string[] = [];
    for (const name of names) {
      await gallery.show(page, name);
      found.push(...(await overflowing(page)).map((what) => `${name}: ${what}`));
    }
    await page.context().close();
    figure("W62", `${words}: ${names.length} screens, ${found.length} things too wide`);
    expect(found).toEqual([]);
  }, LOOK_MS_MAX);
}

it("W62 whatever a finger can touch is at least 44 px", async () => {
  const { page, names } = await gallery.window({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const found: string[] = [];
  let count = 0;
  for (const name of names) {
    await gallery.show(page, name);
    const sizes = await page.evaluate(() =>
      [...document.querySelectorAll("button, a, input, select, textarea, [role=option]")]
        .filter((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
        .filter((element) => getComputedStyle(element).pointerEvents !== "none" && !element.closest("article p, p"))
        .map((element) => element.closest("label") ?? element)
        .map((element) => {
          const { width, height } = element.getBoundingClientRect();
          return { width, height, what: element.outerHTML.slice(0, 120) };
        }),
    );
    count += sizes.length;
    const small = sizes.filter(({ width, height }) => width > 1 && (width < TARGET_PX - 0.5 || height < TARGET_PX - 0.5));
    found.push(...small.map(({ width, height, what }) => `${name}: ${width.toFixed(0)}x${height.toFixed(0)} ${what}`));
  }
  await page.context().close();
  figure("W62", `${count} things to touch on ${names.length} screens, ${found.length} smaller than ${TARGET_PX} px`);
  expect(found).toEqual([]);
}, LOOK_MS_MAX);

it("W62 nothing moves for those who want no motion, and lines and words are stronger for those who want contrast", async () => {
  const ink = (page: Page) => page.evaluate(() => ["--ink-faint", "--line"].map((name) => getComputedStyle(document.documentElement).getPropertyValue(name)));
  const { page } = await gallery.window({ contrast: "no-preference" });
  const usual = await ink(page);
  await page.emulateMedia({ contrast: "more" });
  expect(await ink(page)).not.toEqual(usual);
  await gallery.show(page, "confirm");
  const longest = await page.evaluate(() => Math.max(0, ...document.getAnimations().map((animation) => Number(animation.effect?.getComputedTiming().duration ?? 0))));
  figure("W62", `longest motion ${longest} ms`);
  expect(longest).toBeLessThanOrEqual(1);
  await page.context().close();
});

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { unreadOnDisk } from "./support/disk.ts";
import { frontOf, type Front } from "./support/front.ts";
import { figure, Stage, type Account } from "./support/stage.ts";
import { composer, direct, openChat, row } from "./support/talk.ts";

let stage: Stage;
let front: Front;
let behind: Stage;
let alice: Account;
let conversation: string;
beforeAll(async () => {
  stage = await Stage.set();
  front = await frontOf(stage.server.url);
  behind = stage.behind(front.url);
  alice = await stage.account("alice");
  conversation = await direct(alice, await stage.account("bob"));
});
afterAll(async () => {
  await stage?.strike();
  await front?.close();
});

/** Waits until the files of the client are kept and used. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
}

it("W64 the client can be installed as an app", async () => {
  const page = await behind.enter(alice);
  await kept(page);
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // The windows of tests are private ones, in which nothing is installed.
  const reasons = installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito");
  const { errors, data } = await session.send("Page.getAppManifest");
  const { icons } = JSON.parse(data ?? "{}") as { icons: { src: string; sizes: string; purpose: string }[] };
  for (const { src } of icons) expect((await fetch(front.url + src)).status).toBe(200);
  figure("W64", `${reasons.length} reasons not to install it, ${icons.length} icons (${icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`).join(", ")})`);
  expect(errors).toEqual([]);
  expect(reasons).toEqual([]);
  expect(icons.map(({ purpose }) => purpose)).toContain("maskable");
  await page.context().close();
});

it("W64 a new version waits until it is wanted, and takes over the draft", async () => {
  const page = await behind.enter(alice);
  await kept(page);
  await openChat(page, "Bob");
  const loads: string[] = [];
  page.on("load", () => void loads.push(page.url()));
  front.release();
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  const notice = page.getByRole("status").filter({ hasText: "A new version is ready." });
  await notice.waitFor();
  expect(loads).toEqual([]);

  await composer(page, "Bob").fill("written in the old version");
  await notice.getByRole("button", { name: "Use it now" }).click();
  await expect.poll(() => loads.length).toBe(1);
  await expect.poll(() => composer(page, "Bob").inputValue()).toBe("written in the old version");
  expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).waiting === null)).toBe(true);
  expect(await notice.count()).toBe(0);
  figure("W64", "the window stayed until the new version was wanted; what was written a moment before was there afterwards");
  await page.context().close();
});

it("W64 without a network the client opens and says so", async () => {
  const page = await behind.enter(alice);
  await kept(page);
  await expect.poll(() => unreadOnDisk(page, conversation)).toBe(0);
  await page.context().setOffline(true);
  await page.reload();
  await row(page, "Bob").waitFor();
  await page.getByRole("status").filter({ hasText: "You are offline" }).waitFor();
  figure("W64", "offline: the list and a notice");
  await page.context().close();
});

for (const [theme, system] of [["dark", "light"], ["light", "dark"]] as const) {
  it(`W64 somebody who wants it ${theme} sees nothing ${system} first`, async () => {
    const context = await behind.context({ colorScheme: system });
    await context.addInitScript((wanted) => {
      if (location.protocol === "about:") return;
      localStorage.setItem("parlance-theme", wanted);
      const seen = new Set<string>();
      const look = () => {
        if (document.body) seen.add(getComputedStyle(document.body).backgroundColor);
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
      Object.assign(window, { seen });
    }, theme);
    const page = await context.newPage();
    await page.goto(front.url);
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    const seen = await page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);
    const around = await page.evaluate(() => [...document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")].map(({ content }) => content));
    figure("W64", `${theme} on a ${system} system: the page was ${seen.join(", ")}, the window around it ${[...new Set(around)].join(", ")}`);
    expect(seen).toHaveLength(1);
    expect(lightnessOf(seen[0] ?? "") > 50).toBe(theme === "light");
    expect(new Set(around)).toEqual(new Set([theme === "dark" ? "#14191d" : "#f7f9fa"]));
    await context.close();
  });
}

/** How light a colour is, from 0 to 100, as computed styles tell it: `lab(10.7 …)`. */
function lightnessOf(colour: string): number {
  return Number(/^lab\(([\d.]+)/.exec(colour)?.[1] ?? NaN);
}

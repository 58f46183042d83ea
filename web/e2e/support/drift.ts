import type { Page } from "playwright-core";

declare global {
  interface Window {
    drift?: { anchor: Element; top: number; worst: number; frames: number };
  }
}

/** Follows a message that is in view from frame to frame; answers with what it says. */
export async function followAnchor(page: Page): Promise<string> {
  return page.evaluate(() => {
    const feed = document.querySelector("[role=region][aria-label^='Messages in']");
    const middle = (feed?.getBoundingClientRect().top ?? 0) + (feed?.clientHeight ?? 0) / 2;
    const articles = [...document.querySelectorAll("[role=region][aria-label^='Messages in'] article")];
    const anchor = articles.find((article) => article.getBoundingClientRect().bottom > middle);
    if (!anchor) throw new Error("nothing to follow");
    const drift = (window.drift = { anchor, top: anchor.getBoundingClientRect().top, worst: 0, frames: 0 });
    const look = () => {
      if (window.drift !== drift) return;
      drift.frames++;
      const moved = anchor.isConnected ? Math.abs(anchor.getBoundingClientRect().top - drift.top) : Infinity;
      drift.worst = Math.max(drift.worst, moved);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return anchor.getAttribute("aria-label") ?? "";
  });
}

/** How far the message moved at worst, once some more frames were seen. */
export async function worstDrift(page: Page): Promise<{ worst: number; frames: number }> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const until = (window.drift?.frames ?? 0) + 30;
        const look = () => ((window.drift?.frames ?? 0) >= until ? resolve() : requestAnimationFrame(look));
        look();
      }),
  );
  return page.evaluate(() => {
    const { worst, frames } = window.drift ?? { worst: Infinity, frames: 0 };
    delete window.drift;
    return { worst, frames };
  });
}

/** Puts the timeline somewhere, as a person with a wheel would. */
export async function scrollTo(page: Page, top: number): Promise<void> {
  await page.getByRole("region", { name: /^Messages in/ }).evaluate((feed, to) => {
    feed.scrollTop = to;
  }, top);
}

/** Waits until the timeline has stood still for ten frames. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole("region", { name: /^Messages in/ }).evaluate(
    (feed) =>
      new Promise<void>((resolve) => {
        let still = 0;
        let before = "";
        const look = () => {
          const now = `${feed.scrollTop} ${feed.scrollHeight}`;
          still = now === before ? still + 1 : 0;
          before = now;
          if (still >= 10) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

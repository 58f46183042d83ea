import type { Page } from "playwright-core";

declare global {
  interface Window {
    watched?: { frames: number[]; messages: number; tasks: number[]; shift: number; ends: boolean };
  }
}

/** What a window did while it was watched. */
export interface Watched {
  /** How long each frame was shown, in milliseconds. */
  readonly frames: readonly number[];
  /** How long the longest piece of work kept the window from answering; 0 below 50 ms. */
  readonly longestTask: number;
  /** The most messages that stood in the page in any frame. */
  readonly messages: number;
  /** How far things moved that nobody touched (cumulative layout shift). */
  readonly shift: number;
}

/** Begins to watch the frames, the work and the shifts of a window. */
export async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watched = (window.watched = { frames: [] as number[], messages: 0, tasks: [] as number[], shift: 0, ends: false });
    new PerformanceObserver((list) => watched.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) watched.shift += entry.value;
      }
    }).observe({ type: "layout-shift" });
    let before = performance.now();
    const look = (now: number) => {
      watched.frames.push(now - before);
      before = now;
      watched.messages = Math.max(watched.messages, document.querySelectorAll("[role=region] article").length);
      if (!watched.ends) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

export async function watched(page: Page): Promise<Watched> {
  const { frames, tasks, messages, shift } = await page.evaluate(() => {
    const { watched } = window;
    if (!watched) throw new Error("nobody watched");
    watched.ends = true;
    return watched;
  });
  return { frames: frames.slice(1), longestTask: Math.max(0, ...tasks), messages, shift };
}

import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage, withinBudget } from "./support/stage.ts";
import { composer, message, openChat, twoPeople } from "./support/talk.ts";
import { tap, type Wire } from "./support/wire.ts";

const LATENCY_MS = 2_000;
const TIMES = 5;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

it("W08 a sent message is on the screen at once, and the same element becomes sent", async () => {
  let wire: Wire | undefined;
  const { a } = await twoPeople(stage, async (page) => void (wire = await tap(page)));
  await openChat(a, "Bob");
  await a.getByText("No messages yet").waitFor();
  const late = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(true), LATENCY_MS / 2));
  if (wire) Object.assign(wire, { up: late, down: late });

  const delays: number[] = [];
  for (let time = 1; time <= TIMES; time++) {
    const text = `message ${time}`;
    await a.evaluate(watchFor, text);
    await composer(a, "Bob").fill(text);
    await composer(a, "Bob").press("Enter");
    await message(a, text).waitFor();
    delays.push(await a.evaluate(() => window.seen?.delay ?? Infinity));
    expect(await message(a, text).getByRole("img", { name: /^(Sending|Waiting to be sent)$/ }).count()).toBe(1);
    await message(a, text).getByRole("img", { name: /^(Sent|Delivered|Read)$/ }).waitFor();
    const isSame = await message(a, text).evaluate((element) => element === window.seen?.element);
    expect(isSame).toBe(true);
  }
  const median = delays.sort((x, y) => x - y)[Math.floor(TIMES / 2)];
  figure("W08", `Enter to bubble ${median?.toFixed(1)} ms (median of ${TIMES}; all: ${delays.map((d) => d.toFixed(1)).join(", ")}), with ${LATENCY_MS} ms to the server and back`);
  withinBudget(median ?? Infinity, 50);
});

declare global {
  interface Window {
    seen?: { element: Element; delay: number };
  }
}

/** Notes when Enter is pressed and when an article with this text appears. */
function watchFor(text: string): void {
  let pressed = 0;
  delete window.seen;
  const note = (event: KeyboardEvent) => {
    if (event.key === "Enter") pressed = performance.now();
  };
  addEventListener("keydown", note, { capture: true, once: false });
  const observer = new MutationObserver(() => {
    const element = [...document.querySelectorAll("article")].find((one) => one.getAttribute("aria-label")?.endsWith(`: ${text}`));
    if (!element || pressed === 0) return;
    window.seen = { element, delay: performance.now() - pressed };
    observer.disconnect();
    removeEventListener("keydown", note, { capture: true });
  });
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"] });
}

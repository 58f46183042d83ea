import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { message, openChat, send, texts, twoPeople } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

const SAID = ["one", "two", "three", "four", "five"];
const ORDER = ["Waiting to be sent", "Sending", "Sent", "Delivered", "Read"];

it("W09 messages written without a network arrive once and in order after a reload", async () => {
  const { a, b } = await twoPeople(stage);
  await openChat(a, "Bob");
  await a.evaluate(async () => void (await navigator.serviceWorker.ready));
  await expect.poll(() => a.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);

  await a.context().setOffline(true);
  for (const text of SAID) await send(a, "Bob", text);
  await a.reload();
  for (const text of SAID) await message(a, text).getByRole("img", { name: "Waiting to be sent" }).waitFor();

  await a.evaluate(collectStates);
  const start = performance.now();
  await a.context().setOffline(false);
  await message(a, "five").getByRole("img", { name: "Delivered" }).waitFor();
  const delivered = performance.now() - start;
  await openChat(b, "Alice");
  for (const text of SAID) await message(b, text).waitFor();
  expect(await texts(b)).toEqual(SAID);
  for (const text of SAID) await message(a, text).getByRole("img", { name: "Read" }).waitFor();

  const states = await a.evaluate(() => window.states ?? {});
  for (const text of SAID) {
    const places = (states[text] ?? []).map((state) => ORDER.indexOf(state));
    expect(places).toEqual([...places].sort((x, y) => x - y));
    expect(states[text]?.at(-1)).toBe("Read");
  }
  expect(await texts(a)).toEqual(SAID);
  figure("W09", `5 of 5 once and in order, delivered ${delivered.toFixed(0)} ms after the network came back; icons of the last: ${states["five"]?.join(" → ")}`);
});

declare global {
  interface Window {
    states?: Record<string, string[]>;
  }
}

/** Writes down every state that every message shows. */
function collectStates(): void {
  const states: Record<string, string[]> = (window.states = {});
  const look = () => {
    for (const article of document.querySelectorAll("article")) {
      const text = article.getAttribute("aria-label")?.split(": ").pop() ?? "";
      const state = article.querySelector("[role=img][aria-label]")?.getAttribute("aria-label") ?? "";
      const known = (states[text] ??= []);
      if (known.at(-1) !== state) known.push(state);
    }
  };
  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"] });
}

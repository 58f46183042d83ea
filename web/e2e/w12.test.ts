import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage, withinBudget } from "./support/stage.ts";
import { composer, direct, message, openChat, row, say, send, texts } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

/** Counts the messages that a page sends over its own socket. */
function countSends(page: Page): () => number {
  let sends = 0;
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      if (String(payload).includes('"event.send"')) sends++;
    }),
  );
  return () => sends;
}

async function took(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

it("W12 of two tabs exactly one sends, both show it, and drafts and read state follow within 500 ms", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const conversation = await direct(alice, bob);
  const b = await stage.enter(bob);
  const context = await stage.context();
  const sends: (() => number)[] = [];
  const first = await stage.enter(alice, context, async (page) => void sends.push(countSends(page)));
  const second = await context.newPage();
  sends.push(countSends(second));
  await second.goto(stage.server.url);
  for (const page of [first, second]) await openChat(page, "Bob");
  await openChat(b, "Alice");

  await send(first, "Bob", "from the first");
  await message(second, "from the first").waitFor();
  await send(second, "Bob", "from the second");
  await message(first, "from the second").waitFor();
  await message(b, "from the second").waitFor();
  for (const page of [first, second, b]) expect(await texts(page)).toEqual(["from the first", "from the second"]);
  expect(sends.map((count) => count()).sort()).toEqual([0, 2]);

  const draft = await took(async () => {
    await composer(first, "Bob").fill("half a thought");
    await expect.poll(() => composer(second, "Bob").inputValue(), { interval: 10 }).toBe("half a thought");
  });
  await composer(first, "Bob").fill("");
  await expect.poll(() => composer(second, "Bob").inputValue()).toBe("");

  for (const page of [first, second]) await page.goto(stage.server.url);
  await say(bob, conversation, "are you there?");
  for (const page of [first, second]) await row(page, "Bob").and(page.getByRole("link", { name: /1 unread message/ })).waitFor();
  await first.bringToFront();
  await row(first, "Bob").click();
  const read = await took(() => second.getByRole("link", { name: /unread message/ }).waitFor({ state: "detached" }));

  await openChat(second, "Bob");
  const leader = sends[0]?.() === 2 ? first : second;
  const follower = leader === first ? second : first;
  await leader.close();
  await send(follower, "Bob", "still here");
  const takeover = await took(() => message(b, "still here").waitFor());

  figure("W12", `sends per tab ${sends.map((count) => count()).join(" and ")}; draft followed in ${draft.toFixed(0)} ms, read state in ${read.toFixed(0)} ms, the next message after the sending tab closed in ${takeover.toFixed(0)} ms`);
  withinBudget(draft, 500);
  withinBudget(read, 500);
});

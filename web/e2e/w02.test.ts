import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage, withinBudget } from "./support/stage.ts";
import { direct, feed, openChat, row, say } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.browser.close());

const CONVERSATIONS = 200;
const MESSAGES = 60;
const VISIBLE_MS_MAX = 1_000;

it("W02 with the server stopped, a warm start shows the conversations and the last messages at once", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  for (let at = 1; at <= CONVERSATIONS; at++) {
    await alice.call("conversation.create", { kind: "group", name: `Group ${at}`, members: [] });
  }
  const conversation = await direct(alice, bob);
  for (let at = 1; at <= MESSAGES; at++) await say(bob, conversation, `line ${at}`);
  const a = await stage.enter(alice);
  await openChat(a, "Bob");
  await feed(a).getByRole("article", { name: /: line 60$/ }).waitFor();
  await a.evaluate(async () => void (await navigator.serviceWorker.ready));
  await expect.poll(() => a.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await expect.poll(() => keptEvents(a, conversation)).toBeGreaterThanOrEqual(MESSAGES);
  await stage.server.stop();

  const start = performance.now();
  await a.reload();
  await row(a, "Bob").waitFor();
  await feed(a).getByRole("article", { name: /: line 60$/ }).waitFor();
  const visible = performance.now() - start;
  await feed(a).focus();
  await feed(a).press("Home");
  await feed(a).getByRole("article", { name: /: line 1$/ }).waitFor();
  figure("W02", `${CONVERSATIONS + 1} conversations and ${MESSAGES} messages from the cache, visible after ${visible.toFixed(0)} ms with the server stopped`);
  withinBudget(visible, VISIBLE_MS_MAX);
});

/** How many events of a conversation are on disk in the browser. */
function keptEvents(page: Parameters<typeof feed>[0], conversation: string): Promise<number> {
  return page.evaluate(
    (id) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open("parlance");
        opening.onerror = () => reject(new Error("no database"));
        opening.onsuccess = () => {
          const counting = opening.result.transaction("items").objectStore("items").count(IDBKeyRange.bound([id, 0], [id, Infinity]));
          counting.onsuccess = () => {
            opening.result.close();
            resolve(counting.result);
          };
        };
      }),
    conversation,
  );
}

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage, withinBudget } from "./support/stage.ts";
import { composer, message, openChat, send, twoPeople } from "./support/talk.ts";

const DELETED_MS_MAX = 1_000;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

/** Everything that the database of a page holds, as text. */
function onDisk(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open("parlance");
        opening.onerror = () => reject(new Error("no database"));
        opening.onsuccess = () => {
          const names = ["items", "conversations", "outbox"];
          const parts: unknown[] = [];
          const asking = opening.result.transaction(names);
          for (const name of names) asking.objectStore(name).getAll().onsuccess = ({ target }) => parts.push((target as IDBRequest).result);
          asking.oncomplete = () => (opening.result.close(), resolve(JSON.stringify(parts)));
        };
      }),
  );
}

it("W16 a message can be edited, deleted for everyone, and taken back right after it was sent", async () => {
  const { a, b, bob, conversation } = await twoPeople(stage);
  await openChat(a, "Bob");
  await openChat(b, "Alice");
  await send(a, "Bob", "a wrnog word");
  await message(b, "a wrnog word").waitFor();
  await composer(a, "Bob").press("ArrowUp");
  await expect.poll(() => composer(a, "Bob").inputValue()).toBe("a wrnog word");
  await send(a, "Bob", "a wrong word");
  await message(b, "a wrong word").getByText("edited").waitFor();

  await send(a, "Bob", "regrettable");
  await message(b, "regrettable").waitFor();
  await expect.poll(() => onDisk(b)).toContain("regrettable");
  await message(a, "regrettable").hover();
  await message(a, "regrettable").getByRole("button", { name: "More actions" }).click();
  await a.getByRole("menuitem", { name: "Delete" }).click();
  await a.getByRole("dialog", { name: "Delete this message?" }).getByRole("button", { name: "Delete" }).click();
  const start = performance.now();
  await message(b, "This message was deleted").waitFor();
  const elapsed = performance.now() - start;
  await expect.poll(() => onDisk(b)).not.toContain("regrettable");
  await expect.poll(async () => (await bob.call("search", { query: "regrettable", conversation, limit: 10 })).items.length).toBe(0);

  await send(a, "Bob", "too early");
  await a.getByRole("button", { name: "Undo sending" }).click();
  await expect.poll(() => composer(a, "Bob").inputValue()).toBe("too early");
  await send(a, "Bob", "in time");
  await a.getByRole("button", { name: "Undo sending" }).waitFor();
  await a.getByRole("button", { name: "Undo sending" }).waitFor({ state: "detached" });
  await message(b, "in time").waitFor();
  expect(await message(b, "too early").count()).toBe(0);
  figure("W16", `deleted for the other after ${elapsed.toFixed(0)} ms, also on disk and in search; edited with the arrow; taken back into the composer`);
  withinBudget(elapsed, DELETED_MS_MAX);
});

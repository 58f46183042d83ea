import { afterAll, beforeAll, expect, it } from "vitest";
import { settled } from "./support/drift.ts";
import { Harm, look } from "./support/harm.ts";
import { figure, Stage } from "./support/stage.ts";
import { direct, feed, message, openChat, say } from "./support/talk.ts";
import { VECTORS } from "./support/vectors.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

it("W29 nothing that people write runs in the window of whoever reads it", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const conversation = await direct(alice, bob);
  for (const vector of VECTORS) await say(bob, conversation, vector);
  await say(bob, conversation, "the last");
  await alice.call("conversation.mark_read", { conversation, seq: VECTORS.length + 1 });
  const harm = new Harm();
  const a = await stage.enter(alice, undefined, (page) => harm.watch(page));
  await openChat(a, "Bob");
  await message(a, "the last").waitFor();
  const wrong: string[] = [];
  const seen = new Set<string>();
  await feed(a).focus();
  await expect
    .poll(async () => {
      const here = await look(a);
      wrong.push(...here.wrong);
      for (const name of here.seen) seen.add(name);
      await feed(a).evaluate((region) => (region.scrollTop = region.scrollTop < 1 ? region.scrollHeight : region.scrollTop - region.clientHeight / 2));
      await settled(a);
      return seen.size;
    }, { timeout: 60_000, interval: 30 })
    .toBeGreaterThan(new Set(VECTORS).size);
  const found = await harm.found(a);
  figure("W29", `${VECTORS.length} texts, ${wrong.length} forbidden things, ${found.length} dialogs and violations of the policy`);
  expect(VECTORS.length).toBeGreaterThanOrEqual(100);
  expect(wrong).toEqual([]);
  expect(found).toEqual([]);
});

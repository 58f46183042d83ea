import { afterAll, beforeAll, expect, it } from "vitest";
import { followAnchor, scrollTo, settled, worstDrift } from "./support/drift.ts";
import { figure, Stage, type Account } from "./support/stage.ts";
import { composer, direct, feed, message, openChat, say, send } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

it("W20 new messages do not move somebody who reads further up; a pill counts them and leads to the first", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const conversation = await direct(alice, bob);
  for (let at = 1; at <= 80; at++) await say(bob, conversation, `line ${at}`);
  await alice.call("conversation.mark_read", { conversation, seq: 80 });
  const a = await stage.enter(alice);
  await openChat(a, "Bob");
  await message(a, "line 80").waitFor();
  await settled(a);
  await scrollTo(a, 900);
  await settled(a);

  const anchor = await followAnchor(a);
  for (let at = 1; at <= 30; at++) await say(bob, conversation, `news ${at}`);
  const pill = a.getByRole("button", { name: "30 new messages" });
  await pill.waitFor();
  const { worst, frames } = await worstDrift(a);
  await pill.click();
  await message(a, "news 1").waitFor();
  await expect.poll(() => isInView(a, "news 1")).toBe(true);
  await a.getByRole("separator", { name: "New messages" }).waitFor();
  figure("W20", `worst drift of “${anchor.slice(0, 30)}” ${worst.toFixed(2)} px over ${frames} frames; the pill said 30 and led to the first`);
  expect(worst).toBeLessThanOrEqual(1);
  expect(await feed(a).getByRole("separator", { name: "New messages" }).count()).toBe(1);
});

it("W20 whoever writes in a busy conversation that was opened at what is new stays at the end", async () => {
  const carol = await stage.account("carol");
  const dave = await stage.account("dave");
  const conversation = await direct(carol, dave);
  await say(dave, conversation, "unread");
  const c = await stage.enter(carol);
  await openChat(c, "Dave");
  const busy = async () => {
    for (let at = 1; at <= 150; at++) await say(dave, conversation, at % 3 ? `more ${at}` : `more ${at} `.repeat(30).trim());
  };
  const writing = async () => {
    for (let at = 1; at <= 20; at++) {
      await send(c, "Dave", `mine ${at}`);
      // Others may have pushed it out of view at once.
      await expect.poll(() => composer(c, "Dave").inputValue()).toBe("");
    }
  };
  await Promise.all([busy(), writing()]);
  await expect.poll(async () => (await said(dave, conversation)).filter((text) => text.startsWith("mine")).length).toBe(20);
  const newest = (await said(dave, conversation)).at(-1) ?? "";
  await expect.poll(() => isInView(c, newest)).toBe(true);
  await say(dave, conversation, "the last");
  await expect.poll(() => isInView(c, "the last")).toBe(true);
});

/** What was said, whoever of the two was quicker. */
async function said(account: Account, conversation: string): Promise<string[]> {
  const { items } = await account.call("event.list", { conversation, limit: 200 });
  return items.map((item) => (item.kind === "message" && item.content.body.type === "text" ? item.content.body.text : ""));
}

async function isInView(page: Parameters<typeof message>[0], text: string): Promise<boolean> {
  if ((await message(page, text).count()) === 0) return false;
  const box = await message(page, text).boundingBox();
  const frame = await feed(page).boundingBox();
  return box !== null && frame !== null && box.y >= frame.y && box.y + box.height <= frame.y + frame.height;
}

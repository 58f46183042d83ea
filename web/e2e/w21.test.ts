import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { settled } from "./support/drift.ts";
import { figure, Stage } from "./support/stage.ts";
import { composer, direct, feed, message, openChat, say } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

/** How far the end of the conversation is below what one sees, in pixels. */
const below = (page: Page) => feed(page).evaluate((it) => it.scrollHeight - it.clientHeight - it.scrollTop);

it("W21 whoever is at the end stays there, whatever grows or shrinks around it", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const conversation = await direct(alice, bob);
  for (let at = 1; at <= 60; at++) await say(bob, conversation, `line ${at}`);
  const long = await say(bob, conversation, "the last line");
  await alice.call("conversation.mark_read", { conversation, seq: long.seq });
  const a = await stage.enter(alice, await stage.context({ hasTouch: true }));
  await openChat(a, "Bob");
  await message(a, "the last line").waitFor();
  const seen: string[] = [];
  const stays = async (what: string) => {
    await settled(a);
    const px = await below(a);
    seen.push(`${what} ${px.toFixed(1)}`);
    expect(px, what).toBeLessThanOrEqual(1);
  };
  await stays("opened");

  await bob.call("conversation.typing", { conversation, active: true });
  await a.getByText(/Bob is typing/).first().waitFor();
  await stays("somebody types");
  await bob.call("event.react", { conversation, event: long.event_id, emoji: "👍", client_ref: "r1" });
  await a.getByRole("button", { name: /👍, 1 reaction/ }).waitFor();
  await stays("a reaction");
  await bob.call("event.edit", { conversation, event: long.event_id, client_ref: "e1", body: { type: "text", text: "much longer ".repeat(60).trim() } });
  await feed(a).getByText(/^much longer much longer/).waitFor();
  await stays("a longer text");
  await composer(a, "Bob").fill("one\ntwo\nthree\nfour\nfive");
  await stays("five lines to write in");
  await composer(a, "Bob").fill("");
  await stays("one line again");
  await a.setViewportSize({ width: 900, height: 500 });
  await stays("a smaller window");
  await a.setViewportSize({ width: 1280, height: 900 });
  await stays("a larger window");
  await a.setViewportSize({ width: 390, height: 844 });
  await stays("as narrow as a phone");
  await composer(a, "Bob").focus();
  await a.setViewportSize({ width: 390, height: 460 });
  await stays("with a keyboard on the screen");
  await say(bob, conversation, "and one more");
  await message(a, "and one more").waitFor();
  await stays("a new message");
  figure("W21", `pixels below the window's end: ${seen.join(", ")}`);
});

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { feed, message, say } from "./support/talk.ts";
import { tap, type Frame, type Line } from "./support/wire.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

/** When each message was said, as the page is told, and whether it begins a group. */
const SAID: readonly { readonly text: string; readonly at: string; readonly begins: boolean }[] = [
  { text: "the first", at: "2026-03-02T12:00:00.000Z", begins: true },
  { text: "five minutes later", at: "2026-03-02T12:05:00.000Z", begins: false },
  { text: "more than five minutes later", at: "2026-03-02T12:10:00.001Z", begins: true },
  { text: "before midnight", at: "2026-03-02T23:59:00.000Z", begins: true },
  { text: "after midnight", at: "2026-03-03T00:01:00.000Z", begins: true },
  { text: "an answer", at: "2026-03-03T00:02:00.000Z", begins: true },
  { text: "after the answer", at: "2026-03-03T00:03:00.000Z", begins: false },
  { text: "after a new topic", at: "2026-03-03T00:05:00.000Z", begins: true },
  { text: "after somebody else", at: "2026-03-03T00:07:00.000Z", begins: true },
];
const RENAMED_AT = "2026-03-03T00:04:00.000Z";
const ELSE_AT = "2026-03-03T00:06:00.000Z";
const times = new Map<unknown, string>([...SAID.map(({ text, at }) => [text, at] as const), ["somebody else", ELSE_AT]]);

/** What the server tells, as if it had happened at those times. */
function retimed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(retimed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, retimed(part)] as const);
  const event = Object.fromEntries(entries) as { kind?: string; content?: { body?: { text?: string }; topic?: string } };
  const at = event.kind === "settings" && event.content?.topic ? RENAMED_AT : times.get(event.content?.body?.text);
  return at === undefined ? event : { ...event, at };
}

async function atThoseTimes(page: Page): Promise<void> {
  const wire = await tap(page);
  wire.down = (frame: Frame, line: Line) => (line.answer(retimed(frame) as object), false);
}

it("W25 messages of one person within five minutes stand together; a day, an answer, an event and somebody else part them", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const { conversation } = await alice.call("conversation.create", { kind: "group", name: "Club", members: [bob.address] });
  let first = "";
  for (const { text } of SAID) {
    if (text === "after a new topic") await alice.call("conversation.change_settings", { conversation, topic: "Spring" });
    if (text === "after somebody else") await say(alice, conversation, "somebody else");
    const { event_id } = await say(bob, conversation, text, text === "an answer" ? { reply_to: first } : {});
    first ||= event_id;
  }
  const context = await stage.context({ timezoneId: "UTC" });
  const a = await stage.enter(alice, context, atThoseTimes);
  await a.getByRole("link", { name: /^Club/ }).click();
  await message(a, "after somebody else").waitFor();
  await feed(a).hover();
  await a.mouse.wheel(0, -10_000);
  const begins = async () => Promise.all(SAID.map(async ({ text }) => (await message(a, text).getByRole("paragraph").filter({ hasText: /^Bob$/ }).count()) > 0));
  await expect.poll(begins).toEqual(SAID.map(({ begins }) => begins));
  expect(await feed(a).getByRole("button", { name: /^(Monday|Tuesday).*go to a date$/ }).count()).toBeGreaterThanOrEqual(2);
  figure("W25", `${SAID.filter(({ begins }) => begins).length} of ${SAID.length} messages of one person began a group, as they should`);
});

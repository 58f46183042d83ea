import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage, type Account } from "./support/stage.ts";
import { feed, openChat, nameOfRow, row, say } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

const DEEDS = 1_000;

interface Said {
  readonly id: string;
  readonly seq: number;
  readonly by: Account;
  readonly text: string;
}

/** Numbers that are the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** Whether all of it stands within the messages that are seen. */
function isInView(place: Locator): Promise<boolean> {
  return place.evaluate((element) => {
    const feed = element.closest("[role=region]")?.getBoundingClientRect();
    const { top, bottom } = element.getBoundingClientRect();
    return feed !== undefined && top >= feed.top && bottom <= feed.bottom;
  });
}

it("W22 the badge is what the log says after a thousand deeds, and the divider stands before the first unread", async () => {
  const alice = await stage.account("alice");
  const others = [await stage.account("bob"), await stage.account("carol")];
  const [bob] = others;
  if (!bob) throw new Error("nobody");
  const members = [alice, ...others].map(({ address }) => address).slice(1);
  const { conversation } = await alice.call("conversation.create", { kind: "group", name: "Plans", members });
  const a = await stage.enter(alice);
  await row(a, "Plans").waitFor();

  const roll = dice(20_260_101);
  const said: Said[] = [];
  const deed = async (number: number) => {
    const by = [alice, ...others][roll(3)] ?? alice;
    const target = said[roll(said.length)];
    const kind = target ? roll(10) : 0;
    if (!target || kind < 4) {
      const text = `deed ${number}`;
      const thread = target && kind === 3 ? { thread: target.id } : {};
      const { event_id, seq } = await say(by, conversation, text, thread);
      said.push({ id: event_id, seq, by, text });
    } else if (kind < 6) {
      await by.call("event.react", { conversation, event: target.id, emoji: ["👍", "🎉"][roll(2)] ?? "👍" });
    } else if (kind < 8) {
      await target.by.call("event.edit", { conversation, event: target.id, body: { type: "text", text: `edited ${number}` } });
    } else {
      await target.by.call("event.delete", { conversation, event: target.id });
      said.splice(said.indexOf(target), 1);
    }
  };
  for (let number = 1; number <= DEEDS; number++) await deed(number);

  const unread = said.filter(({ by }) => by !== alice);
  await expect.poll(() => nameOfRow(a, "Plans")).toBe(`Plans, ${unread.length} unread messages`);

  await openChat(a, "Plans");
  const divider = feed(a).getByRole("separator", { name: "New messages" });
  await divider.waitFor();
  const belowDivider = () => divider.evaluate((element) => {
    const below = [...document.querySelectorAll("[role=region][aria-label^='Messages in'] article")]
      .map((article) => ({ top: article.getBoundingClientRect().top, name: article.getAttribute("aria-label") ?? "" }))
      .filter(({ top }) => top >= element.getBoundingClientRect().top)
      .sort((x, y) => x.top - y.top);
    return below.find(({ name }) => !name.includes("deleted") && !name.startsWith("You"))?.name ?? "";
  });
  const expected = await alice.call("event.get", { conversation, event: unread[0]?.id ?? "" });
  const text = expected.kind === "message" && expected.content.body.type === "text" ? expected.content.body.text : "";
  await expect.poll(async () => (await belowDivider()).replace(/^.*?: /, "")).toBe(text);

  await expect.poll(() => isInView(divider)).toBe(true);

  await a.getByRole("button", { name: /new messages?$/ }).or(a.getByRole("button", { name: "Go to the newest message" })).first().click();
  await expect.poll(() => nameOfRow(a, "Plans")).toBe("Plans");
  await say(bob, conversation, "one more while reading");
  await feed(a).getByRole("article", { name: /one more while reading$/ }).waitFor();
  await expect.poll(() => nameOfRow(a, "Plans")).toBe("Plans");

  await a.goto(stage.server.url);
  await openChat(a, "Plans");
  await feed(a).getByRole("article", { name: /one more while reading$/ }).waitFor();
  expect(await divider.count()).toBe(0);
  figure("W22", `after ${DEEDS} deeds the badge said ${unread.length}, as the log does; the divider stood before the first of them and was gone after leaving`);
});

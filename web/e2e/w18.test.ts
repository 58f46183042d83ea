import { afterAll, beforeAll, expect, it } from "vitest";
import { followAnchor, scrollTo, settled, worstDrift } from "./support/drift.ts";
import { figure, Stage } from "./support/stage.ts";
import { direct, feed, openChat, say } from "./support/talk.ts";
import { gate, tap, type Wire } from "./support/wire.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

const SEEDED = 420;

it("W18 older messages that are put before do not move what is being read", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const conversation = await direct(alice, bob);
  for (let at = 1; at <= SEEDED; at++) await say(at % 3 ? bob : alice, conversation, textOf(at));
  await alice.call("conversation.mark_read", { conversation, seq: SEEDED });

  const older: unknown[] = [];
  const shut = gate();
  let wire: Wire | undefined;
  const a = await stage.enter(alice, undefined, async (page) => void (wire = await tap(page)));
  if (!wire) throw new Error("no wire");
  wire.up = async ({ op, args }) => {
    if (op !== "event.list" || args?.["before"] === undefined) return true;
    older.push(args["limit"]);
    await shut.opened;
    return true;
  };
  await openChat(a, "Bob");
  await feed(a).getByRole("article").last().waitFor();
  await settled(a);
  await scrollTo(a, 300);
  await expect.poll(() => older.length).toBe(1);
  await settled(a);
  const heightBefore = await feed(a).evaluate(({ scrollHeight }) => scrollHeight);

  const anchor = await followAnchor(a);
  shut.open();
  await expect.poll(() => feed(a).evaluate(({ scrollHeight }) => scrollHeight)).toBeGreaterThan(heightBefore);
  const { worst, frames } = await worstDrift(a);
  figure("W18", `${String(older[0])} older messages came before; worst drift of “${anchor.slice(0, 40)}…” ${worst.toFixed(2)} px over ${frames} frames`);
  expect(older[0]).toBe(200);
  expect(worst).toBeLessThanOrEqual(1);
});

/** Texts of many heights. */
function textOf(at: number): string {
  const words = "plans grow while people talk about them ".repeat(1 + ((at * 7) % 9));
  return at % 5 === 0 ? `**${at}** ${words}\n\n- first\n- second` : `${at} ${words}`;
}

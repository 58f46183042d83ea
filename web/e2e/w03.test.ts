import { afterAll, beforeAll, expect, it } from "vitest";
import { SCALE, times } from "./support/scale.ts";
import { figure, Stage, withinBudget, type Account } from "./support/stage.ts";

const PAINT_MS_MAX = 2_000;
const HEAP_BYTES_MAX = 150_000_000;
const SEEDING_MS_MAX = 600_000;

let stage: Stage;
let alice: Account;
beforeAll(async () => {
  stage = await Stage.set();
  alice = await stage.account("alice");
  await times(SCALE.conversations, (at) => alice.call("conversation.create", { kind: "group", name: `Group ${at}`, members: [] }));
}, SEEDING_MS_MAX);
afterAll(() => stage?.strike());

it("W03 an account with many conversations starts quickly and stays small", async () => {
  const page = await stage.enter(alice);
  const list = page.getByRole("navigation", { name: "Conversations" }).getByRole("listitem");
  await list.first().waitFor();
  const start = performance.now();
  await page.reload();
  await list.first().waitFor();
  const painted = performance.now() - start;
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const shown = await list.count();
  figure("W03", `${SCALE.conversations} conversations: the list after ${painted.toFixed(0)} ms, ${shown} rows in the page, ${(usedSize / 1e6).toFixed(1)} MB of heap`);
  expect(shown).toBeLessThan(60);
  expect(usedSize).toBeLessThanOrEqual(HEAP_BYTES_MAX);
  withinBudget(painted, PAINT_MS_MAX);
  await page.context().close();
});

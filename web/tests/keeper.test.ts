import { expect, it } from "vitest";
import type { Fact } from "../src/model/fact.ts";
import { newEntry } from "../src/model/outbox.ts";
import type { Database } from "../src/worker/database.ts";
import { Keeper } from "../src/worker/keeper.ts";

/** A database that writes down what it is given, one batch at a time. */
function slowDatabase() {
  const batches: string[][] = [];
  const keep = async (facts: readonly Fact[]) => {
    batches.push(facts.map((fact) => (fact.fact === "outbox" ? fact.entry.ref : fact.fact)));
    await Promise.resolve();
  };
  return { batches, database: { keep } as unknown as Database };
}

const read = (seq: number): Fact => ({ fact: "read_here", conversation: "c", seq });
const written = (ref: string): Fact => ({
  fact: "outbox",
  entry: newEntry(ref, "c", 1, "2026-01-01T00:00:00.000Z", { kind: "send", body: { type: "text", text: ref } }),
});

it("what a person writes is kept before what came in earlier and is not kept yet", async () => {
  const { batches, database } = slowDatabase();
  const keeper = new Keeper(database, "a@localhost");
  keeper.keep([read(0)]);
  keeper.keep(Array.from({ length: 100 }, (_, seq) => read(seq + 1)));
  keeper.keep([written("one")]);
  keeper.keep([written("two")]);
  await keeper.kept();
  expect(batches.slice(0, 2)).toEqual([["read_here"], ["one", "two"]]);
  expect(batches.flat()).toHaveLength(103);
});

it("what comes in is kept in its order, and not all at once", async () => {
  const { batches, database } = slowDatabase();
  const keeper = new Keeper(database, "a@localhost");
  keeper.keep(Array.from({ length: 100 }, (_, seq) => read(seq)));
  await keeper.kept();
  expect(batches.length).toBeGreaterThan(2);
  expect(batches.flat()).toHaveLength(100);
});

it("what a person wrote is on disk however much still waits and comes in", async () => {
  const { batches, database } = slowDatabase();
  const keeper = new Keeper(database, "a@localhost");
  keeper.keep(Array.from({ length: 100 }, (_, seq) => read(seq)));
  keeper.keep([written("one")]);
  await keeper.outboxKept();
  expect(batches.flat()).toContain("one");
  expect(batches.flat().length).toBeLessThan(101);
  await keeper.kept();
  expect(batches.flat()).toHaveLength(101);
});

it("what is handed in later does not put off what was handed in before", async () => {
  const { batches, database } = slowDatabase();
  const keeper = new Keeper(database, "a@localhost");
  keeper.keep([read(0)]);
  const kept = keeper.kept();
  keeper.keep(Array.from({ length: 1_000 }, (_, seq) => read(seq + 1)));
  await kept;
  expect(batches.flat().length).toBeLessThan(1_001);
});

it("what a person did and is not on disk yet can be handed on at any moment, in its order", async () => {
  const { batches, database } = slowDatabase();
  const keeper = new Keeper(database, "a@localhost");
  keeper.keep([{ fact: "gone", conversations: ["d"] }, read(1)]);
  keeper.keep([{ fact: "unread_here", conversation: "c", seq: 1 }, read(2), written("one")]);
  expect(batches).toEqual([["gone", "read_here"]]);
  const kinds = () => keeper.unkept().map(({ fact }) => fact);
  expect(kinds()).toEqual(["read_here", "outbox", "unread_here", "read_here"]);
  await keeper.outboxKept();
  expect(kinds()).not.toContain("outbox");
  await keeper.kept();
  expect(kinds()).toEqual([]);
});

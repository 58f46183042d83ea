import { expect, it } from "vitest";
import type { Fact } from "../src/model/fact.ts";
import { Leftover } from "../src/worker/leftover.ts";

/** A storage of a browser with room for so many characters. */
function storage(room = Infinity) {
  const values = new Map<string, string>();
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem(key: string, value: string) {
      if (value.length > room) throw new Error("QuotaExceededError");
      values.set(key, value);
    },
    removeItem: (key: string) => void values.delete(key),
  };
}

const read = (seq: number): Fact => ({ fact: "read_here", conversation: "c", seq });

it("what tabs left is handed over once, in the order in which they ended", () => {
  const shared = storage();
  new Leftover(shared, "a@localhost").leave([read(1), read(2)]);
  new Leftover(shared, "a@localhost").leave([read(3)]);
  const next = new Leftover(shared, "a@localhost");
  expect(next.take()).toEqual([read(1), read(2), read(3)]);
  expect(next.take()).toEqual([]);
});

it("what was left by one account is nobody else's", () => {
  const shared = storage();
  new Leftover(shared, "a@localhost").leave([read(1)]);
  expect(new Leftover(shared, "b@localhost").take()).toEqual([]);
});

it("a browser without room for more keeps what was left before", () => {
  const left = new Leftover(storage(60), "a@localhost");
  left.leave([read(1)]);
  left.leave([read(2)]);
  expect(left.take()).toEqual([read(1)]);
});

it("what nobody can read is as good as nothing", () => {
  const shared = storage();
  new Leftover(shared, "a@localhost").leave([read(1)]);
  const garbled = { ...shared, getItem: (key: string) => shared.getItem(key)?.slice(1) ?? null };
  expect(new Leftover(garbled, "a@localhost").take()).toEqual([]);
});

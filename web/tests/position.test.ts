import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { AccountChange, Call } from "../src/api/types.ts";
import type { Fact } from "../src/model/fact.ts";
import { reduce } from "../src/model/state.ts";
import { Errands } from "../src/worker/errands.ts";
import { stateWith, told } from "./support/account.ts";
import { CONVERSATION, logOf } from "./support/log.ts";

const PLACES = 20;

type Move = { readonly do: "read" | "unread"; readonly seq: number; readonly isHere: boolean } | { readonly do: "wait" };

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("read", "unread"), seq: fc.integer({ min: 1, max: PLACES }), isHere: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant({ do: "wait" } as const) },
);

const waits = (count: number): Move[] => Array.from({ length: count }, () => ({ do: "wait" }));
const here = (kind: "read" | "unread", seq: number): Move => ({ do: kind, seq, isHere: true });
/** The first comes back while the second is still on its way, and then something is marked. */
const TWO_READS_UNDER_WAY = [...waits(1), here("read", 1), ...waits(2), here("read", 2), ...waits(3), here("unread", 1)];

/** What is asked takes a while, and what is asked later may be done before. */
const TAKES_MS: Readonly<Record<string, number>> = { "conversation.mark_read": 260, "conversation.mark_unread": 20 };

/** A browser and a server that folds the account log as it says. */
function setUp() {
  const log = logOf(Array.from({ length: PLACES }, () => ({ do: "say", who: 1, mentions: false, inThread: null })));
  let state = stateWith(told(log));
  let position = 0;
  const tell = (...facts: Fact[]) => {
    state = facts.reduce(reduce, state);
  };
  const append = (kind: "read" | "unread", seq: number) => {
    position = kind === "read" ? Math.max(position, seq) : Math.min(position, seq - 1);
    const where = { push: "account", conversation: CONVERSATION } as const;
    const change: AccountChange = kind === "read" ? { ...where, change: "read", read_seq: seq } : { ...where, change: "unread", unread_from: seq };
    tell({ fact: "account", change });
    if (kind === "unread") errands.markTold(CONVERSATION);
  };
  const call = (async (op: string, { seq }: { seq: number }) => {
    await new Promise((resolve) => setTimeout(resolve, TAKES_MS[op]));
    if (op === "conversation.mark_read") append("read", seq);
    if (op === "conversation.mark_unread") append("unread", seq);
    return {};
  }) as unknown as Call;
  const seat = { database: null as never, state: () => state, tell, mark: async () => undefined, kept: async () => undefined, outboxKept: async () => undefined, refused: () => undefined };
  const errands = new Errands(seat, call);
  errands.online();
  return {
    play({ do: kind, seq, isHere }: Exclude<Move, { do: "wait" }>) {
      if (!isHere) return append(kind, seq);
      tell({ fact: kind === "read" ? "read_here" : "unread_here", conversation: CONVERSATION, seq });
      errands.soon();
    },
    record: () => state.conversations.get(CONVERSATION),
    position: () => position,
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("what is read and marked here is in the end what the server knows, whatever other devices do meanwhile", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 25 }), async (moves) => {
      const world = setUp();
      for (const one of moves) {
        if (one.do === "wait") await vi.advanceTimersByTimeAsync(170);
        else world.play(one);
      }
      await vi.advanceTimersByTimeAsync(2_000);
      const record = world.record();
      expect(record?.unread_here).toBeUndefined();
      expect([record?.read_here, record?.membership.read_seq]).toEqual([world.position(), world.position()]);
    }),
    { numRuns: 300 },
  );
});

it("what one device does in a row is what comes of it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 25 }), async (moves) => {
      const world = setUp();
      let expected = 0;
      for (const one of moves) {
        if (one.do === "wait") await vi.advanceTimersByTimeAsync(70);
        else {
          world.play({ ...one, isHere: true });
          expected = one.do === "read" ? Math.max(expected, one.seq) : Math.min(expected, one.seq - 1);
          expect(world.record()?.read_here).toBe(expected);
        }
      }
      await vi.advanceTimersByTimeAsync(2_000);
      expect([world.record()?.read_here, world.position()]).toEqual([expected, expected]);
    }),
    { numRuns: 300, examples: [[TWO_READS_UNDER_WAY]] },
  );
});

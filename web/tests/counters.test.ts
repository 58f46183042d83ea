import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event } from "../src/api/types.ts";
import { reduce, type State } from "../src/model/state.ts";
import { emptyTimeline } from "../src/model/timeline.ts";
import { stateWith, told } from "./support/account.ts";
import { deeds } from "./support/deeds.ts";
import { CONVERSATION, folded, logOf, ME } from "./support/log.ts";

/** Unread by the definition: countable events after the position that are neither own nor deleted. */
function unreadOf(log: readonly Event[], readSeq: number): number {
  return log.map((event) => folded(log, event)).filter(({ kind, seq, sender }) => kind === "message" && seq > readSeq && sender !== ME).length;
}

function opened(state: State): State {
  return reduce(state, { fact: "opened", conversation: CONVERSATION, timeline: emptyTimeline(1) });
}

function unreadIn(state: State) {
  const record = state.conversations.get(CONVERSATION);
  if (!record) throw new Error("no such conversation");
  return record;
}

describe("the unread counter", () => {
  it("is what the log and the read position say, after any thousand deeds", () => {
    fc.assert(
      fc.property(deeds(1000, 1000), fc.array(fc.nat(1000), { maxLength: 10 }), (history, reads) => {
        const log = logOf(history);
        let state = opened(stateWith(told([])));
        let readSeq = 0;
        log.forEach((event, index) => {
          state = reduce(state, { fact: "event", event });
          if (!reads.includes(index)) return;
          readSeq = index + 1;
          state = reduce(state, { fact: "read_here", conversation: CONVERSATION, seq: readSeq });
        });
        const record = unreadIn(state);
        expect(record.unread).toBe(unreadOf(log, record.read_here));
        expect(record.is_uncertain).toBe(false);
      }),
      { numRuns: 5 },
    );
  });

  it("says so when it cannot know, and is right again after asking", () => {
    fc.assert(
      fc.property(deeds(10, 80), (history) => {
        const log = logOf(history);
        const half = Math.floor(log.length / 2);
        let state = stateWith(told(log.slice(0, half)));
        for (const event of log.slice(half)) state = reduce(state, { fact: "event", event });
        const { unread, is_uncertain } = unreadIn(state);
        if (!is_uncertain) expect(unread).toBe(unreadOf(log, 0));
        const asked = reduce(state, { fact: "told", conversations: [told(log)] });
        expect(unreadIn(asked)).toMatchObject({ unread: unreadOf(log, 0), is_uncertain: false });
      }),
    );
  });

  it("still cannot know when the answer is older than what it was asked about", () => {
    const log = logOf([
      { do: "say", who: 1, mentions: false, inThread: null },
      { do: "delete", who: 1, target: 0 },
      { do: "say", who: 1, mentions: false, inThread: null },
    ]);
    const live = log.reduce((before, event) => reduce(before, { fact: "event", event }), stateWith(told([])));
    const late = reduce(live, { fact: "told", conversations: [told(log.slice(0, 2))] });
    expect(unreadIn(late).is_uncertain).toBe(true);
    const asked = reduce(late, { fact: "told", conversations: [told(log)] });
    expect(unreadIn(asked)).toMatchObject({ unread: 1, is_uncertain: false });
  });

  it("counts neither reactions, edits, pins nor own messages", () => {
    const log = logOf([
      { do: "say", who: 0, mentions: false, inThread: null },
      { do: "react", who: 1, target: 0, emoji: "👍" },
      { do: "edit", who: 0, target: 0 },
      { do: "pin", who: 1, target: 0 },
    ]);
    const state = log.reduce((before, event) => reduce(before, { fact: "event", event }), stateWith(told([])));
    expect(unreadIn(state).unread).toBe(0);
  });

  it("never moves a read position back", () => {
    const log = logOf(Array.from({ length: 5 }, () => ({ do: "say", who: 1, mentions: true, inThread: null })));
    let state = stateWith(told(log));
    expect(unreadIn(state)).toMatchObject({ unread: 5, mentions: 5 });
    state = reduce(state, { fact: "read_here", conversation: CONVERSATION, seq: 5 });
    state = reduce(state, { fact: "account", change: { push: "account", change: "read", conversation: CONVERSATION, read_seq: 2 } });
    expect(unreadIn(state)).toMatchObject({ unread: 0, mentions: 0, read_here: 5 });
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fact } from "../src/model/fact.ts";
import { newEntry } from "../src/model/outbox.ts";
import { reduce, type State } from "../src/model/state.ts";
import { Opening, standingOf } from "../src/worker/opening.ts";
import { stateWith, told } from "./support/account.ts";
import { deeds } from "./support/deeds.ts";
import { CONVERSATION, logOf } from "./support/log.ts";

/** What all tabs hear of a log: its events, and between them what a person did in one of them. */
function factsOf(log: ReturnType<typeof logOf>, acts: readonly number[]): Fact[] {
  return log.flatMap((event, at): Fact[] => [{ fact: "event", event }, ...actOf(acts[at % acts.length] ?? 0, at, event.seq)]);
}

function actOf(act: number, at: number, seq: number): Fact[] {
  const entry = newEntry(`r${at}`, CONVERSATION, at, "2026-01-01T00:00:00.000Z", { kind: "send", body: { type: "text", text: "" } });
  switch (act) {
    case 1:
      return [{ fact: "read_here", conversation: CONVERSATION, seq }];
    case 2:
      return [{ fact: "unread_here", conversation: CONVERSATION, seq }];
    case 3:
      return [{ fact: "draft_here", conversation: CONVERSATION, text: `draft ${at}` }];
    case 4:
      return [{ fact: "outbox", entry }];
    case 5:
      return [{ fact: "outbox", entry }, { fact: "outbox_dropped", ref: entry.ref }];
    default:
      return [];
  }
}

describe("a tab that opens while others go on", () => {
  it("knows in the end what they know, however old what it read from disk", () => {
    const moments = fc.array(fc.nat(), { minLength: 4, maxLength: 4 });
    const history = fc.tuple(deeds(1, 30), fc.array(fc.nat(5), { minLength: 1, maxLength: 30 }), moments);
    fc.assert(
      fc.property(history, ([done, acts, chosen]) => {
        const facts = factsOf(logOf(done), acts);
        const inOrder = chosen.map((at) => at % (facts.length + 1)).sort((x, y) => x - y);
        const [onDisk = 0, opened = 0, introduced = 0, arrived = 0] = inOrder;
        const known = (until: number): State => facts.slice(0, until).reduce(reduce, stateWith(told([])));
        const opening = new Opening(Promise.resolve(undefined));
        let state = opening.over(stateWith(), standingOf(known(onDisk)), new Map());
        facts.forEach((fact, at) => {
          if (at < opened || at >= arrived) return;
          opening.hear({ say: "facts", from: "another", number: at + 1, facts: [fact] });
          state = reduce(state, fact);
        });
        state = opening.over(state, standingOf(known(introduced)), new Map([["another", introduced]]));
        state = facts.slice(arrived).reduce(reduce, state);
        expect(standingOf(state)).toEqual(standingOf(known(facts.length)));
      }),
      { numRuns: 500 },
    );
  });
});

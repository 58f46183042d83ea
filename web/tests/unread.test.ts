import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Event } from "../src/api/types.ts";
import type { Fact } from "../src/model/fact.ts";
import { reduce, type State } from "../src/model/state.ts";
import { emptyTimeline } from "../src/model/timeline.ts";
import { stateWith, told } from "./support/account.ts";
import { CONVERSATION } from "./support/log.ts";

type Step =
  | { readonly event: object }
  | { readonly read: number }
  | { readonly unread: number }
  | { readonly expect: { readonly unread: number; readonly mentions: number } };

interface Vectors {
  readonly me: string;
  readonly cases: readonly { readonly name: string; readonly steps: readonly Step[] }[];
}

const PUBLISHED = resolve(import.meta.dirname, "../../crates/api/vectors/unread.json");
const { me: reader, cases } = JSON.parse(readFileSync(PUBLISHED, "utf8")) as Vectors;

function begin(): State {
  const { me, server } = stateWith();
  if (!me || !server) throw new Error("nobody is signed in");
  const facts: readonly Fact[] = [
    { fact: "greeted", me: { ...me, address: reader }, server },
    { fact: "told", conversations: [told([])] },
    { fact: "opened", conversation: CONVERSATION, timeline: emptyTimeline(1) },
  ];
  return facts.reduce(reduce, stateWith());
}

function factOf(step: Exclude<Step, { expect: unknown }>): Fact {
  if ("read" in step) return { fact: "read_here", conversation: CONVERSATION, seq: step.read };
  if ("unread" in step) return { fact: "unread_here", conversation: CONVERSATION, seq: step.unread };
  const event = { ...step.event, conversation: CONVERSATION, epoch: 1, at: "2026-01-01T00:00:00.000Z" };
  return { fact: "event", event: event as Event };
}

describe("the published histories", () => {
  it.each(cases)("$name", ({ steps }) => {
    let state = begin();
    for (const step of steps) {
      if (!("expect" in step)) state = reduce(state, factOf(step));
      else expect(state.conversations.get(CONVERSATION)).toMatchObject(step.expect);
    }
  });
});

import { describe, expect, it } from "vitest";
import type { Event, Poll } from "../src/api/types.ts";
import { foldInto, messageOf, targetOf } from "../src/model/item.ts";
import { chosenIn, isClosed, tallyOf } from "../src/model/poll.ts";
import { pollOf, type PollForm } from "../src/viewmodel/poll-form.ts";
import { ME, OTHERS } from "./support/log.ts";

const [BOB, CAROL] = OTHERS;
const POLL: Poll = { question: "Where?", options: ["here", "there"], multiple: true };

let seq = 0;
const base = (sender: string) => ({ conversation: "c1", epoch: 1, seq: ++seq, event_id: `e${seq}`, at: "2026-01-01T00:00:00.000Z", sender });

function asked(poll: Partial<Poll> = {}): Event {
  seq = 0;
  return { ...base(BOB), kind: "message", content: { body: { type: "text", text: "Where?" }, poll: { ...POLL, ...poll } } };
}

function vote(sender: string, was: number[], options: number[]): Event {
  return { ...base(sender), kind: "vote", content: { target: "e1", was, options } };
}

function after(item: Event, ...events: Event[]) {
  const folded = events.reduce((so_far, event) => foldInto(so_far, event, ME), item);
  return tallyOf(messageOf(folded)?.poll ?? POLL, folded.fold);
}

describe("a poll", () => {
  it("counts each person's last vote", () => {
    const tally = after(asked(), vote(ME, [], [0]), vote(BOB, [], [0, 1]), vote(ME, [0], [1]), vote(BOB, [0, 1], []));
    expect(tally).toMatchObject({ voters: 1, options: [{ count: 0, users: [], mine: false }, { count: 1, users: [ME], mine: true }] });
    expect(chosenIn(tally)).toEqual([1]);
  });

  it("names nobody where it is anonymous, and knows my choice", () => {
    const tally = after(asked({ anonymous: true }), vote("", [], [0]), vote(ME, [], [0]), vote("", [0], [1]));
    expect(tally.options).toMatchObject([{ count: 1, users: [], mine: true }, { count: 1, users: [], mine: false }]);
  });

  it("takes no votes once it is closed", () => {
    const [item, first] = [asked(), vote(CAROL, [], [1])];
    const closed: Event = { ...base(BOB), kind: "poll_closed", content: { target: "e1" } };
    const tally = after(item, first, closed, vote(ME, [], [0]));
    expect(tally).toMatchObject({ closed: true, voters: 1 });
    expect(isClosed({ body: { type: "text", text: "" }, poll: POLL }, tally, 0)).toBe(true);
  });

  it("folds what it knows already once", () => {
    const [item, first] = [asked(), vote(ME, [], [0])];
    expect(after(item, first, first).options[0]?.count).toBe(1);
    expect(targetOf(first)).toBe("e1");
  });

  it("takes its votes along when it is deleted", () => {
    const [, first] = [asked(), vote(ME, [], [1])];
    const gone: Event = { ...base(BOB), kind: "delete", content: { target: "e1" } };
    expect(foldInto(first, gone, ME)).toMatchObject({ kind: "vote", content: { options: [] } });
  });
});

describe("a message to be acknowledged", () => {
  it("counts each person once", () => {
    const item: Event = { ...asked(), kind: "message", content: { body: { type: "text", text: "read" }, needs_acknowledgement: true } };
    const acknowledged = (sender: string, again: boolean): Event => ({ ...base(sender), kind: "acknowledgement", content: { target: "e1", again } });
    const events = [acknowledged(ME, false), acknowledged(BOB, false), acknowledged(ME, true)];
    expect(events.reduce((so_far, event) => foldInto(so_far, event, ME), item).fold?.acknowledged).toEqual({ count: 2, mine: true });
  });
});

describe("the form of a poll", () => {
  const FORM: PollForm = { question: " Where? ", options: ["here ", "", "there"], isMultiple: true, isAnonymous: false, closes: "" };
  const NOW = Date.parse("2026-01-01T00:00:00Z");

  it("leaves out options without words", () => {
    expect(pollOf(FORM, NOW)).toEqual({ options: ["here", "there"], multiple: true, anonymous: false });
  });

  it("is no poll while something is missing", () => {
    for (const change of [{ question: " " }, { options: ["here", ""] }, { options: ["here", "here"] }, { closes: "2025-01-01T00:00" }]) {
      expect(pollOf({ ...FORM, ...change }, NOW)).toBeNull();
    }
    expect(pollOf({ ...FORM, closes: "2027-01-01T00:00" }, NOW)?.closes_at).toBeDefined();
  });
});

import { describe, expect, it } from "vitest";
import type { Problem } from "../src/api/types.ts";
import {
  confirmed,
  newEntry,
  nextToSend,
  nextWake,
  refused,
  retried,
  sending,
  unanswered,
  withEntry,
  withoutEvent,
  withoutSettled,
  type OutboxEntry,
} from "../src/model/outbox.ts";
import { logOf, ME } from "./support/log.ts";

const entry = (ref: string, order: number, conversation = "c1") =>
  newEntry(ref, conversation, order, "2026-01-01T00:00:00.000Z", { kind: "send", body: { type: "text", text: ref } });

const problem = (status: number, retry: Problem["retry"], retry_after_ms?: number): Problem => ({
  type: "/docs/errors#x",
  title: "No",
  status,
  code: "x",
  help: "",
  retry,
  ...(retry_after_ms === undefined ? {} : { retry_after_ms }),
});

const box = (...entries: OutboxEntry[]) => entries.reduce<readonly OutboxEntry[]>(withEntry, []);
const refs = (entries: readonly OutboxEntry[]) => entries.map(({ ref }) => ref);

describe("the outbox", () => {
  it("sends each conversation in its order, one at a time", () => {
    const outbox = box(entry("b", 2), entry("a", 1), entry("z", 3, "c2"));
    expect(refs(nextToSend(outbox, 0))).toEqual(["a", "z"]);
    const going = withEntry(outbox, sending(entry("a", 1)));
    expect(refs(nextToSend(going, 0))).toEqual(["z"]);
  });

  it("tries again with the same reference when nobody knows how it ended", () => {
    const again = unanswered(sending(entry("a", 1)));
    expect(again).toMatchObject({ ref: "a", state: "queued", attempts: 1 });
    expect(refs(nextToSend(box(again), 0))).toEqual(["a"]);
  });

  it("waits as long as the server says, and lets nothing overtake", () => {
    const waiting = refused(sending(entry("a", 1)), problem(429, "later", 5_000), 1_000);
    const outbox = box(waiting, entry("b", 2));
    expect(nextToSend(outbox, 5_999)).toEqual([]);
    expect(nextWake(outbox, 5_999)).toBe(6_000);
    expect(refs(nextToSend(outbox, 6_000))).toEqual(["a"]);
  });

  it("gives up what the server will never take, and goes on with the next", () => {
    const failed = refused(sending(entry("a", 1)), problem(413, "never"), 0);
    expect(failed.state).toBe("failed");
    expect(refs(nextToSend(box(failed, entry("b", 2)), 0))).toEqual(["b"]);
    expect(retried(failed)).toMatchObject({ ref: "a", state: "queued", attempts: 0 });
  });

  it("gives up after a second internal error", () => {
    const first = refused(sending(entry("a", 1)), problem(500, "later"), 0);
    expect(first.state).toBe("queued");
    expect(refused(sending(first), problem(500, "later"), 0).state).toBe("failed");
  });

  it("lets go of an entry when its event comes back, or everything up to it is known", () => {
    const [event] = logOf([{ do: "say", who: 0, mentions: false, inThread: null }]);
    if (!event) throw new Error("no event");
    const outbox = box(entry("a", 1), entry("b", 2));
    expect(refs(withoutEvent(outbox, { ...event, sender: ME, client_ref: "a" }, ME))).toEqual(["b"]);
    expect(withoutEvent(outbox, { ...event, sender: "bob@example.org", client_ref: "a" }, ME)).toBe(outbox);
    const sent = confirmed(entry("a", 1), { event_id: "e7", epoch: 1, seq: 7, at: "2026-01-01T00:00:00.000Z" });
    expect(refs(withoutSettled(box(sent, entry("b", 2)), "c1", 7))).toEqual(["b"]);
    expect(refs(withoutSettled(box(sent), "c1", 6))).toEqual(["a"]);
  });
});

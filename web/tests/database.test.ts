import "fake-indexeddb/auto";
import fc from "fast-check";
import { openDB } from "idb";
import { afterEach, describe, expect, it } from "vitest";
import type { Event } from "../src/api/types.ts";
import type { Fact } from "../src/model/fact.ts";
import { newEntry } from "../src/model/outbox.ts";
import { Database } from "../src/worker/database.ts";
import type { STORES } from "../src/worker/stores.ts";
import { told } from "./support/account.ts";
import { deeds } from "./support/deeds.ts";
import { CONVERSATION, folded, logOf, meaning, ME, pageOfLog } from "./support/log.ts";

let opened: Database[] = [];

function database(): Database {
  const fresh = new Database(`test-${Math.random()}`);
  opened.push(fresh);
  return fresh;
}

afterEach(async () => {
  await Promise.all(opened.map((one) => one.delete()));
  opened = [];
});

async function stored(kept: Database, store: (typeof STORES)[number]) {
  return (await kept.open()).getAll(store);
}

async function count(kept: Database, store: (typeof STORES)[number]): Promise<number> {
  return (await kept.open()).count(store);
}

async function record(kept: Database) {
  return (await kept.open()).get("conversations", CONVERSATION);
}

const EXPIRES = Date.UTC(2200, 0, 1);

/** A log whose newest message disappears. */
function timed(log: readonly Event[]): Event[] {
  const expires_at = new Date(EXPIRES).toISOString();
  return log.map((event, index) =>
    index === log.length - 1 && event.kind === "message" ? { ...event, content: { ...event.content, expires_at } } : event,
  );
}

describe("the cache", () => {
  it("keeps what the same events make in memory, however they are batched", async () => {
    await fc.assert(
      fc.asyncProperty(deeds(1, 40), fc.integer({ min: 1, max: 7 }), fc.nat(20), async (history, batch, pageSize) => {
        const kept = database();
        const log = logOf(history);
        const known = Math.min(pageSize, log.length);
        const facts: Fact[] = [
          { fact: "told", conversations: [{ ...told(log.slice(0, known)), events: pageOfLog(log.slice(0, known), 1, known).items.slice() }] },
          ...log.slice(known).map((event) => ({ fact: "event", event }) as const),
        ];
        for (let at = 0; at < facts.length; at += batch) await kept.keep(facts.slice(at, at + batch), ME);
        const timeline = await kept.timeline(CONVERSATION);
        const items = timeline?.segments[0]?.items ?? [];
        if (known > 0) expect(items.map(meaning)).toEqual(log.map((event) => meaning(folded(log, event))));
        expect((await record(kept))?.head).toBe(log.length);
      }),
      { numRuns: 25 },
    );
  });

  it("forgets what has disappeared, with its edits and its preview, and nothing else", async () => {
    const kept = database();
    const log = timed(logOf([{ do: "say", who: 1, mentions: false, inThread: null }, { do: "say", who: 1, mentions: false, inThread: null }]));
    await kept.keep([{ fact: "told", conversations: [{ ...told(log), events: log }] }], ME);
    expect(await kept.hasExpired(EXPIRES - 1)).toBe(false);
    expect(await kept.hasExpired(EXPIRES)).toBe(true);
    await kept.keep([{ fact: "expired", until: EXPIRES }], ME);
    expect(await kept.hasExpired(EXPIRES)).toBe(false);
    const kinds = (await (await kept.open()).getAll("items")).map(({ kind }) => kind);
    expect(kinds).toEqual([...log.slice(0, -1).map(({ kind }) => kind), "deleted"]);
    expect((await record(kept))?.last?.kind).toBe("deleted");
  });

  it("gives back conversations and unsent messages in their order", async () => {
    const kept = database();
    const entry = (ref: string, order: number) =>
      newEntry(ref, CONVERSATION, order, "2026-01-01T00:00:00.000Z", { kind: "send", body: { type: "text", text: ref } });
    await kept.keep([{ fact: "told", conversations: [told([])] }], ME);
    await kept.keep([{ fact: "outbox", entry: entry("b", 2) }, { fact: "outbox", entry: entry("a", 1) }], ME);
    const standing = await kept.standing();
    expect(standing.outbox.map(({ ref }) => ref)).toEqual(["a", "b"]);
    expect([...standing.conversations.keys()]).toEqual([CONVERSATION]);
  });

  it("gives back how conversations were sorted, with what changed since it was told", async () => {
    const kept = database();
    expect((await kept.standing()).arrangement).toEqual({ folders: [], favourites: [] });
    const folder = { folder: "f", name: "Work", conversations: [] };
    await kept.keep([{ fact: "arrangement", arrangement: { folders: [folder], favourites: ["b"] } }], ME);
    await kept.keep([{ fact: "rearranged", change: { change: "put_in", folder: "f", conversation: CONVERSATION } }], ME);
    expect((await kept.standing()).arrangement).toEqual({ folders: [{ ...folder, conversations: [CONVERSATION] }], favourites: ["b"] });
  });

  it("lets go of an unsent message when its event comes", async () => {
    const kept = database();
    const [said] = logOf([{ do: "say", who: 0, mentions: false, inThread: null }]);
    if (!said) throw new Error("no event");
    const entry = newEntry("a", CONVERSATION, 1, said.at, { kind: "send", body: { type: "text", text: "hi" } });
    await kept.keep([{ fact: "told", conversations: [told([])] }, { fact: "outbox", entry }], ME);
    await kept.keep([{ fact: "event", event: { ...said, client_ref: "a" } }], ME);
    expect(await count(kept, "outbox")).toBe(0);
  });

  it("keeps nothing of a deleted message but its place", async () => {
    const kept = database();
    const log = logOf([
      { do: "say", who: 1, mentions: false, inThread: null },
      { do: "edit", who: 1, target: 0 },
      { do: "delete", who: 1, target: 0 },
    ]);
    const [said, edit, deletion] = log;
    if (!said || !edit || !deletion) throw new Error("no events");
    await kept.keep([{ fact: "told", conversations: [{ ...told([said]), events: [said] }] }], ME);
    await kept.keep([{ fact: "event", event: edit }, { fact: "event", event: deletion }], ME);
    const everything = JSON.stringify([await stored(kept, "items"), await stored(kept, "conversations")]);
    expect(everything).not.toContain("text 1");
    expect(everything).not.toContain("edited 2");
  });

  it("forgets the older part of a log when something in between is missing", async () => {
    const kept = database();
    const log = logOf(Array.from({ length: 30 }, () => ({ do: "say", who: 1, mentions: false, inThread: null })));
    await kept.keep([{ fact: "told", conversations: [{ ...told(log.slice(0, 10)), events: log.slice(0, 10) }] }], ME);
    await kept.keep([{ fact: "told", isCatchUp: true, conversations: [{ ...told(log), events: log.slice(20) }] }], ME);
    expect((await kept.timeline(CONVERSATION))?.segments).toMatchObject([{ from: 21, to: 30 }]);
    expect(await count(kept, "items")).toBe(10);
  });

  it("forgets a conversation that one is no longer in", async () => {
    const kept = database();
    const log = logOf([{ do: "say", who: 1, mentions: false, inThread: null }]);
    await kept.keep([{ fact: "told", conversations: [{ ...told(log), events: log }] }], ME);
    await kept.keep([{ fact: "gone", conversations: [CONVERSATION] }], ME);
    expect(await Promise.all([count(kept, "conversations"), count(kept, "items"), count(kept, "tails")])).toEqual([0, 0, 0]);
  });

  it("keeps all of what it is given or nothing", async () => {
    const kept = database();
    const entry = newEntry("a", CONVERSATION, 1, "2026-01-01T00:00:00.000Z", { kind: "send", body: { type: "text", text: "hi" } });
    const unkeepable = { fact: "users", users: [{ address: () => "no value can be a function" }] } as unknown as Fact;
    await expect(kept.keep([{ fact: "outbox", entry }, unkeepable], ME)).rejects.toThrow();
    expect(await count(kept, "outbox")).toBe(0);
    await kept.keep([{ fact: "outbox", entry }], ME);
    expect(await count(kept, "outbox")).toBe(1);
  });

  it("takes over what the layout before it kept", async () => {
    const name = `test-${Math.random()}`;
    const older = await openDB(name, 10, {
      upgrade(stores) {
        stores.createObjectStore("outbox", { keyPath: "ref" });
        stores.createObjectStore("items", { keyPath: ["conversation", "seq"] });
      },
    });
    const entry = newEntry("a", CONVERSATION, 1, "2026-01-01T00:00:00.000Z", { kind: "send", body: { type: "text", text: "hi" } });
    await older.put("outbox", entry);
    older.close();
    const kept = new Database(name);
    opened.push(kept);
    expect((await kept.standing()).outbox).toEqual([entry]);
    expect(await kept.hasExpired(EXPIRES)).toBe(false);
  });

  it("does not stand in the way of another tab that deletes everything", async () => {
    const name = `test-${Math.random()}`;
    const [mine, theirs] = [new Database(name), new Database(name)];
    await Promise.all([mine.setMark("m"), theirs.setMark("m")]);
    await theirs.delete();
    await expect(mine.setMark("n")).rejects.toThrow();
    expect((await indexedDB.databases()).map((one) => one.name)).not.toContain(name);
  });
});

import { describe, expect, it } from "vitest";
import type { Event } from "../src/api/types.ts";
import { newEntry, refused } from "../src/model/outbox.ts";
import { reduce, type State } from "../src/model/state.ts";
import { applyPage, emptyTimeline } from "../src/model/timeline.ts";
import { openComposer } from "../src/viewmodel/composer.ts";
import { conversationsOf } from "../src/viewmodel/conversations.ts";
import { clientLink } from "../src/viewmodel/entrance.ts";
import { settled } from "../src/viewmodel/observable.ts";
import { formatRoute, parseRoute } from "../src/viewmodel/route.ts";
import type { MessageRow, Row } from "../src/viewmodel/rows.ts";
import { piecesOf } from "../src/viewmodel/search.ts";
import { score, simplified } from "../src/viewmodel/switcher.ts";
import { openTimeline } from "../src/viewmodel/timeline.ts";
import { stateWith, told } from "./support/account.ts";
import { gatewayWith } from "./support/gateway.ts";
import { CONVERSATION, logOf, ME, OTHERS, pageOfLog, type Deed } from "./support/log.ts";

const say = (who: number): Deed => ({ do: "say", who, mentions: false, inThread: null });
const NOW = () => Date.UTC(2026, 0, 2);

function stateOf(deeds: readonly Deed[], readSeq = 0): State {
  const log = logOf(deeds);
  const timeline = applyPage(emptyTimeline(1), pageOfLog(log, 1, log.length), ME);
  return reduce(stateWith(told(log, readSeq)), { fact: "opened", conversation: CONVERSATION, timeline });
}

function messages(rows: readonly Row[]): readonly MessageRow[] {
  return rows.filter((row): row is MessageRow => row.kind === "message");
}

describe("the timeline", () => {
  it("shows an unsent message at once and keeps its key when it comes back", () => {
    const { gateway } = gatewayWith(stateOf([say(1)]));
    const { snapshot } = openTimeline(gateway, CONVERSATION, NOW);
    const entry = newEntry("ref", CONVERSATION, 1, "2026-01-01T01:00:00.000Z", { kind: "send", body: { type: "text", text: "hello" } });
    gateway.tell({ fact: "outbox", entry });
    expect(messages(snapshot.current.rows).at(-1)).toMatchObject({ key: "ref", text: "hello", status: { state: "queued" } });
    const [said] = logOf([say(0)]);
    if (said?.kind !== "message") throw new Error("no message");
    const event = { ...said, seq: 2, event_id: "e2", client_ref: "ref", content: { body: { type: "text" as const, text: "hello" } } };
    gateway.tell({ fact: "event", event });
    expect(messages(snapshot.current.rows).at(-1)).toMatchObject({ key: "ref", id: "e2", status: { state: "sent" } });
    expect(messages(snapshot.current.rows)).toHaveLength(2);
  });

  it("groups messages of one author and shows the name once", () => {
    const { gateway } = gatewayWith(stateOf([say(1), say(1), say(2)]));
    const rows = messages(openTimeline(gateway, CONVERSATION, NOW).snapshot.current.rows);
    expect(rows.map(({ startsGroup, endsGroup }) => [startsGroup, endsGroup])).toEqual([[true, false], [false, true], [true, true]]);
    expect(rows.map(({ showsAuthor }) => showsAuthor)).toEqual([true, false, true]);
  });

  it("W25 begins a group anew after five minutes, on another day, with an answer, and after something that happened", () => {
    const grouped = (change: (log: Event[]) => Event[]) => {
      const log = change(logOf([say(1), say(1)]));
      const timeline = applyPage(emptyTimeline(1), { epoch: 1, from: 1, to: log.length, items: log }, ME);
      const state = reduce(stateWith(told(log)), { fact: "opened", conversation: CONVERSATION, timeline });
      return messages(openTimeline(gatewayWith(state).gateway, CONVERSATION, NOW).snapshot.current.rows).at(-1)?.startsGroup === false;
    };
    const later = (at: string) => ([first, second]: Event[]) => (first && second ? [first, { ...second, at }] : []);
    const joined: Partial<Event> = { kind: "membership", content: { user: OTHERS[1], change: "joined" } };
    expect(grouped((log) => log)).toBe(true);
    expect(grouped(later("2026-01-01T00:05:01.000Z"))).toBe(true);
    expect(grouped(later("2026-01-01T00:05:02.000Z"))).toBe(false);
    expect(grouped(later("2026-01-03T00:00:02.000Z"))).toBe(false);
    expect(grouped(([first, second]) => (first && second?.kind === "message" ? [first, { ...second, content: { ...second.content, reply_to: "e1" } }] : []))).toBe(false);
    expect(grouped(([first, second]) => (first && second ? [first, { ...first, ...joined, seq: 2, event_id: "m2" } as Event, { ...second, seq: 3 }] : []))).toBe(false);
  });

  it("puts the divider before the first unread message that is neither own nor deleted", () => {
    const { gateway } = gatewayWith(stateOf([say(1), say(1), say(0), say(2), say(1), { do: "delete", who: 1, target: 1 }], 1));
    const { rows } = openTimeline(gateway, CONVERSATION, NOW).snapshot.current;
    const divider = rows.findIndex(({ kind }) => kind === "unread");
    expect(rows[divider + 1]).toMatchObject({ kind: "message", seq: 4 });
  });

  it("reads everything while the person looks at the end, without a divider", () => {
    const { gateway } = gatewayWith(stateOf([say(1)], 1));
    const { snapshot, actions } = openTimeline(gateway, CONVERSATION, NOW);
    actions.setReading(true);
    const [, event] = logOf([say(1), say(1)]);
    if (!event) throw new Error("no event");
    gateway.tell({ fact: "event", event });
    expect(snapshot.current.newCount).toBe(0);
    expect(snapshot.current.rows.some(({ kind }) => kind === "unread")).toBe(false);
    expect(gateway.current.conversations.get(CONVERSATION)?.read_here).toBe(2);
  });

  it("marks where news begin when the person is elsewhere", () => {
    const { gateway } = gatewayWith(stateOf([say(1)], 1));
    const { snapshot } = openTimeline(gateway, CONVERSATION, NOW);
    const [, event] = logOf([say(1), say(1)]);
    if (!event) throw new Error("no event");
    gateway.tell({ fact: "event", event });
    expect(snapshot.current.newCount).toBe(1);
    expect(snapshot.current.rows.map(({ kind }) => kind)).toEqual(["day", "message", "unread", "message"]);
  });

  it("leaves what was marked as unread alone until the person asks for the newest or comes back", () => {
    const { gateway } = gatewayWith(stateOf([say(1), say(2), say(0), say(1)], 4));
    const { snapshot, actions } = openTimeline(gateway, CONVERSATION, NOW);
    const belowDivider = () => {
      const { rows } = snapshot.current;
      return rows[rows.findIndex(({ kind }) => kind === "unread") + 1];
    };
    actions.setReading(true);
    actions.markUnread(2);
    expect(belowDivider()).toMatchObject({ seq: 2 });
    actions.seen(4);
    actions.setReading(true);
    const [, , , , event] = logOf([say(1), say(2), say(0), say(1), say(2)]);
    if (!event) throw new Error("no event");
    gateway.tell({ fact: "event", event });
    expect(snapshot.current.newCount).toBe(3);
    actions.jumpToEnd();
    expect(snapshot.current.newCount).toBe(0);
    expect(belowDivider()).toMatchObject({ seq: 2 });

    gateway.tell({ fact: "account", change: { push: "account", change: "read", conversation: CONVERSATION, read_seq: 5 } });
    gateway.tell({ fact: "account", change: { push: "account", change: "unread", conversation: CONVERSATION, unread_from: 2 } });
    gateway.tell({ fact: "account", change: { push: "account", change: "read", conversation: CONVERSATION, read_seq: 5 } });
    gateway.tell({ fact: "account", change: { push: "account", change: "unread", conversation: CONVERSATION, unread_from: 5 } });
    expect(snapshot.current.newCount).toBe(1);
    expect(belowDivider()).toMatchObject({ seq: 5 });
    const again = openTimeline(gateway, CONVERSATION, NOW);
    again.actions.setReading(true);
    expect(again.snapshot.current.newCount).toBe(0);
  });

  it("offers to mark as unread what others said", () => {
    const { gateway } = gatewayWith(stateOf([say(1), say(0), say(1), { do: "delete", who: 1, target: 2 }], 4));
    const rows = messages(openTimeline(gateway, CONVERSATION, NOW).snapshot.current.rows);
    expect(rows.map(({ canMarkUnread }) => canMarkUnread)).toEqual([true, false, false]);
  });

  it("shows a reaction before the server knows it, and says how far a message got", () => {
    const { gateway } = gatewayWith(stateOf([say(0)]));
    const { snapshot, actions } = openTimeline(gateway, CONVERSATION, NOW);
    const [row] = messages(snapshot.current.rows);
    if (!row) throw new Error("no row");
    actions.toggleReaction(row, "👍");
    expect(messages(snapshot.current.rows)[0]?.reactions).toMatchObject([{ emoji: "👍", count: 1, isMine: true }]);
    for (const user of OTHERS) gateway.tell({ fact: "receipt", receipt: { conversation: CONVERSATION, user, delivered_seq: 1, read_seq: 0 } });
    expect(messages(snapshot.current.rows)[0]?.status?.state).toBe("delivered");
    for (const user of OTHERS) gateway.tell({ fact: "receipt", receipt: { conversation: CONVERSATION, user, delivered_seq: 1, read_seq: 1 } });
    expect(messages(snapshot.current.rows)[0]?.status?.state).toBe("read");
  });

  it("keeps rows that mean the same as the very same objects", () => {
    const { gateway } = gatewayWith(stateOf([say(1), say(1)], 2));
    const { snapshot } = openTimeline(gateway, CONVERSATION, NOW);
    const [first] = messages(snapshot.current.rows);
    const [, , event] = logOf([say(1), say(1), say(2)]);
    if (!event) throw new Error("no event");
    gateway.tell({ fact: "event", event });
    expect(messages(snapshot.current.rows)[0]).toBe(first);
  });

  it("offers a failed message again", () => {
    const { gateway } = gatewayWith(stateOf([say(1)]));
    const { snapshot, actions } = openTimeline(gateway, CONVERSATION, NOW);
    const entry = newEntry("ref", CONVERSATION, 1, "2026-01-01T01:00:00.000Z", { kind: "send", body: { type: "text", text: "hello" } });
    const problem = { type: "x", title: "Too long.", status: 413, code: "conversation.body_too_long", help: "", retry: "never" } as const;
    gateway.tell({ fact: "outbox", entry: refused(entry, problem, 0) });
    expect(messages(snapshot.current.rows).at(-1)).toMatchObject({ problem: "Too long.", status: { state: "failed" } });
    actions.retry("ref");
    expect(messages(snapshot.current.rows).at(-1)).toMatchObject({ problem: null, status: { state: "queued" } });
    actions.discard("ref");
    expect(messages(snapshot.current.rows)).toHaveLength(1);
  });
});

describe("the composer", () => {
  it("sends with the people it names, counted in code points", () => {
    const { gateway, told: facts } = gatewayWith(stateOf([say(1)]));
    gateway.tell({ fact: "users", users: [{ address: OTHERS[0], display_name: "Bob", kind: "person" }] });
    const { actions, snapshot } = openComposer(gateway, CONVERSATION, NOW);
    actions.setDraft("🎉 @bob and @nobody", 8);
    actions.send();
    const sent = facts.findLast((fact) => fact.fact === "outbox");
    expect(sent).toMatchObject({ entry: { intent: { body: { text: "🎉 @bob and @nobody", mentions: [{ start: 2, end: 6, who: OTHERS[0] }] } } } });
    expect(snapshot.current.draft).toBe("");
  });

  it("edits the last own message and gives the draft back when left", () => {
    const { gateway } = gatewayWith(stateOf([say(0), say(1)]));
    const rows = openTimeline(gateway, CONVERSATION, NOW).snapshot.current.rows;
    const { actions, snapshot } = openComposer(gateway, CONVERSATION, NOW);
    expect(actions.editLast(rows)).toBe(true);
    expect(snapshot.current).toMatchObject({ draft: "text 1", mode: { kind: "edit", event: "e1" } });
    expect(actions.cancel()).toBe(true);
    expect(snapshot.current).toMatchObject({ draft: "", mode: { kind: "new" } });
    expect(actions.cancel()).toBe(false);
  });

  it("takes over a draft from another device unless something is written here", () => {
    const { gateway } = gatewayWith(stateOf([say(1)]));
    const { actions, snapshot } = openComposer(gateway, CONVERSATION, NOW);
    const draft = (text: string) => gateway.tell({ fact: "account", change: { push: "account", change: "draft", conversation: CONVERSATION, text } });
    draft("from the phone");
    expect(snapshot.current.draft).toBe("from the phone");
    actions.setDraft("mine", 4);
    draft("again from the phone");
    expect(snapshot.current.draft).toBe("mine");
  });

  it("refuses what is longer than the server takes, and keeps the text", () => {
    const { gateway } = gatewayWith(stateOf([say(1)]));
    const { actions, snapshot } = openComposer(gateway, CONVERSATION, NOW);
    actions.setDraft("x".repeat(1001), 0);
    actions.send();
    expect(snapshot.current.problem).not.toBeNull();
    expect(snapshot.current.draft).toHaveLength(1001);
  });
});

describe("the list of conversations", () => {
  it("says in words what its badges show", () => {
    const log = logOf([{ do: "say", who: 1, mentions: true, inThread: null }, say(2)]);
    const { gateway } = gatewayWith(stateWith(told(log)));
    expect(conversationsOf(gateway, NOW).current.rows[0]?.label).toBe("Plans, 2 unread messages, 1 mention");
  });

  it("puts favourites first, then the newest", () => {
    const preferences = { muted: false, favourite: true, hidden: false };
    const membership = { ...told([]).membership, preferences };
    const [old, fresh, loved] = [
      told([], 0, { conversation: "old", changed_at: "2026-01-01T00:00:00.000Z" }),
      told([], 0, { conversation: "fresh", changed_at: "2026-01-02T00:00:00.000Z" }),
      told([], 0, { conversation: "loved", changed_at: "2025-01-01T00:00:00.000Z", membership }),
    ];
    const { gateway } = gatewayWith(stateWith(old, fresh, loved));
    expect(conversationsOf(gateway, NOW).current.rows.map(({ key }) => key)).toEqual(["loved", "fresh", "old"]);
  });
});

describe("small things", () => {
  it("addresses go to a place and back", () => {
    for (const path of ["/", "/c/abc", "/c/abc/17", "/invite/code", "/register", "/join/x%2Fy"]) {
      expect(formatRoute(parseRoute(path))).toBe(path);
    }
    expect(parseRoute("/something/else")).toEqual({ at: "home" });
  });

  it("finding ignores accents and prefers beginnings", () => {
    const wanted = simplified("zoë");
    expect(score(simplified("Zoe Long"), wanted)).toBeGreaterThan(score(simplified("Anna Zoe"), wanted));
    expect(score(simplified("Anna Zoe"), wanted)).toBeGreaterThan(score(simplified("Zebra of Ezra"), wanted));
    expect(score(simplified("Bob"), wanted)).toBe(0);
  });

  it("a hit is cut at the words that were looked for", () => {
    expect(piecesOf("Look at the journal", ["journal"])).toEqual([
      { text: "Look at the ", isMatch: false },
      { text: "journal", isMatch: true },
    ]);
  });

  it("a value that means the same stays the same object", () => {
    const before = { list: [{ key: "a", n: 1 }, { key: "b", n: 2 }], name: "x" };
    expect(settled(before, structuredClone(before))).toBe(before);
    const after = settled(before, { list: [{ key: "z", n: 0 }, { key: "a", n: 1 }, { key: "b", n: 3 }], name: "x" });
    expect(after.list[1]).toBe(before.list[0]);
    expect(after.list[2]).toEqual({ key: "b", n: 3 });
  });
});

describe("an invitation", () => {
  const view = { domain: "example.org", admin: false, contact: false };
  const inviter = { address: "romeo@example.org", display_name: "Romeo", kind: "person" } as const;

  it("opens in other chat apps as an account", () => {
    expect(clientLink(view, "c0de")).toBe("xmpp:example.org?register;preauth=c0de");
    expect(clientLink({ ...view, inviter }, "c0de")).toBe("xmpp:example.org?register;preauth=c0de");
    expect(clientLink({ ...view, name: "juliet" }, "c0de")).toBe("xmpp:juliet@example.org?register;preauth=c0de");
  });

  it("opens in other chat apps as a contact where it makes one", () => {
    const link = clientLink({ ...view, inviter, contact: true }, "c0de");
    expect(link).toBe("xmpp:romeo@example.org?roster;preauth=c0de;ibr=y");
  });
});

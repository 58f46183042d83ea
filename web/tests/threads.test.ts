import { describe, expect, it, vi } from "vitest";
import type { Event } from "../src/api/types.ts";
import { newEntry } from "../src/model/outbox.ts";
import { reduce, type State } from "../src/model/state.ts";
import type { ThreadDisplay } from "../src/model/threads.ts";
import { applyPage, emptyTimeline } from "../src/model/timeline.ts";
import { openComposer } from "../src/viewmodel/composer.ts";
import { formatRoute, parseRoute } from "../src/viewmodel/route.ts";
import type { MessageRow, Row } from "../src/viewmodel/rows.ts";
import { openThread } from "../src/viewmodel/thread.ts";
import { openTimeline } from "../src/viewmodel/timeline.ts";
import { openTopics } from "../src/viewmodel/topics.ts";
import { stateWith, told } from "./support/account.ts";
import { gatewayWith } from "./support/gateway.ts";
import { CONVERSATION, logOf, ME, pageOfLog, type Deed } from "./support/log.ts";

const say = (who: number, inThread: number | null = null): Deed => ({ do: "say", who, mentions: false, inThread });
const NOW = () => Date.UTC(2026, 0, 2);
/** Two threads: e1 with e3 and e5, e2 with e4. */
const TALK = [say(1), say(2), say(2, 0), say(1, 1), say(1, 0)];

interface Circumstances {
  readonly readSeq?: number;
  readonly display?: ThreadDisplay;
  /** The first place of the log that is known. */
  readonly from?: number;
}

function stateOf(deeds: readonly Deed[], { readSeq = 0, display = "threads", from = 1 }: Circumstances = {}): State {
  const log = logOf(deeds);
  const timeline = applyPage(emptyTimeline(1), pageOfLog(log, from, log.length), ME);
  const known = told(log, readSeq);
  const settings = { ...known.settings, thread_display: display };
  return reduce(stateWith({ ...known, settings }), { fact: "opened", conversation: CONVERSATION, timeline });
}

const messages = (rows: readonly Row[]) => rows.filter((row): row is MessageRow => row.kind === "message");
const ids = (rows: readonly Row[]) => messages(rows).map(({ id }) => id);
const rowsOfMain = (state: State) => openTimeline(gatewayWith(state).gateway, CONVERSATION, NOW).snapshot.current.rows;

function eventAfter(state: State, event: Partial<Event>): Event {
  const seq = (state.conversations.get(CONVERSATION)?.head ?? 0) + 1;
  return { conversation: CONVERSATION, epoch: 1, seq, event_id: `e${seq}`, at: "2026-01-01T01:00:00.000Z", sender: "bob@example.org", ...event } as Event;
}

describe("threads", () => {
  it("W27 stand beside the conversation, in it, or are what it consists of, and are the same messages each time", () => {
    expect(ids(rowsOfMain(stateOf(TALK)))).toEqual(["e1", "e2"]);
    const inline = messages(rowsOfMain(stateOf(TALK, { display: "inline" })));
    expect(inline.map(({ id }) => id)).toEqual(["e1", "e2", "e3", "e4", "e5"]);
    expect(inline.map(({ reply }) => reply?.id ?? null)).toEqual([null, null, "e1", "e2", "e1"]);
    const { gateway } = gatewayWith(stateOf(TALK, { display: "topics" }));
    expect(openTopics(gateway, CONVERSATION, "topics", NOW).snapshot.current.rows.map(({ key }) => key)).toEqual(["e1", "e2"]);
    for (const [root, expected] of [["e1", ["e1", "e3", "e5"]], ["e2", ["e2", "e4"]]] as const) {
      expect(ids(openThread(gateway, CONVERSATION, root, NOW).snapshot.current.rows)).toEqual(expected);
    }
  });

  it("say at their first message how many there are, of whom, and whether they are new", () => {
    const { gateway } = gatewayWith(stateOf(TALK, { readSeq: 2 }));
    const { snapshot } = openTimeline(gateway, CONVERSATION, NOW);
    const shown = () => messages(snapshot.current.rows).map(({ thread }) => thread);
    expect(shown()).toMatchObject([{ count: "2 replies", isNew: true }, { count: "1 reply", isNew: true }]);
    expect(shown()[0]?.faces).toHaveLength(2);
    const thread = openThread(gateway, CONVERSATION, "e1", NOW);
    thread.actions.setReading(true);
    expect(shown()).toMatchObject([{ isNew: false }, { isNew: true }]);
    const entry = newEntry("ref", CONVERSATION, 1, "2026-01-01T01:00:00.000Z", { kind: "send", body: { type: "text", text: "me too" }, thread: "e2" });
    gateway.tell({ fact: "outbox", entry });
    expect(shown()[1]).toMatchObject({ count: "2 replies" });
    expect(messages(snapshot.current.rows)).toHaveLength(2);
  });

  it("count what comes and goes", () => {
    const { gateway } = gatewayWith(stateOf(TALK));
    const { snapshot } = openTimeline(gateway, CONVERSATION, NOW);
    const counts = () => messages(snapshot.current.rows).map(({ thread }) => thread?.count ?? null);
    gateway.tell({ fact: "event", event: eventAfter(gateway.current, { kind: "delete", content: { target: "e4" } } as Partial<Event>) });
    expect(counts()).toEqual(["2 replies", null]);
    gateway.tell({ fact: "event", event: eventAfter(gateway.current, { kind: "message", content: { body: { type: "text", text: "again" }, thread: "e2" } } as Partial<Event>) });
    expect(counts()).toEqual(["2 replies", "1 reply"]);
    expect(ids(snapshot.current.rows)).toEqual(["e1", "e2"]);
  });

  it("are read without what is unread beside them", () => {
    const { gateway, told: facts } = gatewayWith(stateOf([say(1), say(1, 0), say(2), say(1, 0)], { readSeq: 1 }));
    const thread = openThread(gateway, CONVERSATION, "e1", NOW);
    thread.actions.setReading(true);
    expect(facts.filter(({ fact }) => fact === "read_here")).toMatchObject([{ seq: 2 }]);
  });

  it("bring what is older than the log that is known, and go on changing with it", async () => {
    const deeds = [...TALK, ...Array.from({ length: 5 }, () => say(1))];
    const log = logOf(deeds);
    const { items } = pageOfLog(log, 1, log.length);
    const answers = items.filter((item) => item.kind === "message" && item.content.thread === "e1");
    const page = { epoch: 1, has_before: false, has_after: false, items: answers };
    const { gateway } = gatewayWith(stateOf(deeds, { from: 7 }), { "event.get": items[0], "event.thread": page });
    const { snapshot } = openThread(gateway, CONVERSATION, "e1", NOW);
    await vi.waitFor(() => expect(ids(snapshot.current.rows)).toEqual(["e1", "e3", "e5"]));
    gateway.tell({ fact: "event", event: eventAfter(gateway.current, { kind: "edit", content: { target: "e3", body: { type: "text", text: "better" } } } as Partial<Event>) });
    expect(messages(snapshot.current.rows)[1]?.text).toBe("better");
    gateway.tell({ fact: "event", event: eventAfter(gateway.current, { kind: "delete", content: { target: "e5" } } as Partial<Event>) });
    expect(messages(snapshot.current.rows)[2]?.isDeleted).toBe(true);
  });

  it("lead to a message where it stands", async () => {
    for (const [display, reply, root] of [["threads", "e1", null], ["inline", null, null], ["topics", "e1", "e2"]] as const) {
      const { actions } = openTimeline(gatewayWith(stateOf(TALK, { display })).gateway, CONVERSATION, NOW);
      expect(await actions.jumpTo(3)).toBe(reply);
      expect(await actions.jumpTo(2)).toBe(root);
    }
  });

  it("list those with news first", () => {
    const { gateway } = gatewayWith(stateOf([say(1), say(0), say(2, 0), say(0, 1)], { readSeq: 0 }));
    openTimeline(gateway, CONVERSATION, NOW);
    const { snapshot } = openTopics(gateway, CONVERSATION, "threads", NOW);
    expect(snapshot.current.rows.map(({ key, isNew }) => [key, isNew])).toEqual([["e1", true], ["e2", false]]);
  });

  it("have drafts and answers of their own", () => {
    const { gateway, told: facts } = gatewayWith(stateOf(TALK));
    const main = openComposer(gateway, CONVERSATION, NOW);
    const thread = openComposer(gateway, CONVERSATION, NOW, "e1");
    main.actions.setDraft("for all", 7);
    thread.actions.setDraft("for the thread", 14);
    main.actions.keep();
    thread.actions.keep();
    expect(openComposer(gateway, CONVERSATION, NOW).snapshot.current.draft).toBe("for all");
    expect(openComposer(gateway, CONVERSATION, NOW, "e1").snapshot.current.draft).toBe("for the thread");
    thread.actions.send();
    const [sent] = facts.filter((fact) => fact.fact === "outbox");
    expect(sent).toMatchObject({ entry: { intent: { kind: "send", thread: "e1" } } });
    expect(openComposer(gateway, CONVERSATION, NOW, "e1").snapshot.current.draft).toBe("");
    main.dispose();
    thread.dispose();
  });

  it("have addresses", () => {
    for (const route of [{ thread: "e1" }, { thread: "e1", message: 5 }, { threads: true as const }, { message: 5 }]) {
      const place = { at: "conversation" as const, conversation: CONVERSATION, ...route };
      expect(parseRoute(formatRoute(place))).toEqual(place);
    }
  });
});

describe("answers where threads stand in the conversation", () => {
  it("go into the thread of what they answer", () => {
    const { gateway, told: facts } = gatewayWith(stateOf(TALK, { display: "inline" }));
    const [first, , third] = messages(openTimeline(gateway, CONVERSATION, NOW).snapshot.current.rows);
    const { actions } = openComposer(gateway, CONVERSATION, NOW);
    const intents = () => facts.flatMap((fact) => (fact.fact === "outbox" ? [fact.entry.intent] : []));
    if (!first || !third) throw new Error("no rows");
    for (const begin of [() => actions.reply(third), () => actions.replyInThread(first), () => actions.reply(first)]) {
      begin();
      actions.setDraft("yes", 3);
      actions.send();
    }
    expect(intents()).toMatchObject([{ reply_to: "e3", thread: "e1" }, { thread: "e1" }, { reply_to: "e1" }]);
    expect(intents()[1]).not.toHaveProperty("reply_to");
    expect(intents()[2]).not.toHaveProperty("thread");
  });
});

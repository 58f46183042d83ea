import type { AccountChange, Arrangement, Conversation, Event, Me, Presence, Scheduled, ServerInfo, User } from "../api/types.ts";
import { EMPTY_ARRANGEMENT, rearranged } from "./arrangement.ts";
import { countersOf, isUnread } from "./counters.ts";
import type { Fact, LinkState } from "./fact.ts";
import { mentions } from "./item.ts";
import { withEntry, withoutEvent, withoutSettled, type OutboxEntry } from "./outbox.ts";
import { afterReadHere, afterReadTold, afterUnreadHere, afterUnreadTold } from "./position.ts";
import { withReceipt } from "./receipts.ts";
import { recordAfter, recordAt, recordOf, withDraft, type ConversationRecord } from "./record.ts";
import { applyEvent, applyPage, cutBelow, emptyTimeline, findItem, tailOf, withoutExpired, type Page, type Timeline } from "./timeline.ts";

/** Everything a tab knows about the account. Immutable: each fact makes a new one. */
export interface State {
  readonly me: Me | null;
  readonly server: ServerInfo | null;
  readonly link: LinkState;
  readonly link_since: number;
  /** Whether the server has told everything since this tab started. */
  readonly is_synced: boolean;
  readonly conversations: ReadonlyMap<string, ConversationRecord>;
  /** The logs that are looked at. */
  readonly timelines: ReadonlyMap<string, Timeline>;
  readonly outbox: readonly OutboxEntry[];
  /** What waits to be sent at a later time, the next one first. */
  readonly scheduled: readonly Scheduled[];
  /** Folders, and the order of favourites. */
  readonly arrangement: Arrangement;
  readonly users: ReadonlyMap<string, User>;
  readonly presence: ReadonlyMap<string, Presence>;
  /** Per conversation: who types, until when. */
  readonly typing: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export const EMPTY_STATE: State = {
  me: null,
  server: null,
  link: "connecting",
  link_since: 0,
  is_synced: false,
  conversations: new Map(),
  timelines: new Map(),
  outbox: [],
  scheduled: [],
  arrangement: EMPTY_ARRANGEMENT,
  users: new Map(),
  presence: new Map(),
  typing: new Map(),
};

export function reduce(state: State, fact: Fact): State {
  switch (fact.fact) {
    case "greeted":
      return { ...state, me: fact.me, server: fact.server };
    case "link":
      return { ...state, link: fact.link, link_since: fact.since };
    case "told":
      return fact.conversations.reduce((before, told) => afterTold(before, told, fact.isCatchUp ?? false), state);
    case "gone":
      return fact.conversations.reduce(without, state);
    case "reset":
      return { ...state, conversations: new Map(), timelines: new Map(), is_synced: false };
    case "synced":
      return { ...state, is_synced: true };
    case "event":
      return afterEvent(state, fact.event);
    case "expired":
      return afterExpired(state, fact.until);
    case "page":
      return afterPage(state, fact.conversation, fact.page);
    case "opened":
      return afterOpened(state, fact.conversation, fact.timeline);
    case "closed":
      return { ...state, timelines: less(state.timelines, fact.conversation) };
    case "account":
      return afterAccount(state, fact.change);
    case "read_here":
      return moved(state, fact.conversation, (record) => afterReadHere(record, fact.seq));
    case "unread_here":
      return moved(state, fact.conversation, (record) => afterUnreadHere(record, fact.seq));
    case "draft_here":
      return change(state, fact.conversation, (record) => withDraft(record, fact.text, fact.thread));
    case "receipt":
      return change(state, fact.receipt.conversation, (record) => ({
        ...record,
        receipts: withReceipt(record.receipts, fact.receipt),
      }));
    case "typing":
      return afterTyping(state, fact.conversation, fact.user, fact.until);
    case "presence":
      return { ...state, presence: more(state.presence, fact.presence, ({ user }) => user) };
    case "scheduled":
      return { ...state, scheduled: fact.items };
    case "arrangement":
      return { ...state, arrangement: fact.arrangement };
    case "rearranged":
      return { ...state, arrangement: rearranged(state.arrangement, fact.change) };
    case "users":
      return { ...state, users: more(state.users, fact.users, ({ address }) => address) };
    case "outbox":
      return { ...state, outbox: withEntry(state.outbox, fact.entry) };
    case "outbox_dropped":
      return { ...state, outbox: state.outbox.filter(({ ref }) => ref !== fact.ref) };
    case "signed_out":
      return EMPTY_STATE;
  }
}

function afterExpired(state: State, now: number): State {
  const conversations = [...state.conversations].map(([id, record]) => [id, recordAt(record, now)] as const);
  const timelines = [...state.timelines].map(([id, timeline]) => [id, withoutExpired(timeline, now)] as const);
  return { ...state, conversations: new Map(conversations), timelines: new Map(timelines) };
}

/** The page that an answer about a conversation amounts to; nothing when it brought no events. */
export function pageOfTold({ epoch, head, events = [] }: Conversation): Page | null {
  const first = events[0];
  return first ? { epoch, from: first.seq, to: Math.max(head, first.seq), items: events } : null;
}

function me(state: State): string {
  return state.me?.address ?? "";
}

function afterTold(state: State, told: Conversation, isCatchUp: boolean): State {
  const known = state.conversations.get(told.conversation);
  const record = recordOf(told, known);
  const conversations = new Map(state.conversations).set(told.conversation, record);
  const users = told.peer ? more(state.users, [told.peer], ({ address }) => address) : state.users;
  const timelines = timelinesAfterTold(state, told, isCatchUp);
  const outbox = withoutSettled(
    (told.events ?? []).reduce((left, event) => withoutEvent(left, event, me(state)), state.outbox),
    told.conversation,
    record.head,
  );
  return recounted({ ...state, conversations, users, timelines, outbox }, told.conversation);
}

function timelinesAfterTold(state: State, told: Conversation, isCatchUp: boolean): State["timelines"] {
  const timeline = state.timelines.get(told.conversation);
  if (!timeline) return state.timelines;
  const base = timeline.epoch === told.epoch ? timeline : emptyTimeline(told.epoch);
  const tail = tailOf(base);
  const page = pageOfTold(told);
  const hasGap = page !== null && tail !== undefined && page.from > tail.to + 1;
  if (!page || (hasGap && !isCatchUp)) return new Map(state.timelines).set(told.conversation, base);
  const kept = hasGap ? cutBelow(base, page.from) : base;
  return new Map(state.timelines).set(told.conversation, applyPage(kept, page, me(state)));
}

function without(state: State, conversation: string): State {
  return {
    ...state,
    conversations: less(state.conversations, conversation),
    timelines: less(state.timelines, conversation),
    outbox: state.outbox.filter((entry) => entry.conversation !== conversation),
  };
}

function afterEvent(state: State, event: Event): State {
  const record = state.conversations.get(event.conversation);
  if (!record) return state;
  if (record.epoch !== event.epoch) return { ...state, timelines: less(state.timelines, event.conversation) };
  const timeline = state.timelines.get(event.conversation);
  const timelines = timeline
    ? new Map(state.timelines).set(event.conversation, applyEvent(timeline, event, me(state)))
    : state.timelines;
  const outbox = withoutSettled(withoutEvent(state.outbox, event, me(state)), event.conversation, event.seq);
  if (event.seq <= record.head) return { ...state, timelines, outbox };
  const counted = countedAfter(recordAfter(record, event, me(state)), event, timeline, me(state));
  const conversations = new Map(state.conversations).set(event.conversation, counted);
  const typing = event.kind === "message" ? typingAfter(state, event.conversation, event.sender, 0) : state.typing;
  return recounted({ ...state, conversations, timelines, outbox, typing }, event.conversation);
}

/** The counters moved by one event, as far as it tells by itself. */
function countedAfter(
  record: ConversationRecord,
  event: Event,
  before: Timeline | undefined,
  self: string,
): ConversationRecord {
  if (isUnread(event, record.read_here, self) && event.kind === "message") {
    const mentioned = mentions(event.content.body, self) ? 1 : 0;
    return { ...record, unread: record.unread + 1, mentions: record.mentions + mentioned };
  }
  const touchesUnread = event.kind === "delete" || event.kind === "edit";
  if (!touchesUnread || record.unread === 0) return record;
  const target = before && findItem(before, event.content.target);
  if (target && !isUnread(target, record.read_here, self)) return record;
  return { ...record, is_uncertain: true };
}

/** The counters counted afresh where the log is known far enough back. */
function recounted(state: State, conversation: string): State {
  const record = state.conversations.get(conversation);
  if (!record) return state;
  const exact = countersOf(state.timelines.get(conversation), record.head, record.read_here, me(state));
  if (!exact) return state;
  if (exact.unread === record.unread && exact.mentions === record.mentions && !record.is_uncertain) return state;
  return change(state, conversation, (known) => ({ ...known, ...exact, is_uncertain: false }));
}

function afterPage(state: State, conversation: string, page: Page): State {
  const timeline = state.timelines.get(conversation);
  const head = state.conversations.get(conversation)?.head ?? 0;
  const leavesGapToCome = timeline?.epoch === page.epoch && page.from > head + 1;
  if (!timeline || leavesGapToCome) return state;
  const timelines = new Map(state.timelines).set(conversation, applyPage(timeline, page, me(state)));
  return recounted({ ...state, timelines }, conversation);
}

function afterOpened(state: State, conversation: string, timeline: Timeline): State {
  if (state.timelines.has(conversation)) return state;
  return recounted({ ...state, timelines: new Map(state.timelines).set(conversation, timeline) }, conversation);
}

/** The state after a read position moved, with the counters that follow from it. */
function moved(state: State, id: string, how: (record: ConversationRecord) => ConversationRecord): State {
  return recounted(change(state, id, how), id);
}

function afterAccount(state: State, told: AccountChange): State {
  switch (told.change) {
    case "read":
      return moved(state, told.conversation, (record) => afterReadTold(record, told.read_seq));
    case "unread":
      return moved(state, told.conversation, (record) => afterUnreadTold(record, told.unread_from));
    case "draft":
      return change(state, told.conversation, (record) => afterDraft(record, told.text));
    case "preferences":
      return change(state, told.conversation, (record) => ({
        ...record,
        membership: { ...record.membership, preferences: told.preferences },
      }));
    case "contact":
      return told.listed ? afterAccepted(state, told.user.address) : state;
    case "profile":
      return state.me
        ? { ...state, me: { ...state.me, display_name: told.display_name, privacy: told.privacy } }
        : state;
    default:
      return state;
  }
}

/** Who became a contact is no stranger any more. */
function afterAccepted(state: State, user: string): State {
  const asked = [...state.conversations.values()].filter(({ peer, is_request }) => (is_request ?? false) && peer?.address === user);
  return asked.reduce((before, { conversation }) => change(before, conversation, (record) => ({ ...record, is_request: false })), state);
}

/** A draft of this browser that the server has confirmed is no longer only here. */
function afterDraft(record: ConversationRecord, text: string): ConversationRecord {
  const { draft_here, ...rest } = record;
  const told = { ...rest, membership: { ...record.membership, draft: text } };
  return draft_here === undefined || draft_here === text ? told : { ...told, draft_here };
}

function afterTyping(state: State, conversation: string, user: string, until: number): State {
  return { ...state, typing: typingAfter(state, conversation, user, until) };
}

function typingAfter(state: State, conversation: string, user: string, until: number): State["typing"] {
  const known = state.typing.get(conversation);
  if (until === 0 && !known?.has(user)) return state.typing;
  const users = new Map(known);
  if (until === 0) users.delete(user);
  else users.set(user, until);
  return new Map(state.typing).set(conversation, users);
}

function change(state: State, id: string, how: (record: ConversationRecord) => ConversationRecord): State {
  const record = state.conversations.get(id);
  if (!record) return state;
  return { ...state, conversations: new Map(state.conversations).set(id, how(record)) };
}

function less<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

function more<V>(map: ReadonlyMap<string, V>, values: readonly V[], key: (value: V) => string): ReadonlyMap<string, V> {
  const copy = new Map(map);
  for (const value of values) copy.set(key(value), value);
  return copy;
}

import type { Conversation, ConversationKind, Event, Membership, Receipt, SettingsChange, User } from "../api/types.ts";
import { leftAt, type Item } from "./item.ts";
import { positionAfterTold } from "./position.ts";
import { withReceipt } from "./receipts.ts";

/** A conversation as the list shows it: everything but its log. */
export interface ConversationRecord {
  readonly conversation: string;
  readonly kind: ConversationKind;
  readonly address?: string;
  readonly peer?: User;
  /** Whether a direct conversation waits for my answer. */
  readonly is_request?: boolean;
  readonly settings: Conversation["settings"];
  readonly epoch: number;
  readonly head: number;
  readonly members_count: number;
  readonly membership: Membership;
  readonly unread: number;
  readonly mentions: number;
  readonly changed_at: string;
  readonly receipts: readonly Receipt[];
  /** The newest message, for the preview. */
  readonly last?: Item;
  /** How far was read here; the server may not know yet. */
  readonly read_here: number;
  /** The first place that was marked as unread here, as long as the server may not know. */
  readonly unread_here?: number;
  /** A draft the server may not know yet. */
  readonly draft_here?: string;
  /** Drafts of this browser for threads, by the first message; the newest come last. */
  readonly thread_drafts?: Readonly<Record<string, string>>;
  /** The counters cannot be told from what is known; ask the server. */
  readonly is_uncertain: boolean;
}

/** The record of what the server told, keeping what only this browser knows. */
export function recordOf(told: Conversation, known: ConversationRecord | undefined): ConversationRecord {
  const { events, hole: _hole, receipts, ...rest } = told;
  const same = known?.epoch === told.epoch ? known : undefined;
  const last = events?.findLast(isPreview);
  const read_here = positionAfterTold(told.membership.read_seq, same);
  const record: ConversationRecord = {
    ...rest,
    receipts: (receipts ?? []).reduce(withReceipt, same?.receipts ?? []),
    read_here,
    is_uncertain: read_here !== told.membership.read_seq,
  };
  const preview = last ?? same?.last;
  return {
    ...record,
    ...(preview ? { last: preview } : {}),
    ...(same?.unread_here === undefined ? {} : { unread_here: same.unread_here }),
    ...(same?.draft_here === undefined ? {} : { draft_here: same.draft_here }),
    ...(same?.thread_drafts === undefined ? {} : { thread_drafts: same.thread_drafts }),
    ...(same && same.head > told.head ? newerThanTold(same, read_here) : {}),
  };
}

/** What a live event changed while an older answer was on its way. */
function newerThanTold(known: ConversationRecord, readHere: number): Partial<ConversationRecord> {
  const { head, changed_at, last, unread, mentions, settings, members_count } = known;
  const is_uncertain = known.is_uncertain || known.read_here !== readHere;
  return { head, changed_at, unread, mentions, is_uncertain, settings, members_count, ...(last ? { last } : {}) };
}

const THREAD_DRAFTS_MAX = 50;

/** The draft for a conversation, or for one of its threads. */
export function draftOf(record: ConversationRecord, thread: string | null = null): string {
  if (thread !== null) return record.thread_drafts?.[thread] ?? "";
  return record.draft_here ?? record.membership.draft ?? "";
}

export function withDraft(record: ConversationRecord, text: string, thread?: string): ConversationRecord {
  if (thread === undefined) return { ...record, draft_here: text };
  const others = Object.entries(record.thread_drafts ?? {}).filter(([root, draft]) => root !== thread && draft !== "");
  return { ...record, thread_drafts: Object.fromEntries([...others, [thread, text]].slice(-THREAD_DRAFTS_MAX)) };
}

/**
 * Whether a conversation is in the archive and not in the list: since it was put there nothing was said in it, or
 * it is muted.
 */
export function isArchived({ membership, last, unread }: ConversationRecord): boolean {
  const { hidden, hidden_seq, muted } = membership.preferences;
  const hasNews = last ? last.seq > (hidden_seq ?? 0) : unread > 0;
  return (hidden ?? false) && ((muted ?? false) || !hasNews);
}

/** Whether an event is worth showing in the list. */
export function isPreview(event: Event): boolean {
  return event.kind === "message" || event.kind === "deleted";
}

/** The record after one live event; the counters are the caller's. */
export function recordAfter(record: ConversationRecord, event: Event, me: string): ConversationRecord {
  if (event.seq <= record.head) return record;
  const moved = { ...record, head: event.seq, changed_at: event.at };
  switch (event.kind) {
    case "message":
      return { ...moved, last: event, read_here: readAfterOwn(record, event, me), ...(event.sender === me ? { is_request: false } : {}) };
    case "edit":
      return moved.last?.event_id === event.content.target && moved.last.kind === "message"
        ? { ...moved, last: { ...moved.last, content: { ...moved.last.content, body: event.content.body } } }
        : moved;
    case "delete":
      return moved.last?.event_id === event.content.target
        ? { ...moved, last: { ...moved.last, kind: "deleted", content: {} } }
        : moved;
    case "settings":
      return { ...moved, settings: settingsAfter(record.settings, event.content) };
    case "membership":
      return { ...moved, ...afterMembership(moved, event, me) };
    default:
      return moved;
  }
}

/** The record at a moment: without what disappears in the preview. */
export function recordAt(record: ConversationRecord, now: number): ConversationRecord {
  const last = record.last && leftAt(record.last, now);
  return last && last !== record.last ? { ...record, last } : record;
}

/** Who answers right below what was read has read it. */
function readAfterOwn(record: ConversationRecord, event: Event, me: string): number {
  const wasReadToTheEnd = record.unread === 0 && record.read_here >= record.head;
  return event.sender === me && wasReadToTheEnd ? event.seq : record.read_here;
}

/** A change names only the permissions that differ from the usual; who may post may comment unless it says otherwise. */
function settingsAfter(before: ConversationRecord["settings"], change: SettingsChange): ConversationRecord["settings"] {
  const { post, comment = post, ...others } = change.permissions ?? {};
  const permissions = { ...before.permissions, ...present({ ...others, post, comment }) };
  return { ...before, ...present(change), permissions };
}

function afterMembership(
  record: ConversationRecord,
  event: Extract<Event, { kind: "membership" }>,
  me: string,
): Partial<ConversationRecord> {
  const { user, change, role } = event.content;
  const mine = user === me && role ? { membership: { ...record.membership, role } } : {};
  const step = change === "joined" ? 1 : ["left", "removed", "banned"].includes(change) ? -1 : 0;
  return { ...mine, members_count: record.members_count + step };
}

function present<T extends object>(change: T): Partial<T> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value != null)) as Partial<T>;
}

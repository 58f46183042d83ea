import type { Event, Mention, Reaction } from "../api/types.ts";
import { react, type Item } from "../model/item.ts";
import type { OutboxEntry } from "../model/outbox.ts";
import { may } from "../model/permission.ts";
import { reachOf } from "../model/receipts.ts";
import type { ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { text, type TextKey } from "../text/text.ts";
import { clockTime, dayKey, dayLabel, fullTime } from "./moments.ts";
import { excerpt, faceOf, nameOf, type Face } from "./names.ts";

export type Status = "queued" | "sending" | "sent" | "delivered" | "read" | "failed";

export interface ReplyView {
  readonly id: string;
  readonly seq: number | null;
  readonly author: string;
  readonly text: string;
}

export interface ReactionView {
  readonly key: string;
  readonly emoji: string;
  readonly count: number;
  readonly isMine: boolean;
  readonly label: string;
  readonly names: string;
}

export interface MessageRow {
  readonly kind: "message";
  readonly key: string;
  /** The event's id; nothing until the server has given it one. */
  readonly id: string | null;
  readonly seq: number | null;
  /** The outbox entry behind it, while there is one. */
  readonly ref: string | null;
  readonly sender: string;
  readonly author: string;
  readonly face: Face;
  readonly isOwn: boolean;
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
  readonly showsAuthor: boolean;
  readonly time: string;
  readonly fullTime: string;
  readonly at: string;
  readonly text: string | null;
  readonly mentions: readonly Mention[];
  readonly isDeleted: boolean;
  readonly isEdited: boolean;
  readonly isPinned: boolean;
  readonly forwardedFrom: string | null;
  readonly reactions: readonly ReactionView[];
  readonly reply: ReplyView | null;
  readonly status: { readonly state: Status; readonly label: string } | null;
  readonly problem: string | null;
  readonly isHighlighted: boolean;
  readonly canEdit: boolean;
  readonly canDelete: boolean;
  readonly canReact: boolean;
  readonly canMarkUnread: boolean;
  readonly label: string;
}

export type Row =
  | MessageRow
  | { readonly kind: "system"; readonly key: string; readonly seq: number; readonly text: string; readonly time: string }
  | { readonly kind: "day"; readonly key: string; readonly text: string }
  | { readonly kind: "unread"; readonly key: "unread" };

/** What the rows of one conversation are made from. */
export interface RowSource {
  readonly state: State;
  readonly record: ConversationRecord;
  readonly items: readonly Item[];
  /** Whether `items` begin where the conversation begins. */
  readonly isFromStart: boolean;
  /** Whether `items` end where the conversation ends. */
  readonly isToEnd: boolean;
  /** Messages after this place are marked as new. */
  readonly divider: number | null;
  readonly highlight: number | null;
  /** Messages outside `items` that are answered in it. */
  readonly answered: ReadonlyMap<string, Event>;
  readonly now: number;
}

const GROUP_MS = 5 * 60_000;

export function rowsOf(source: RowSource): readonly Row[] {
  const pending = source.state.outbox.filter(({ conversation }) => conversation === source.record.conversation);
  const byId = new Map(source.items.map((item) => [item.event_id, item]));
  const lines = [
    ...source.items.flatMap((item) => lineOf(source, item, pending, byId)),
    ...(source.isToEnd ? unsentLines(source, pending, byId) : []),
  ];
  return separated(source, grouped(lines, source.record.kind !== "direct"));
}

type Line = Exclude<Row, { kind: "day" | "unread" }> & { readonly at: string };

function lineOf(source: RowSource, item: Item, pending: readonly OutboxEntry[], byId: ReadonlyMap<string, Item>): Line[] {
  switch (item.kind) {
    case "message":
    case "deleted":
      return [messageRow(source, item, pending, byId)];
    case "membership":
    case "settings":
    case "pin":
      if (source.record.kind === "direct" || source.record.kind === "notes") return [];
      return [
        {
          kind: "system",
          key: item.event_id,
          seq: item.seq,
          at: item.at,
          time: fullTime(item.at),
          text: systemText(source.state, item),
        },
      ];
    default:
      return [];
  }
}

function messageRow(source: RowSource, item: Item, pending: readonly OutboxEntry[], byId: ReadonlyMap<string, Item>): MessageRow {
  const { state, record } = source;
  const me = state.me?.address ?? "";
  const intents = pending.filter(({ intent }) => intent.kind !== "send" && intent.event === item.event_id);
  const isOwn = item.sender === me;
  const edit = intents.findLast(({ intent }) => intent.kind === "edit");
  const isDeleted = item.kind === "deleted" || intents.some(({ intent }) => intent.kind === "delete");
  const message = item.kind === "message" && !isDeleted ? item.content : null;
  const body = edit?.intent.kind === "edit" ? edit.intent.body : message?.body;
  const isText = message !== null && body?.type === "text";
  const isOpen = !record.settings.archived && message !== null;
  return named({
    ...common(state, item.sender, item.at),
    key: isOwn && item.client_ref ? item.client_ref : item.event_id,
    id: item.event_id,
    seq: item.seq,
    ref: edit?.ref ?? null,
    isOwn,
    text: isText ? body.text : null,
    mentions: isText ? (body.mentions ?? []) : [],
    isDeleted,
    isEdited: message !== null && (item.fold?.edited_at != null || edit !== undefined),
    isPinned: message !== null && (item.fold?.pinned ?? false),
    forwardedFrom: message?.forwarded ? nameOf(state, message.forwarded.sender) : null,
    reactions: message ? reactionViews(state, pendingReactions(item.fold?.reactions ?? [], intents, me)) : [],
    reply: message?.reply_to ? replyView(source, message.reply_to, byId) : null,
    status: isOwn && message && record.kind !== "notes" ? reached(record, item.seq, me) : null,
    problem: edit?.state === "failed" ? `${text("edit_failed")}. ${edit.problem?.title ?? ""}` : null,
    isHighlighted: source.highlight === item.seq,
    canEdit: isOwn && isText && isOpen,
    canDelete: message !== null && (isOwn || may(record, "moderate")),
    canReact: isOpen && may(record, "react"),
    canMarkUnread: message !== null && !isOwn,
  });
}

type Unplaced = Omit<MessageRow, "label" | "startsGroup" | "endsGroup" | "showsAuthor">;

function named(row: Unplaced): MessageRow {
  const said = row.isDeleted ? text("message_deleted") : (row.text ?? text("message_opaque"));
  const label = text("message_name", { author: row.isOwn ? text("you") : row.author, time: row.time, text: said });
  return { ...row, label, startsGroup: true, endsGroup: true, showsAuthor: false };
}

function common(state: State, sender: string, at: string) {
  const author = nameOf(state, sender);
  return {
    kind: "message" as const,
    sender,
    author,
    face: faceOf(author, sender),
    time: clockTime(at),
    fullTime: fullTime(at),
    at,
  };
}

function unsentLines(source: RowSource, pending: readonly OutboxEntry[], byId: ReadonlyMap<string, Item>): MessageRow[] {
  const arrived = new Set(source.items.map(({ client_ref }) => client_ref));
  return pending.flatMap((entry) => {
    const isWaiting = entry.intent.kind === "send" && !arrived.has(entry.ref);
    return isWaiting ? [unsentRow(source, entry, byId)] : [];
  });
}

function unsentRow(source: RowSource, entry: OutboxEntry, byId: ReadonlyMap<string, Item>): MessageRow {
  const { state } = source;
  const intent = entry.intent.kind === "send" ? entry.intent : null;
  const body = intent?.body;
  return named({
    ...common(state, state.me?.address ?? "", entry.sent?.at ?? entry.at),
    key: entry.ref,
    id: entry.sent?.event_id ?? null,
    seq: null,
    ref: entry.ref,
    isOwn: true,
    text: body?.type === "text" ? body.text : null,
    mentions: body?.type === "text" ? (body.mentions ?? []) : [],
    isDeleted: false,
    isEdited: false,
    isPinned: false,
    forwardedFrom: null,
    reactions: [],
    reply: intent?.reply_to ? replyView(source, intent.reply_to, byId) : null,
    status: { state: entry.state, label: text(`status_${entry.state}`) },
    problem: entry.state === "failed" ? (entry.problem?.title ?? text("status_failed")) : null,
    isHighlighted: false,
    canEdit: false,
    canDelete: false,
    canReact: false,
    canMarkUnread: false,
  });
}

function reached(record: ConversationRecord, seq: number, me: string): MessageRow["status"] {
  const { others, delivered, read } = reachOf(record.receipts, seq, me);
  const all = Math.max(others, record.members_count - 1);
  if (others === 0 || delivered === 0) return { state: "sent", label: text("status_sent") };
  if (read === all) return { state: "read", label: text("status_read") };
  if (read > 0) return { state: "delivered", label: text("status_read_some", { count: read, total: all }) };
  if (delivered === all) return { state: "delivered", label: text("status_delivered") };
  return { state: "sent", label: text("status_delivered_some", { count: delivered, total: all }) };
}

function pendingReactions(reactions: readonly Reaction[], intents: readonly OutboxEntry[], me: string): readonly Reaction[] {
  return intents.reduce<readonly Reaction[]>((folded, { intent }) => {
    if (intent.kind !== "react" && intent.kind !== "unreact") return folded;
    return react(folded, intent.emoji, me, intent.kind === "react", me);
  }, reactions);
}

function reactionViews(state: State, reactions: readonly Reaction[]): readonly ReactionView[] {
  return reactions.map(({ emoji, count, mine, users }) => ({
    key: emoji,
    emoji,
    count,
    isMine: mine,
    label: text(mine ? "reaction_mine" : "reaction", { emoji, count }),
    names: users.map((user) => (user === state.me?.address ? text("you") : nameOf(state, user))).join(", "),
  }));
}

function replyView({ state, answered }: RowSource, id: string, byId: ReadonlyMap<string, Item>): ReplyView {
  const event = byId.get(id) ?? answered.get(id);
  if (!event) return { id, seq: null, author: "", text: text("reply_unknown") };
  const author = event.sender === state.me?.address ? text("you") : nameOf(state, event.sender);
  return { id, seq: event.seq, author, text: excerpt(event) };
}

function systemText(state: State, item: Item): string {
  const who = nameOf(state, item.sender);
  if (item.kind === "pin") return text(item.content.pinned ? "sys_pinned" : "sys_unpinned", { who });
  if (item.kind === "settings") return settingsText(who, item.content);
  if (item.kind !== "membership") return "";
  const { user, change, role } = item.content;
  const key: TextKey = `sys_${change}`;
  return text(key, { name: nameOf(state, user), role: role ? text(`role_${role}`) : "" });
}

function settingsText(who: string, change: Extract<Event, { kind: "settings" }>["content"]): string {
  if (change.name != null) return text("sys_renamed", { who, name: change.name });
  if (change.topic != null) return text("sys_topic", { who, topic: change.topic });
  return text("sys_settings", { who });
}

function grouped(lines: readonly Line[], hasManyAuthors: boolean): readonly Line[] {
  return lines.map((line, index) => {
    if (line.kind !== "message") return line;
    const startsGroup = !continues(lines[index - 1], line);
    const next = lines[index + 1];
    const endsGroup = next === undefined || !continues(line, next);
    return { ...line, startsGroup, endsGroup, showsAuthor: startsGroup && hasManyAuthors && !line.isOwn };
  });
}

function continues(before: Line | undefined, line: Line): boolean {
  if (before?.kind !== "message" || line.kind !== "message") return false;
  if (before.sender !== line.sender || line.reply !== null) return false;
  return Date.parse(line.at) - Date.parse(before.at) <= GROUP_MS && dayKey(before.at) === dayKey(line.at);
}

/** The lines with the days and the beginning of what is new between them. */
function separated({ divider, isFromStart, now }: RowSource, lines: readonly Line[]): readonly Row[] {
  const rows: Row[] = [];
  let day = isFromStart ? "" : dayKey(lines[0]?.at ?? "");
  let isDivided = divider === null;
  for (const line of lines) {
    const lineDay = dayKey(line.at);
    if (lineDay !== day) rows.push({ kind: "day", key: `day:${lineDay}`, text: dayLabel(line.at, now) });
    day = lineDay;
    if (!isDivided && isNew(line, divider ?? 0)) {
      rows.push({ kind: "unread", key: "unread" });
      isDivided = true;
    }
    rows.push(line);
  }
  return rows;
}

function isNew(line: Line, divider: number): boolean {
  return line.kind === "message" && !line.isOwn && !line.isDeleted && line.seq !== null && line.seq > divider;
}

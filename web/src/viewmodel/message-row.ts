import type { Reaction } from "../api/types.ts";
import { react, type Item } from "../model/item.ts";
import type { OutboxEntry } from "../model/outbox.ts";
import { may } from "../model/permission.ts";
import { reachOf } from "../model/receipts.ts";
import type { ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { spoken, text } from "../text/text.ts";
import { timeLeft } from "./durations.ts";
import { clockTime, fullTime } from "./moments.ts";
import { excerpt, faceOf, nameOf, withoutSpoilers } from "./names.ts";
import { explainProblem } from "./problem.ts";
import type { MessageRow, ReactionView, ReplyView, RowSource } from "./rows.ts";

/** A message as it looks with everything that was done to it and has not been confirmed. */
export function messageRow(source: RowSource, item: Item, pending: readonly OutboxEntry[], byId: ReadonlyMap<string, Item>): MessageRow {
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
    saidAt: message?.sent_at ?? null,
    text: isText ? body.text : null,
    mentions: isText ? (body.mentions ?? []) : [],
    isDeleted,
    isEdited: message !== null && (item.fold?.edited_at != null || edit !== undefined),
    editedAt: message ? (item.fold?.edited_at ?? null) : null,
    expiry: message?.expires_at == null ? null : expiry(message.expires_at, source.now),
    isPinned: message !== null && (item.fold?.pinned ?? false),
    forwardedFrom: message?.forwarded ? nameOf(state, message.forwarded.sender) : null,
    reactions: message ? reactionViews(state, pendingReactions(item.fold?.reactions ?? [], intents, me)) : [],
    reply: message?.reply_to ? replyView(source, message.reply_to, byId) : null,
    status: isOwn && message && record.kind !== "notes" ? reached(record, item.seq, me) : null,
    problem: edit?.state === "failed" ? `${text("edit_failed")}. ${edit.problem ? explainProblem(edit.problem) : ""}` : null,
    isHighlighted: source.highlight === item.seq,
    canEdit: isOwn && isText && isOpen,
    canDelete: message !== null && (isOwn || may(record, "moderate")),
    canReact: isOpen && may(record, "react"),
    canMarkUnread: message !== null && !isOwn,
    canReport: message !== null && !isOwn,
  });
}

function expiry(at: string, now: number): MessageRow["expiry"] {
  const { words, mark } = timeLeft(at, now);
  return { label: text("disappears", { time: words }), mark };
}

type Unplaced = Omit<MessageRow, "label" | "startsGroup" | "endsGroup" | "showsAuthor">;

function named(row: Unplaced): MessageRow {
  const said = row.isDeleted ? text("message_deleted") : (row.text === null ? text("message_opaque") : withoutSpoilers(row.text));
  const label = spoken("message_name", { author: row.isOwn ? text("you") : row.author, time: row.time, text: said });
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

export function unsentRow(source: RowSource, entry: OutboxEntry, byId: ReadonlyMap<string, Item>): MessageRow {
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
    saidAt: null,
    text: body?.type === "text" ? body.text : null,
    mentions: body?.type === "text" ? (body.mentions ?? []) : [],
    isDeleted: false,
    isEdited: false,
    editedAt: null,
    expiry: null,
    isPinned: false,
    forwardedFrom: null,
    reactions: [],
    reply: intent?.reply_to ? replyView(source, intent.reply_to, byId) : null,
    status: { state: entry.state, label: text(`status_${entry.state}`) },
    problem: entry.state === "failed" ? (entry.problem ? explainProblem(entry.problem) : text("status_failed")) : null,
    isHighlighted: false,
    canEdit: false,
    canDelete: false,
    canReact: false,
    canMarkUnread: false,
    canReport: false,
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

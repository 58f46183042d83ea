import type { Reaction } from "../api/types.ts";
import { react, threadOf, type Item } from "../model/item.ts";
import type { OutboxEntry } from "../model/outbox.ts";
import { may } from "../model/permission.ts";
import { reachOf } from "../model/receipts.ts";
import type { ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { displayOf } from "../model/threads.ts";
import { spoken, text } from "../text/text.ts";
import { timeLeft } from "./durations.ts";
import { clockTime, fullTime, shortTime } from "./moments.ts";
import { excerpt, faceOf, nameOf, withoutSpoilers } from "./names.ts";
import { acknowledgementView, pollView, unsentPoll } from "./poll.ts";
import { explainProblem } from "./problem.ts";
import type { MessageRow, ReactionView, ReplyView, Surroundings, ThreadView } from "./rows.ts";

/** A message as it looks with everything that was done to it and has not been confirmed. */
export function messageRow(source: Surroundings, item: Item): MessageRow {
  const { state, record, pending } = source;
  const me = state.me?.address ?? "";
  const intents = pending.filter(({ intent }) => intent.kind !== "send" && intent.event === item.event_id);
  const isOwn = item.sender === me;
  const edit = intents.findLast(({ intent }) => intent.kind === "edit");
  const isDeleted = item.kind === "deleted" || intents.some(({ intent }) => intent.kind === "delete");
  const message = item.kind === "message" && !isDeleted ? item.content : null;
  const body = edit?.intent.kind === "edit" ? edit.intent.body : message?.body;
  const isText = message !== null && body?.type === "text";
  const isOpen = !record.settings.archived && message !== null;
  const root = threadOf(item);
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
    poll: message && pollView(source, item, message, intents),
    acknowledgement: message && acknowledgementView(source, item, message, intents),
    isDeleted,
    isEdited: message !== null && (item.fold?.edited_at != null || edit !== undefined),
    editedAt: message ? (item.fold?.edited_at ?? null) : null,
    expiry: message?.expires_at == null ? null : expiry(message.expires_at, source.now),
    isPinned: message !== null && (item.fold?.pinned ?? false),
    forwardedFrom: message?.forwarded ? nameOf(state, message.forwarded.sender) : null,
    reactions: message ? reactionViews(state, pendingReactions(item.fold?.reactions ?? [], intents, me)) : [],
    reply: message ? quoted(source, message.reply_to ?? null, root) : null,
    root: root ?? item.event_id,
    thread: threadView(source, item),
    status: isOwn && message && record.kind !== "notes" ? reached(record, item.seq, me) : null,
    problem: edit?.state === "failed" ? `${text("edit_failed")}. ${edit.problem ? explainProblem(edit.problem) : ""}` : null,
    isHighlighted: source.highlight === item.seq,
    canEdit: isOwn && isText && isOpen && !message.poll,
    canDelete: message !== null && (isOwn || may(record, "moderate")),
    canReact: isOpen && may(record, "react"),
    canReply: isOpen && may(record, source.thread === undefined && root === null ? "post" : "comment"),
    canThread: isOpen && source.thread === undefined && may(record, "comment"),
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
  const said = row.isDeleted ? text("message_deleted") : (row.text === null ? text("message_opaque") : withoutSpoilers(row.poll?.question ?? row.text));
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

export function unsentRow(source: Surroundings, entry: OutboxEntry): MessageRow {
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
    poll: intent?.poll && body?.type === "text" ? unsentPoll(intent.poll, body.text) : null,
    acknowledgement: null,
    isDeleted: false,
    isEdited: false,
    editedAt: null,
    expiry: null,
    isPinned: false,
    forwardedFrom: null,
    reactions: [],
    reply: intent ? quoted(source, intent.reply_to ?? null, intent.thread ?? null) : null,
    root: intent?.thread ?? null,
    thread: null,
    status: { state: entry.state, label: text(`status_${entry.state}`) },
    problem: entry.state === "failed" ? (entry.problem ? explainProblem(entry.problem) : text("status_failed")) : null,
    isHighlighted: false,
    canEdit: false,
    canDelete: false,
    canReact: false,
    canReply: false,
    canThread: false,
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

/** What a message answers: where threads stand in the conversation, at least the first message of its thread. */
function quoted(source: Surroundings, answers: string | null, thread: string | null): ReplyView | null {
  const id = answers ?? (source.thread === undefined ? thread : null);
  return id === null ? null : replyView(source, id);
}

const FACES_MAX = 3;

/** What is said of the thread below a message, where threads are shown beside the conversation. */
function threadView(source: Surroundings, item: Item): ThreadView | null {
  const { state, record, pending, threads, seenIn, now } = source;
  if (source.thread !== undefined || displayOf(record) !== "threads" || threadOf(item) !== null) return null;
  const answers = threads.get(item.event_id) ?? [];
  const arrived = new Set(answers.map(({ client_ref }) => client_ref));
  const unsent = pending.filter(({ ref, intent }) => intent.kind === "send" && intent.thread === item.event_id && !arrived.has(ref));
  const count = Math.max(item.fold?.replies ?? 0, answers.length) + unsent.length;
  if (count === 0) return null;
  const people = [...new Set(answers.toReversed().map(({ sender }) => sender))].slice(0, FACES_MAX);
  const last = unsent.at(-1)?.at ?? answers.at(-1)?.at;
  const seen = seenIn?.(item.event_id) ?? Infinity;
  return {
    count: text("thread_replies", { count }),
    last: last === undefined ? null : text("thread_last", { when: shortTime(last, now) }),
    faces: people.map((who) => ({ ...faceOf(nameOf(state, who), who), key: who })),
    isNew: answers.some(({ seq, sender }) => seq > seen && sender !== state.me?.address),
  };
}

function replyView({ state, answered, byId }: Surroundings, id: string): ReplyView {
  const event = byId.get(id) ?? answered.get(id);
  if (!event) return { id, seq: null, author: "", text: text("reply_unknown") };
  const author = event.sender === state.me?.address ? text("you") : nameOf(state, event.sender);
  return { id, seq: event.seq, author, text: excerpt(event) };
}

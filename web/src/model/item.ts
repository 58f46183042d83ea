import type { Body, Event, Fold, Message, Reaction } from "../api/types.ts";
import { tallyOf, voted } from "./poll.ts";

/** An event as this client keeps it: with what has become of it so far. */
export type Item = Event & {
  /** The thread that a deleted message belonged to, where this client saw it before it was deleted. */
  readonly was_in?: string;
};

const REACTION_USERS_MAX = 20;

/** The event that `event` changes, if it is one that changes another: a message of a thread changes the first one. */
export function targetOf(event: Event): string | null {
  switch (event.kind) {
    case "message":
      return event.content.thread ?? null;
    case "edit":
    case "delete":
    case "reaction":
    case "pin":
    case "vote":
    case "poll_closed":
    case "acknowledgement":
      return event.content.target;
    default:
      return null;
  }
}

/** The first message of the thread that an item belongs to; nothing for that one itself, and where there is no thread. */
export function threadOf(item: Item): string | null {
  return (item.kind === "message" ? item.content.thread : item.was_in) ?? null;
}

export function messageOf(item: Event): Message | null {
  return item.kind === "message" ? item.content : null;
}

export function textOf(item: Event): string | null {
  const body = messageOf(item)?.body;
  return body?.type === "text" ? body.text : null;
}

/** Whether `me` is named in the body, alone or together with everybody. */
export function mentions(body: Body, me: string): boolean {
  if (body.type !== "text") return false;
  return (body.mentions ?? []).some(({ who }) => who === me || who === "everyone" || who === "here");
}

/** The place up to which an item is folded. */
function foldedTo(item: Item): number {
  return Math.max(item.seq, item.fold?.changed_seq ?? 0);
}

/** Which of two states of one event came later. */
export function laterOf(a: Item, b: Item): Item {
  if (isEmptied(a) || isEmptied(b)) return isEmptied(a) ? a : emptiedLike(b, a);
  return foldedTo(b) > foldedTo(a) ? b : a;
}

/** What is left of a message, with the thread that only the message itself tells of. */
function emptiedLike(item: Item, before: Item): Item {
  const thread = threadOf(before);
  return thread === null ? item : { ...item, was_in: thread };
}

function isEmptied(item: Item): boolean {
  if (item.kind === "vote") return item.content.options.length === 0 && !item.content.was?.length;
  return item.kind === "deleted" || (item.kind === "edit" && isEmpty(item.content.body));
}

function isEmpty(body: Body): boolean {
  return body.type === "text" && body.text === "";
}

/** The message that has to be the target of an event for the event to concern this item. */
export function subjectOf(item: Item): string {
  return item.kind === "edit" || item.kind === "vote" ? item.content.target : item.event_id;
}

/**
 * `item` after `event` happened to it. What is already in the fold changes nothing, so pages and
 * pushes may overlap and repeat.
 */
export function foldInto(item: Item, event: Event, me: string): Item {
  if (item.kind === "edit" || item.kind === "vote") return event.kind === "delete" && event.content.target === subjectOf(item) ? emptied(item) : item;
  if (event.seq <= foldedTo(item)) return item;
  if (event.kind === "message") return answered(item, event.seq, 1);
  if (event.kind === "delete" && event.content.target !== item.event_id) return answered(item, event.seq, -1);
  if (item.kind !== "message") return item;
  switch (event.kind) {
    case "edit":
      return withFold({ ...item, content: { ...item.content, body: event.content.body } }, event.seq, {
        edited_at: event.at,
      });
    case "delete":
      return tombstone({ ...item, fold: { ...item.fold, changed_seq: event.seq } });
    case "pin":
      return withFold(item, event.seq, { pinned: event.content.pinned });
    case "reaction": {
      const { emoji, added } = event.content;
      const reactions = react(item.fold?.reactions ?? [], emoji, event.sender, added, me);
      return withFold(item, event.seq, { reactions });
    }
    case "vote":
      return withVote(item, event, me);
    case "poll_closed":
      return item.content.poll ? withFold(item, event.seq, { poll: { ...tallyOf(item.content.poll, item.fold), closed: true } }) : item;
    case "acknowledgement": {
      const { count, mine } = item.fold?.acknowledged ?? { count: 0 };
      const isNew = !event.content.again;
      const acknowledged = { count: count + (isNew ? 1 : 0), mine: (mine ?? false) || event.sender === me };
      return withFold(item, event.seq, { acknowledged });
    }
    default:
      return item;
  }
}

function withVote(item: Extract<Item, { kind: "message" }>, event: Extract<Event, { kind: "vote" }>, me: string): Item {
  const { poll } = item.content;
  const tally = poll && tallyOf(poll, item.fold);
  if (!tally || tally.closed) return item;
  const vote = { who: event.sender, was: event.content.was ?? [], options: event.content.options };
  return withFold(item, event.seq, { poll: voted(poll, tally, vote, me) });
}

/** What is left of an edit or a vote when its message is deleted: not what it said. */
export function emptied(item: Extract<Item, { kind: "edit" | "vote" }>): Item {
  if (item.kind === "vote") return { ...item, content: { target: item.content.target, options: [] } };
  return { ...item, content: { ...item.content, body: { type: "text", text: "" } } };
}

/** What is left of a message when it is deleted: its place, and its thread. */
export function tombstone(item: Item): Item {
  const { fold, client_ref: _ref, ...rest } = item;
  const thread = threadOf(item);
  const answers = fold?.replies ? { fold: { replies: fold.replies, changed_seq: fold.changed_seq ?? 0 } } : {};
  return { ...rest, ...answers, ...(thread === null ? {} : { was_in: thread }), kind: "deleted", content: {} };
}

/** The first message of a thread after one more or one less was in it. */
function answered(item: Item, seq: number, by: 1 | -1): Item {
  return withFold(item, seq, { replies: Math.max(0, (item.fold?.replies ?? 0) + by) });
}

/** The first message of a thread after one of its messages went by itself. */
export function withoutAnswer(item: Item): Item {
  return answered(item, item.fold?.changed_seq ?? 0, -1);
}

/** When an item disappears (Unix milliseconds); infinity for those that stay. */
export function expiryOf(item: Item): number {
  const at = messageOf(item)?.expires_at;
  return at == null ? Infinity : Date.parse(at);
}

/** What is left of an item at a moment. */
export function leftAt(item: Item, now: number): Item {
  return expiryOf(item) <= now ? tombstone(item) : item;
}

/** The reactions after `user` put `emoji` on or took it away. */
export function react(
  reactions: readonly Reaction[],
  emoji: string,
  user: string,
  added: boolean,
  me: string,
): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (!known) return added ? [...reactions, { emoji, count: 1, users: [user], mine: user === me }] : [...reactions];
  const changed = added ? withUser(known, user, me) : withoutUser(known, user, me);
  return reactions.map((reaction) => (reaction === known ? changed : reaction)).filter(({ count }) => count > 0);
}

function withUser(reaction: Reaction, user: string, me: string): Reaction {
  if (reaction.users.includes(user) || (user === me && reaction.mine)) return reaction;
  const users = reaction.users.length < REACTION_USERS_MAX ? [...reaction.users, user] : reaction.users;
  return { ...reaction, users, count: reaction.count + 1, mine: reaction.mine || user === me };
}

function withoutUser(reaction: Reaction, user: string, me: string): Reaction {
  const isListed = reaction.users.includes(user);
  const isComplete = reaction.users.length >= reaction.count;
  if (!isListed && (isComplete || (user === me && !reaction.mine))) return reaction;
  const users = reaction.users.filter((other) => other !== user);
  return { ...reaction, users, count: reaction.count - 1, mine: reaction.mine && user !== me };
}

function withFold(item: Item, seq: number, change: Partial<Fold>): Item {
  return { ...item, fold: { ...item.fold, ...change, changed_seq: seq } };
}

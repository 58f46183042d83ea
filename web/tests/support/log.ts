import type { Event, Fold } from "../../src/api/types.ts";
import type { Item } from "../../src/model/item.ts";
import type { Page } from "../../src/model/timeline.ts";

export const CONVERSATION = "c1";
export const ME = "alice@example.org";
export const OTHERS = ["bob@example.org", "carol@example.org"] as const;
export const PEOPLE = [ME, ...OTHERS];

/** Something that somebody does; numbers choose among what there is. */
export type Deed =
  | { readonly do: "say"; readonly who: number; readonly mentions: boolean; readonly inThread: number | null }
  | { readonly do: "edit" | "delete" | "pin" | "unpin"; readonly who: number; readonly target: number }
  | { readonly do: "react" | "unreact"; readonly who: number; readonly target: number; readonly emoji: string };

/** The log that a server would have after these deeds. */
export function logOf(deeds: readonly Deed[]): Event[] {
  const log: Event[] = [];
  const deleted = new Set<string>();
  for (const deed of deeds) {
    const messages = log.filter(({ kind, event_id }) => kind === "message" && !deleted.has(event_id));
    const event = eventOf(deed, log.length + 1, messages);
    if (!event) continue;
    if (event.kind === "delete") deleted.add(event.content.target);
    log.push(event);
  }
  return log;
}

function eventOf(deed: Deed, seq: number, messages: readonly Event[]): Event | null {
  const base = {
    conversation: CONVERSATION,
    epoch: 1,
    seq,
    event_id: `e${seq}`,
    at: new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString(),
    sender: PEOPLE[deed.who % PEOPLE.length] ?? ME,
  };
  if (deed.do === "say") {
    const mentions = deed.mentions ? [{ start: 0, end: 6, who: ME }] : [];
    const thread = deed.inThread === null ? undefined : messages[deed.inThread % Math.max(1, messages.length)]?.event_id;
    const body = { type: "text" as const, text: `text ${seq}`, mentions };
    return { ...base, kind: "message", content: { body, ...(thread ? { thread } : {}) } };
  }
  const target = messages[deed.target % Math.max(1, messages.length)]?.event_id;
  if (target === undefined) return null;
  switch (deed.do) {
    case "edit":
      return { ...base, kind: "edit", content: { target, body: { type: "text", text: `edited ${seq}` } } };
    case "delete":
      return { ...base, kind: "delete", content: { target } };
    case "pin":
    case "unpin":
      return { ...base, kind: "pin", content: { target, pinned: deed.do === "pin" } };
    default:
      return { ...base, kind: "reaction", content: { target, emoji: deed.emoji, added: deed.do === "react" } };
  }
}

/** An event as a server tells it in history when the log is this long. */
export function folded(log: readonly Event[], event: Event): Event {
  if (event.kind === "edit") {
    const { target } = event.content;
    const isGone = log.some((other) => other.kind === "delete" && other.content.target === target);
    return isGone ? { ...event, content: { target, body: { type: "text", text: "" } } } : event;
  }
  if (event.kind !== "message") return event;
  const later = log.filter((other) => concerns(other, event));
  const answers = log.filter((other) => isAnswer(other, event));
  const deletions = log.filter((other) => answers.some((answer) => other.kind === "delete" && other.content.target === answer.event_id));
  const gone = new Set(deletions.map((other) => (other.kind === "delete" ? other.content.target : "")));
  const replies = answers.length - gone.size;
  const changed_seq = Math.max(0, ...[...later, ...answers, ...deletions].map(({ seq }) => seq));
  const counted = { ...(replies > 0 ? { replies } : {}), changed_seq };
  if (later.some(({ kind }) => kind === "delete")) {
    return { ...event, kind: "deleted", content: {}, ...(replies > 0 ? { fold: counted } : {}) };
  }
  const fold = { ...foldOf(later), ...counted };
  const body = later.findLast(({ kind }) => kind === "edit");
  const content = body?.kind === "edit" ? { ...event.content, body: body.content.body } : event.content;
  return { ...event, content, ...(changed_seq > 0 ? { fold } : {}) };
}

function concerns(other: Event, message: Event): boolean {
  return "target" in other.content && other.content.target === message.event_id;
}

function isAnswer(other: Event, message: Event): boolean {
  return other.kind === "message" && other.content.thread === message.event_id;
}

function foldOf(later: readonly Event[]): Omit<Fold, "changed_seq"> {
  const edit = later.findLast(({ kind }) => kind === "edit");
  const pin = later.findLast(({ kind }) => kind === "pin");
  const reactions = reactionsOf(later);
  return {
    ...(edit ? { edited_at: edit.at } : {}),
    ...(pin?.kind === "pin" && pin.content.pinned ? { pinned: true } : {}),
    ...(reactions.length > 0 ? { reactions } : {}),
  };
}

function reactionsOf(later: readonly Event[]) {
  const users = new Map<string, string[]>();
  for (const event of later) {
    if (event.kind !== "reaction") continue;
    const { emoji, added } = event.content;
    const others = (users.get(emoji) ?? []).filter((user) => user !== event.sender);
    const known = users.get(emoji)?.includes(event.sender) ?? false;
    if (added && !known) users.set(emoji, [...others, event.sender]);
    else if (!added) users.set(emoji, others);
    if (users.get(emoji)?.length === 0) users.delete(emoji);
  }
  return [...users].map(([emoji, who]) => ({ emoji, count: who.length, users: who, mine: who.includes(ME) }));
}

/** A page of history as told when the log was this long. */
export function pageOfLog(log: readonly Event[], from: number, to: number): Page {
  const items = log.filter(({ seq }) => from <= seq && seq <= to).map((event) => folded(log, event));
  return { epoch: 1, from, to, items };
}

/** What is comparable of an item: empty folds are no folds, and only a client remembers threads of what was deleted. */
export function meaning(item: Item): unknown {
  const { fold, was_in: _thread, ...rest } = item;
  const { edited_at, reactions, pinned, replies } = fold ?? {};
  const sorted = (reactions ?? []).map(({ users, ...more }) => ({ ...more, users: [...users].sort() }));
  return {
    ...rest,
    edited_at: edited_at ?? null,
    reactions: sorted.sort((a, b) => a.emoji.localeCompare(b.emoji)),
    pinned: pinned ?? false,
    replies: replies ?? 0,
  };
}

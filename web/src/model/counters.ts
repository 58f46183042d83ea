import type { Event } from "../api/types.ts";
import { mentions, type Item } from "./item.ts";
import { tailOf, type Timeline } from "./timeline.ts";

export interface Counters {
  readonly unread: number;
  readonly mentions: number;
}

/** Whether an event waits to be read: a message of somebody else after the read position. */
export function isUnread(event: Event, readSeq: number, me: string): boolean {
  return event.kind === "message" && event.seq > readSeq && event.sender !== me;
}

/** The counters of a log. Deleted messages are no messages any more and so do not count. */
export function countUnread(items: readonly Item[], readSeq: number, me: string): Counters {
  const waiting = items.filter((item) => isUnread(item, readSeq, me));
  const mentioning = waiting.filter((item) => item.kind === "message" && mentions(item.content.body, me));
  return { unread: waiting.length, mentions: mentioning.length };
}

/** The counters as the timeline shows them, or nothing when it does not reach back far enough. */
export function countersOf(timeline: Timeline | undefined, head: number, readSeq: number, me: string): Counters | null {
  if (readSeq >= head) return { unread: 0, mentions: 0 };
  const tail = timeline && tailOf(timeline);
  if (!tail || tail.to < head || tail.from > readSeq + 1) return null;
  return countUnread(tail.items, readSeq, me);
}

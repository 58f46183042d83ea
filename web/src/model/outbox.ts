import type { Body, Event, NewPoll, Problem, Sent } from "../api/types.ts";

/** What a person did and the server has not confirmed yet. */
export type Intent =
  | { readonly kind: "send"; readonly body: Body; readonly reply_to?: string; readonly thread?: string; readonly poll?: NewPoll; readonly needs_acknowledgement?: boolean }
  | { readonly kind: "edit"; readonly event: string; readonly body: Body }
  | { readonly kind: "delete"; readonly event: string }
  | { readonly kind: "react"; readonly event: string; readonly emoji: string }
  | { readonly kind: "unreact"; readonly event: string; readonly emoji: string }
  | { readonly kind: "vote"; readonly event: string; readonly options: readonly number[] }
  | { readonly kind: "close_poll"; readonly event: string }
  | { readonly kind: "acknowledge"; readonly event: string };

export type OutboxState = "queued" | "sending" | "sent" | "failed";

/** One line of the outbox. `ref` is the `client_ref`, the same for every attempt. */
export interface OutboxEntry {
  readonly ref: string;
  readonly conversation: string;
  /** Rises with every entry of this account on this browser. */
  readonly order: number;
  readonly at: string;
  readonly intent: Intent;
  readonly state: OutboxState;
  readonly attempts: number;
  /** Not to be tried again before this moment (Unix milliseconds). */
  readonly not_before?: number;
  readonly problem?: Problem;
  readonly sent?: Sent;
}

const INTERNAL_ATTEMPTS_MAX = 2;
const RETRY_MS = 1_000;

export function newEntry(ref: string, conversation: string, order: number, at: string, intent: Intent): OutboxEntry {
  return { ref, conversation, order, at, intent, state: "queued", attempts: 0 };
}

/** The entries in the order in which they were made. */
export function withEntry(outbox: readonly OutboxEntry[], entry: OutboxEntry): readonly OutboxEntry[] {
  const others = outbox.filter(({ ref }) => ref !== entry.ref);
  return [...others, entry].sort((a, b) => a.order - b.order);
}

/** What may go out now: the first unconfirmed entry of each conversation, unless it has to wait. */
export function nextToSend(outbox: readonly OutboxEntry[], now: number): readonly OutboxEntry[] {
  const firsts = new Map<string, OutboxEntry>();
  for (const entry of outbox) {
    if (entry.state === "sent" || entry.state === "failed") continue;
    if (!firsts.has(entry.conversation)) firsts.set(entry.conversation, entry);
  }
  return [...firsts.values()].filter(({ state, not_before }) => state === "queued" && (not_before ?? 0) <= now);
}

/** When to look again for something to send; nothing when only answers are awaited. */
export function nextWake(outbox: readonly OutboxEntry[], now: number): number | null {
  const moments = outbox
    .filter(({ state, not_before }) => state === "queued" && (not_before ?? 0) > now)
    .map(({ not_before }) => not_before ?? 0);
  return moments.length > 0 ? Math.min(...moments) : null;
}

export function sending(entry: OutboxEntry): OutboxEntry {
  const { not_before: _wait, problem: _problem, ...rest } = entry;
  return { ...rest, state: "sending", attempts: entry.attempts + 1 };
}

export function confirmed(entry: OutboxEntry, sent: Sent): OutboxEntry {
  return { ...entry, state: "sent", sent };
}

/** The entry after an attempt of which nobody knows how it ended: it goes again, with the same `ref`. */
export function unanswered(entry: OutboxEntry): OutboxEntry {
  return { ...entry, state: "queued" };
}

/** The entry after the server said no: given up, or tried again when the server says so. */
export function refused(entry: OutboxEntry, problem: Problem, now: number): OutboxEntry {
  const isHopeless = problem.retry === "never" || (problem.status === 500 && entry.attempts >= INTERNAL_ATTEMPTS_MAX);
  if (isHopeless) return { ...entry, state: "failed", problem };
  return { ...entry, state: "queued", not_before: now + (problem.retry_after_ms ?? RETRY_MS) };
}

/** The entry as it goes out once more because the person asked for it. */
export function retried(entry: OutboxEntry): OutboxEntry {
  const { problem: _problem, not_before: _wait, ...rest } = entry;
  return { ...rest, state: "queued", attempts: 0 };
}

/** What is left after an event of mine came back. */
export function withoutEvent(outbox: readonly OutboxEntry[], event: Event, me: string): readonly OutboxEntry[] {
  if (event.sender !== me || !event.client_ref) return outbox;
  const left = outbox.filter(({ ref }) => ref !== event.client_ref);
  return left.length === outbox.length ? outbox : left;
}

/** What is left once everything up to `head` of the conversation is known. */
export function withoutSettled(outbox: readonly OutboxEntry[], conversation: string, head: number) {
  const isSettled = (entry: OutboxEntry) =>
    entry.conversation === conversation && entry.sent !== undefined && entry.sent.seq <= head;
  return outbox.some(isSettled) ? outbox.filter((entry) => !isSettled(entry)) : outbox;
}

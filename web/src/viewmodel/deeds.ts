import { newEntry, retried, type Intent } from "../model/outbox.ts";
import { freshRef, nextOrder } from "./fresh.ts";
import type { Gateway } from "./gateway.ts";
import type { MessageRow } from "./rows.ts";

/** What a person does with messages, wherever they stand. */
export interface Deeds {
  toggleReaction(row: MessageRow, emoji: string): void;
  vote(row: MessageRow, options: readonly number[]): void;
  closePoll(row: MessageRow): void;
  acknowledge(row: MessageRow): void;
  remove(row: MessageRow): void;
  retry(ref: string): void;
  discard(ref: string): void;
}

/** Puts something into the outbox; answers with its `client_ref`. */
export function enqueue(gateway: Gateway, conversation: string, now: number, intent: Intent): string {
  const entry = newEntry(freshRef(), conversation, nextOrder(now), new Date(now).toISOString(), intent);
  gateway.tell({ fact: "outbox", entry });
  return entry.ref;
}

export function deedsOf(gateway: Gateway, conversation: string, now: () => number): Deeds {
  const ask = (intent: Intent) => enqueue(gateway, conversation, now(), intent);
  return {
    toggleReaction(row, emoji) {
      if (row.id === null) return;
      const isMine = row.reactions.some((reaction) => reaction.emoji === emoji && reaction.isMine);
      ask({ kind: isMine ? "unreact" : "react", event: row.id, emoji });
    },
    vote(row, options) {
      if (row.id !== null) ask({ kind: "vote", event: row.id, options });
    },
    closePoll(row) {
      if (row.id !== null) ask({ kind: "close_poll", event: row.id });
    },
    acknowledge(row) {
      if (row.id !== null) ask({ kind: "acknowledge", event: row.id });
    },
    remove(row) {
      if (row.id !== null) ask({ kind: "delete", event: row.id });
    },
    retry(ref) {
      const entry = gateway.current.outbox.find((other) => other.ref === ref);
      if (entry) gateway.tell({ fact: "outbox", entry: retried(entry) });
    },
    discard(ref) {
      gateway.tell({ fact: "outbox_dropped", ref });
    },
  };
}

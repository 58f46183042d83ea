import type { State } from "../model/state.ts";

/**
 * What has become of a message that was sent from here under this `client_ref`: it never left, it is this event,
 * or nobody knows yet, because the server may have it.
 */
export function sentAs(state: State, conversation: string, ref: string): "unsent" | "unknown" | { readonly event: string } {
  const entry = state.outbox.find((other) => other.ref === ref);
  if (entry?.state === "failed" || (entry?.state === "queued" && entry.attempts === 0)) return "unsent";
  if (entry?.sent) return { event: entry.sent.event_id };
  const segments = state.timelines.get(conversation)?.segments ?? [];
  const event = segments.flatMap(({ items }) => items).findLast(({ client_ref }) => client_ref === ref);
  return event ? { event: event.event_id } : "unknown";
}

import type { Args, EventPage } from "../api/types.ts";
import type { Page } from "../model/timeline.ts";

/** Which part of a log to ask for; the newest when nothing is said. */
export type Place = { readonly before: number } | { readonly after: number } | { readonly around: number } | null;

export function listArgs(conversation: string, place: Place, limit: number): Args<"event.list"> {
  return { conversation, limit, ...place };
}

/** What an answer settles. `headBefore` was the newest known place when the question was asked. */
export function pageOf(answer: EventPage, place: Place, headBefore: number): Page {
  const { epoch, items } = answer;
  const first = items[0]?.seq;
  const last = items.at(-1)?.seq;
  const start = answer.has_before && first !== undefined ? first : 1;
  const end = answer.has_after && last !== undefined ? last : Math.max(last ?? 0, headBefore);
  return {
    epoch,
    from: place && "after" in place ? place.after + 1 : start,
    to: place && "before" in place ? place.before - 1 : end,
    items,
  };
}

import type { Presence } from "../api/types.ts";
import { text } from "../text/text.ts";
import { shortTime } from "./moments.ts";

/** What is known of somebody's presence, in words: what they say, or when they were last here. */
export function presenceText(presence: Presence | undefined, now: number): string | null {
  if (!presence) return null;
  const { availability, status, last_seen_at } = presence;
  if (status) return status;
  if (availability === "offline" && last_seen_at) return text("last_seen", { when: shortTime(last_seen_at, now) });
  return availability === "invisible" ? null : text(availability);
}

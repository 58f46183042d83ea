import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 15;

/** Looks until `condition` gives something, and hands that back; fails when it is late. */
export async function until(condition, what, seconds = 20) {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await pause(LOOK_EVERY_MS); // polls: the condition, until the deadline
  }
}

/** A moment that has nothing to do with what everybody is doing: for mishaps, not for waiting. */
export function anyMoment(roll, longestMs) {
  return pause(roll(longestMs));
}

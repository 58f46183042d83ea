import { text } from "../text/text.ts";
import { momentAhead } from "./moments.ts";

/** A time at which something can be sent. */
export interface LaterChoice {
  readonly key: string;
  readonly label: string;
  /** The time in words. */
  readonly hint: string;
  /** Unix milliseconds. */
  readonly at: number;
}

const HOUR_MS = 3_600_000;
const MORNING_HOUR = 9;

/** The times that people mostly mean. */
export function laterChoices(now: number): readonly LaterChoice[] {
  const choice = (key: string, label: string, at: number) => ({ key, label, at, hint: momentAhead(isoOf(at), now) });
  return [
    choice("hour", text("later_hour"), now + HOUR_MS),
    choice("tomorrow", text("later_tomorrow"), morningIn(now, 1)),
    choice("monday", text("later_monday"), morningIn(now, daysToMonday(now))),
  ];
}

/** A moment as a field for day and time has it, to the minute, in the time of this place. */
export function fieldOf(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The moment in such a field; nothing when there is none. */
export function momentOf(field: string): number | null {
  const at = new Date(field).getTime();
  return Number.isNaN(at) ? null : at;
}

export function isoOf(at: number): string {
  return new Date(at).toISOString();
}

function morningIn(now: number, days: number): number {
  const today = new Date(now);
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() + days, MORNING_HOUR).getTime();
}

/** One to seven days. */
function daysToMonday(now: number): number {
  return ((7 + 1 - new Date(now).getDay()) % 7) || 7;
}

import { text } from "../text/text.ts";

const DAY_MS = 86_400_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const shortDate = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const longDate = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const fullMoment = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

export function clockTime(at: string): string {
  return clock.format(new Date(at));
}

export function fullTime(at: string): string {
  return fullMoment.format(new Date(at));
}

/** A name for the day that is the same for two moments of one day. */
export function dayKey(at: string): string {
  const day = new Date(at);
  return `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()}`;
}

export function dayLabel(at: string, now: number): string {
  const ago = daysAgo(at, now);
  if (ago === 0) return text("today");
  if (ago === 1) return text("yesterday");
  return longDate.format(new Date(at));
}

/** The shortest words that say when: the time today, the weekday this week, else the date. */
export function shortTime(at: string, now: number): string {
  const ago = daysAgo(at, now);
  if (ago <= 0) return clockTime(at);
  if (ago === 1) return text("yesterday");
  return ago < 7 ? weekday.format(new Date(at)) : shortDate.format(new Date(at));
}

function daysAgo(at: string, now: number): number {
  const midnight = (moment: Date) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
  return Math.round((midnight(new Date(now)) - midnight(new Date(at))) / DAY_MS);
}

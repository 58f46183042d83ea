import { locale, text } from "../text/text.ts";
import type { Clock } from "./preferences.ts";

const DAY_MS = 86_400_000;
const FORMS = {
  clock: { hour: "2-digit", minute: "2-digit" },
  weekday: { weekday: "long" },
  shortDate: { day: "numeric", month: "short" },
  longDate: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  ahead: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  fullMoment: { dateStyle: "full", timeStyle: "short" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const HAS_CLOCK: ReadonlySet<keyof typeof FORMS> = new Set(["clock", "ahead", "fullMoment"]);
const CYCLES: Record<Clock, Intl.DateTimeFormatOptions> = { language: {}, h12: { hourCycle: "h12" }, h24: { hourCycle: "h23" } };
let clock: Clock = "language";

/** Writes times of day in this way from now on. */
export function useClock(wanted: Clock): void {
  clock = wanted;
}

/** Making a format takes longer than using it a hundred times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function written(at: string, form: keyof typeof FORMS): string {
  const key = `${locale()} ${clock} ${form}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale(), { ...FORMS[form], ...(HAS_CLOCK.has(form) ? CYCLES[clock] : {}) });
  formats.set(key, format);
  return format.format(new Date(at));
}

export function clockTime(at: string): string {
  return written(at, "clock");
}

export function fullTime(at: string): string {
  return written(at, "fullMoment");
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
  return written(at, "longDate");
}

/** The shortest words that say when: the time today, the weekday this week, else the date. */
export function shortTime(at: string, now: number): string {
  const ago = daysAgo(at, now);
  if (ago <= 0) return clockTime(at);
  if (ago === 1) return text("yesterday");
  return written(at, ago < 7 ? "weekday" : "shortDate");
}

/** When something will be: the time today, else also the day. */
export function momentAhead(at: string, now: number): string {
  return daysAgo(at, now) === 0 ? clockTime(at) : written(at, "ahead");
}

function daysAgo(at: string, now: number): number {
  const midnight = (moment: Date) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
  return Math.round((midnight(new Date(now)) - midnight(new Date(at))) / DAY_MS);
}

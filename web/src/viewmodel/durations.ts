import { locale } from "../text/text.ts";

const UNITS = [
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** A time in words, in the largest unit that divides it. */
export function duration(seconds: number): string {
  const [unit, length] = UNITS.find(([, length]) => seconds % length === 0) ?? ["second", 1];
  return counted(seconds / length, unit, "long");
}

/** About how long it is until a moment, rounded up, in words and as a mark of a few characters. */
export function timeLeft(until: string, now: number): { readonly words: string; readonly mark: string } {
  const seconds = Math.max(1, Math.ceil((Date.parse(until) - now) / 1_000));
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? ["second", 1];
  const count = Math.ceil(seconds / length);
  return { words: counted(count, unit, "long"), mark: counted(count, unit, "narrow") };
}

function counted(count: number, unit: string, unitDisplay: "long" | "narrow"): string {
  return new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay }).format(count);
}

import { locale } from "../text/text.ts";

const UNITS = ["kilobyte", "megabyte", "gigabyte"] as const;

/** A number of bytes as people read it: in kilobytes of 1,000 bytes, or what is larger. */
export function sizeText(bytes: number): string {
  const size = Math.max(bytes / 1_000, bytes > 0 ? 1 : 0);
  const unit = size < 1_000 ? 0 : size < 1_000_000 ? 1 : 2;
  const format = new Intl.NumberFormat(locale(), { style: "unit", unit: UNITS[unit], maximumFractionDigits: unit === 0 ? 0 : 1 });
  return format.format(size / 1_000 ** unit);
}

import { expect, it } from "vitest";
import { fieldOf, laterChoices, momentOf } from "../src/viewmodel/later.ts";

const at = (year: number, month: number, day: number, hour = 0, minute = 0) => new Date(year, month - 1, day, hour, minute).getTime();

it("offers an hour from now, the next morning and the morning of the next Monday", () => {
  const thursday = at(2026, 11, 26, 23, 30);
  expect(laterChoices(thursday).map((choice) => choice.at)).toEqual([at(2026, 11, 27, 0, 30), at(2026, 11, 27, 9), at(2026, 11, 30, 9)]);
});

it("means the Monday of the next week on a Monday, and the day after on a Sunday", () => {
  const monday = (now: number) => laterChoices(now)[2]?.at;
  expect(monday(at(2026, 11, 30, 8))).toBe(at(2026, 12, 7, 9));
  expect(monday(at(2026, 11, 29, 8))).toBe(at(2026, 11, 30, 9));
});

it("writes a moment into a field and reads it again, in the time of this place", () => {
  const moment = at(2026, 12, 31, 17, 5);
  expect(fieldOf(moment)).toBe("2026-12-31T17:05");
  expect(momentOf(fieldOf(moment))).toBe(moment);
  expect(momentOf("")).toBe(null);
});

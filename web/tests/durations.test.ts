import { describe, expect, it } from "vitest";
import { duration, timeLeft } from "../src/viewmodel/durations.ts";

const NOW = Date.UTC(2026, 0, 2);

function left(seconds: number) {
  return timeLeft(new Date(NOW + seconds * 1_000).toISOString(), NOW);
}

describe("a duration", () => {
  it("is told in the largest unit that divides it", () => {
    expect([3_600, 86_400, 604_800, 2_419_200, 90, 61].map(duration)).toEqual(["1 hour", "1 day", "1 week", "4 weeks", "90 seconds", "61 seconds"]);
  });

  it("is rounded up while it runs out, and never nothing", () => {
    expect([86_400, 86_399, 3_601, 59, 0, -5].map((seconds) => left(seconds).words)).toEqual(["1 day", "24 hours", "2 hours", "59 seconds", "1 second", "1 second"]);
    expect(left(7_200).mark).toBe("2h");
  });
});

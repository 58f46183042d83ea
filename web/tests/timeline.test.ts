import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Item } from "../src/model/item.ts";
import { applyEvent, applyPage, cutBelow, emptyTimeline, tailOf, type Timeline } from "../src/model/timeline.ts";
import { deeds } from "./support/deeds.ts";
import { folded, logOf, meaning, ME, pageOfLog } from "./support/log.ts";

function check(timeline: Timeline, log: ReturnType<typeof logOf>) {
  for (const segment of timeline.segments) {
    const expected = log.filter(({ seq }) => segment.from <= seq && seq <= segment.to).map((event) => folded(log, event));
    expect(segment.items.map(meaning)).toEqual(expected.map(meaning));
  }
}

describe("a timeline", () => {
  it("is the same whether told event by event or as one page", () => {
    fc.assert(
      fc.property(deeds(1, 60), (history) => {
        const log = logOf(history);
        const live = log.reduce((timeline, event) => applyEvent(timeline, event, ME), emptyTimeline(1));
        check(live, log);
        check(applyPage(emptyTimeline(1), pageOfLog(log, 1, log.length), ME), log);
      }),
    );
  });

  const page = fc.record({ after: fc.nat(60), ahead: fc.nat(8), from: fc.nat(60), length: fc.integer({ min: 1, max: 30 }) });
  type AskedPage = typeof page extends fc.Arbitrary<infer T> ? T : never;

  /** What comes of pushes, each told twice, and of pages that were read when the log was `lengthAt` long. */
  function told(log: ReturnType<typeof logOf>, pages: readonly AskedPage[], lengthAt: (index: number, ahead: number) => number): Timeline {
    let timeline = emptyTimeline(1);
    log.forEach((event, index) => {
      timeline = applyEvent(timeline, event, ME);
      for (const { ahead, from, length } of pages.filter(({ after }) => after === index)) {
        const served = log.slice(0, lengthAt(index, ahead));
        const start = 1 + (from % (index + 2));
        const to = Math.min(start + length, served.length);
        if (start <= to) timeline = applyPage(timeline, pageOfLog(served, start, to), ME);
      }
      timeline = applyEvent(timeline, event, ME);
    });
    return timeline;
  }

  it("is what the server has, however pages and pushes overlap and repeat", () => {
    fc.assert(
      fc.property(deeds(5, 60), fc.array(page, { maxLength: 8 }), (history, pages) => {
        const log = logOf(history);
        fc.pre(log.length > 0);
        const timeline = told(log, pages, (index) => index + 1);
        expect(tailOf(timeline)).toMatchObject({ from: 1, to: log.length });
        check(timeline, log);
      }),
    );
  });

  it("is what the server has, but for counts of replies, also when pages run ahead", () => {
    fc.assert(
      fc.property(deeds(5, 60), fc.array(page, { maxLength: 8 }), (history, pages) => {
        const log = logOf(history);
        fc.pre(log.length > 0);
        const timeline = told(log, pages, (index, ahead) => index + 1 + ahead);
        const withoutReplies = ({ fold: { replies: _replies, ...fold } = {}, ...item }: Item): Item => ({ ...item, ...("changed_seq" in fold ? { fold: fold as Item["fold"] } : {}) }) as Item;
        for (const { items } of timeline.segments) {
          expect(items.map(withoutReplies).map(meaning)).toEqual(log.map((event) => meaning(withoutReplies(folded(log, event)))));
        }
      }),
    );
  });

  it("folds what was missed into older messages when a hole is filled in order", () => {
    fc.assert(
      fc.property(deeds(20, 60), fc.nat(10), fc.nat(10), (history, known, size) => {
        const log = logOf(history);
        let timeline = applyPage(emptyTimeline(1), pageOfLog(log.slice(0, known + 1), 1, known + 1), ME);
        for (let from = known + 2; from <= log.length; from += size + 1) {
          timeline = applyPage(timeline, pageOfLog(log, from, Math.min(from + size, log.length)), ME);
        }
        check(timeline, log);
      }),
    );
  });

  it("keeps holes apart and closes them when the missing part comes", () => {
    const log = logOf(Array.from({ length: 30 }, () => ({ do: "say", who: 1, mentions: false, inThread: null })));
    const newest = applyPage(emptyTimeline(1), pageOfLog(log, 21, 30), ME);
    const holed = applyPage(newest, pageOfLog(log, 1, 10), ME);
    expect(holed.segments.map(({ from, to }) => [from, to])).toEqual([[1, 10], [21, 30]]);
    const whole = applyPage(holed, pageOfLog(log, 11, 20), ME);
    expect(whole.segments.map(({ from, to }) => [from, to])).toEqual([[1, 30]]);
  });

  it("forgets what is below a place that may have changed unseen", () => {
    const log = logOf(Array.from({ length: 30 }, () => ({ do: "say", who: 1, mentions: false, inThread: null })));
    const cut = cutBelow(applyPage(emptyTimeline(1), pageOfLog(log, 1, 30), ME), 25);
    expect(cut.segments).toMatchObject([{ from: 25, to: 30 }]);
    expect(cut.segments[0]?.items).toHaveLength(6);
  });

  it("starts over when the log got another life", () => {
    const log = logOf(Array.from({ length: 5 }, () => ({ do: "say", who: 1, mentions: false, inThread: null })));
    const before = applyPage(emptyTimeline(1), pageOfLog(log, 1, 5), ME);
    const [first] = log;
    if (!first) throw new Error("no event");
    const after = applyEvent(before, { ...first, epoch: 2, seq: 1 }, ME);
    expect(after).toMatchObject({ epoch: 2, segments: [{ from: 1, to: 1 }] });
  });
});

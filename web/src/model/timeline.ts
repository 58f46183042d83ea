import type { Event } from "../api/types.ts";
import { emptied, expiryOf, foldInto, laterOf, leftAt, subjectOf, targetOf, threadOf, withoutAnswer, type Item } from "./item.ts";

/** A range of places of which everything is known. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  /** By `seq`. */
  readonly items: readonly Item[];
}

/** What is known of a conversation's log: ranges, oldest first, with holes between them. */
export interface Timeline {
  readonly epoch: number;
  readonly segments: readonly Segment[];
}

/** A run of history as the server told it. */
export interface Page {
  readonly epoch: number;
  /** First place that this page settles. */
  readonly from: number;
  /** Last place that this page settles. */
  readonly to: number;
  readonly items: readonly Event[];
}

export function emptyTimeline(epoch: number): Timeline {
  return { epoch, segments: [] };
}

/** The newest known range. */
export function tailOf(timeline: Timeline): Segment | undefined {
  return timeline.segments.at(-1);
}

export function segmentAt(timeline: Timeline, seq: number): Segment | undefined {
  return timeline.segments.find(({ from, to }) => from <= seq && seq <= to);
}

export function findItem(timeline: Timeline, eventId: string): Item | undefined {
  for (const segment of timeline.segments.toReversed()) {
    const item = segment.items.findLast(({ event_id }) => event_id === eventId);
    if (item) return item;
  }
  return undefined;
}

/** The timeline after one event arrived live. */
export function applyEvent(timeline: Timeline, event: Event, me: string): Timeline {
  if (event.epoch !== timeline.epoch) return applyEvent(emptyTimeline(event.epoch), event, me);
  if (segmentAt(timeline, event.seq)) return timeline;
  const folded = foldAll(timeline.segments, [event], me);
  const fresh = { from: event.seq, to: event.seq, items: [event] };
  return { ...timeline, segments: joined(folded, fresh) };
}

/** The timeline after a page of history arrived. */
export function applyPage(timeline: Timeline, page: Page, me: string): Timeline {
  if (page.epoch !== timeline.epoch) return applyPage(emptyTimeline(page.epoch), page, me);
  const news = page.items.filter(({ seq }) => !segmentAt(timeline, seq));
  const folded = foldAll(timeline.segments, news, me);
  return { ...timeline, segments: joined(folded, { from: page.from, to: page.to, items: page.items }) };
}

/** The timeline without the contents of messages whose time has come. */
export function withoutExpired(timeline: Timeline, now: number): Timeline {
  const isGone = (item: Item) => expiryOf(item) <= now;
  if (!timeline.segments.some(({ items }) => items.some(isGone))) return timeline;
  const gone = new Set(timeline.segments.flatMap(({ items }) => items.filter(isGone).map(({ event_id }) => event_id)));
  const left = (item: Item) => (item.kind === "edit" && gone.has(item.content.target) ? emptied(item) : leftAt(item, now));
  const goneFrom = timeline.segments.flatMap(({ items }) => items.filter(isGone).flatMap((item) => threadOf(item) ?? []));
  const counted = (item: Item) => goneFrom.filter((root) => root === item.event_id).reduce(withoutAnswer, item);
  return { ...timeline, segments: timeline.segments.map((segment) => ({ ...segment, items: segment.items.map(left).map(counted) })) };
}

/** Forgets everything before `seq`, because it may have changed unseen. */
export function cutBelow(timeline: Timeline, seq: number): Timeline {
  const segments = timeline.segments
    .filter(({ to }) => to >= seq)
    .map((segment) => (segment.from >= seq ? segment : cutSegment(segment, seq)));
  return { ...timeline, segments };
}

function cutSegment(segment: Segment, seq: number): Segment {
  return { ...segment, from: seq, items: segment.items.filter((item) => item.seq >= seq) };
}

function foldAll(segments: readonly Segment[], events: readonly Event[], me: string): readonly Segment[] {
  const byTarget = changesOf(segments.map(({ items }) => items), events);
  if (byTarget.size === 0) return segments;
  return segments.map((segment) => foldSegment(segment, byTarget, me));
}

/** The items after events happened to them. */
export function foldItems(items: readonly Item[], events: readonly Event[], me: string): readonly Item[] {
  const byTarget = changesOf([items], events);
  return items.map((item) => foldItem(item, byTarget, me));
}

/** The events by what they change. A deletion also changes the thread that its message was in. */
function changesOf(known: readonly (readonly Item[])[], events: readonly Event[]): ReadonlyMap<string, readonly Event[]> {
  const byTarget = new Map<string, Event[]>();
  const deleted = new Set<string>();
  const add = (target: string | null, event: Event) => target !== null && byTarget.set(target, [...(byTarget.get(target) ?? []), event]);
  for (const event of events) {
    const target = targetOf(event);
    add(target, event);
    if (event.kind !== "delete" || deleted.has(event.content.target)) continue;
    deleted.add(event.content.target);
    add(threadLeft(known, event.content.target), event);
  }
  return byTarget;
}

/** The thread that has one message less when this one is deleted. */
function threadLeft(known: readonly (readonly Item[])[], id: string): string | null {
  for (const items of known) {
    const item = items.findLast(({ event_id }) => event_id === id);
    if (item) return item.kind === "message" ? threadOf(item) : null;
  }
  return null;
}

function foldSegment(segment: Segment, byTarget: ReadonlyMap<string, readonly Event[]>, me: string): Segment {
  if (!segment.items.some((item) => byTarget.has(subjectOf(item)))) return segment;
  return { ...segment, items: segment.items.map((item) => foldItem(item, byTarget, me)) };
}

function foldItem(item: Item, byTarget: ReadonlyMap<string, readonly Event[]>, me: string): Item {
  return (byTarget.get(subjectOf(item)) ?? []).reduce<Item>((folded, event) => foldInto(folded, event, me), item);
}

/** The segments with `fresh` added, melted together where they touch. */
function joined(segments: readonly Segment[], fresh: Segment): readonly Segment[] {
  const apart = segments.filter(({ from, to }) => to < fresh.from - 1 || from > fresh.to + 1);
  const touching = segments.filter((segment) => !apart.includes(segment));
  const melted = touching.reduce(melt, fresh);
  return [...apart, melted].sort((a, b) => a.from - b.from);
}

function melt(a: Segment, b: Segment): Segment {
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to), items: meltItems(a.items, b.items) };
}

function meltItems(a: readonly Item[], b: readonly Item[]): readonly Item[] {
  if (isBefore(a, b)) return [...a, ...b];
  if (isBefore(b, a)) return [...b, ...a];
  const bySeq = new Map(a.map((item) => [item.seq, item]));
  for (const item of b) {
    const other = bySeq.get(item.seq);
    bySeq.set(item.seq, other ? laterOf(other, item) : item);
  }
  return [...bySeq.values()].sort((x, y) => x.seq - y.seq);
}

function isBefore(a: readonly Item[], b: readonly Item[]): boolean {
  const last = a.at(-1);
  const first = b[0];
  return !last || !first || last.seq < first.seq;
}

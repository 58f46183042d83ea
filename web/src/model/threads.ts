import type { Event } from "../api/types.ts";
import { laterOf, threadOf, type Item } from "./item.ts";
import type { ConversationRecord } from "./record.ts";
import { foldItems, type Timeline } from "./timeline.ts";

/** How the messages of threads are shown. */
export type ThreadDisplay = NonNullable<ConversationRecord["settings"]["thread_display"]>;

export function displayOf({ settings }: ConversationRecord): ThreadDisplay {
  return settings.thread_display ?? "threads";
}

/** Everything that is known of a log, oldest first. */
export function knownItems(timeline: Timeline | undefined): readonly Item[] {
  return timeline?.segments.flatMap(({ items }) => items) ?? [];
}

/** What was fetched beside the log, as it has become since. What the log has itself is taken from there. */
export function upToDate(fetched: readonly Event[], known: readonly Item[], me: string): readonly Item[] {
  const byId = new Map(known.map((item) => [item.event_id, item]));
  const merged = fetched.map((event) => {
    const other = byId.get(event.event_id);
    return other ? laterOf(event, other) : event;
  });
  return foldItems(merged, known, me);
}

/** The first message of a thread and the messages in it, oldest first. */
export function threadItems(fetched: readonly Event[], timeline: Timeline | undefined, root: string, me: string): readonly Item[] {
  const known = knownItems(timeline);
  const belongs = (item: Item) => item.event_id === root || threadOf(item) === root;
  const items = new Map(known.filter(belongs).map((item) => [item.seq, item]));
  for (const item of upToDate(fetched, known, me)) items.set(item.seq, item);
  return [...items.values()].sort((a, b) => a.seq - b.seq);
}

/** The messages of each thread among these, by its first message. */
export function byThread(items: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  const threads = new Map<string, Item[]>();
  for (const item of items) {
    const root = item.kind === "message" ? threadOf(item) : null;
    if (root === null) continue;
    const known = threads.get(root);
    if (known) known.push(item);
    else threads.set(root, [item]);
  }
  return threads;
}

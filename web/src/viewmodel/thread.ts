import type { Event } from "../api/types.ts";
import { isUnread } from "../model/counters.ts";
import type { Item } from "../model/item.ts";
import type { State } from "../model/state.ts";
import { knownItems, threadItems } from "../model/threads.ts";
import { tailOf } from "../model/timeline.ts";
import { deedsOf } from "./deeds.ts";
import type { Gateway } from "./gateway.ts";
import { both, Observable, projection, type Readable } from "./observable.ts";
import { rowsOf } from "./rows.ts";
import { threadNews } from "./thread-news.ts";
import type { TimelineActions, TimelineSnapshot } from "./timeline.ts";

export interface ThreadSnapshot extends TimelineSnapshot {
  /** Whether the server has no such thread for this person. */
  readonly isMissing: boolean;
}

export interface ThreadModel {
  readonly snapshot: Readable<ThreadSnapshot>;
  readonly actions: TimelineActions;
  dispose(): void;
}

interface Local {
  readonly fetched: readonly Event[];
  /** Up to which place the thread was fetched; 0 while nobody knows, infinity when all of it was. */
  readonly reached: number;
  readonly isLoading: boolean;
  readonly isMissing: boolean;
  readonly divider: number | null;
  readonly highlight: number | null;
  readonly jumps: number;
}

const PAGE = 200;

/** One thread: its first message and the messages in it, as a timeline of their own. */
export function openThread(gateway: Gateway, conversation: string, root: string, now: () => number = Date.now): ThreadModel {
  const news = threadNews(gateway);
  const record = () => gateway.current.conversations.get(conversation);
  const local = new Observable<Local>({ fetched: [], reached: 0, isLoading: false, isMissing: false, divider: null, highlight: null, jumps: 0 });
  const items = () => itemsOf(gateway.current, conversation, root, local.current);
  let isReading = false;
  let isLeftUnread = false;
  let readBefore = record()?.read_here ?? 0;

  const snapshot = projection(both(gateway, local), ([state, mine]) => snapshotOf(state, conversation, root, mine, now()));

  /** What comes of the thread from the server, up to the end when asked for all of it. */
  const fetchAnswers = async (isAll: boolean) => {
    do {
      const { reached } = local.current;
      const page = await gateway.call("event.thread", { conversation, event: root, after: reached, limit: PAGE });
      const last = page.items.at(-1)?.seq ?? reached;
      local.change({ fetched: [...local.current.fetched, ...page.items], reached: page.has_after ? last : Infinity });
    } while (isAll && local.current.reached !== Infinity);
  };

  /** What cannot be fetched is shown as far as it is known here, and asked for again when there is a connection. */
  const loadNow = async (isAll: boolean) => {
    if (local.current.reached === Infinity) return;
    local.change({ isLoading: true });
    try {
      if (local.current.reached === 0) local.change({ fetched: [await gateway.call("event.get", { conversation, event: root })] });
      await fetchAnswers(isAll);
    } catch {
      const isOnline = gateway.current.link === "online";
      local.change({ reached: 0, isMissing: isOnline && items().length === 0 });
    }
    local.change({ isLoading: false });
  };

  let loading = Promise.resolve();
  const load = (isAll: boolean) => (loading = loading.then(() => loadNow(isAll)));

  const look = () => {
    if (!isReading) return;
    const last = items().at(-1)?.seq ?? 0;
    news.looked(conversation, root, last);
    const known = record();
    const read = known ? readThrough(gateway.current, conversation, new Set(items().map(({ seq }) => seq)), known.read_here) : 0;
    if (known && read > known.read_here && !isLeftUnread) gateway.tell({ fact: "read_here", conversation, seq: read });
  };

  const show = (seq: number) => local.change({ highlight: seq, jumps: local.current.jumps + 1 });

  const actions: TimelineActions = {
    ...deedsOf(gateway, conversation, now),
    async loadOlder() {},
    async loadNewer() {
      if (!local.current.isLoading) await load(false);
    },
    setReading(value) {
      isReading = value;
      look();
    },
    seen: (seq) => news.looked(conversation, root, seq),
    markUnread(seq) {
      gateway.tell({ fact: "unread_here", conversation, seq });
    },
    async jumpTo(seq) {
      if (seq > local.current.reached) await load(true);
      show(seq);
      return null;
    },
    async returnTo(place) {
      if (place !== "end" && place.seq > local.current.reached) await load(true);
      local.change({ highlight: null });
    },
    jumpToEnd() {
      local.change({ highlight: null });
      isLeftUnread = false;
      void load(true).then(look);
    },
    async jumpToDay(day) {
      await load(true);
      const from = new Date(`${day}T00:00:00`).getTime();
      const first = items().find(({ at }) => Date.parse(at) >= from);
      if (first) show(first.seq);
      return first !== undefined;
    },
  };

  let wasOnline = gateway.current.link === "online";
  const stopFollowing = gateway.subscribe((state) => {
    const known = record();
    if (known) news.opened(conversation, known.read_here);
    if (known && known.read_here < readBefore) isLeftUnread = true;
    readBefore = known?.read_here ?? readBefore;
    const isBack = !wasOnline && state.link === "online";
    wasOnline = state.link === "online";
    if (isBack) void load(false);
    look();
  });

  const seen = news.seenIn(conversation, root);
  const hasNews = record() !== undefined && items().some((item) => item.seq > seen && item.sender !== gateway.current.me?.address);
  if (hasNews) local.change({ divider: seen });
  void gateway.open(conversation).catch(() => undefined);
  void load(false);
  return { snapshot, actions, dispose: stopFollowing };
}

/** What is known of the thread without a gap. */
function itemsOf(state: State, conversation: string, root: string, { fetched, reached }: Local): readonly Item[] {
  const items = threadItems(fetched, state.timelines.get(conversation), root, state.me?.address ?? "");
  return reached === 0 ? items : items.filter(({ seq }) => seq <= reached);
}

function snapshotOf(state: State, conversation: string, root: string, local: Local, now: number): ThreadSnapshot {
  const record = state.conversations.get(conversation);
  const items = itemsOf(state, conversation, root, local);
  const isWhole = local.reached === Infinity || local.reached === 0;
  const answered = new Map(knownItems(state.timelines.get(conversation)).map((item) => [item.event_id, item]));
  const { divider, highlight, jumps, isLoading, isMissing } = local;
  const rows = record ? rowsOf({ state, record, items, isFromStart: true, isToEnd: isWhole, divider, highlight, answered, now, thread: root }) : [];
  return {
    rows,
    isKnown: record !== undefined && items.some(({ event_id }) => event_id === root),
    isFromStart: true,
    isToEnd: isWhole,
    isLoading,
    newCount: record ? items.filter((item) => isUnread(item, record.read_here, state.me?.address ?? "")).length : 0,
    highlight,
    jumps,
    isMissing,
  };
}

/** How far is read when these places are: up to the first unread message that is not among them. */
function readThrough(state: State, conversation: string, seen: ReadonlySet<number>, read: number): number {
  const timeline = state.timelines.get(conversation);
  const tail = timeline && tailOf(timeline);
  if (!tail || tail.from > read + 1) return read;
  const waiting = tail.items.filter((item) => isUnread(item, read, state.me?.address ?? ""));
  const firstElsewhere = waiting.findIndex(({ seq }) => !seen.has(seq));
  return (firstElsewhere < 0 ? waiting.at(-1) : waiting[firstElsewhere - 1])?.seq ?? read;
}

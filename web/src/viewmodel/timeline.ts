import type { Event } from "../api/types.ts";
import { threadOf } from "../model/item.ts";
import { segmentAt, tailOf, type Segment } from "../model/timeline.ts";
import type { ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { displayOf } from "../model/threads.ts";
import { deedsOf, type Deeds } from "./deeds.ts";
import type { Gateway } from "./gateway.ts";
import { both, Observable, projection, type Readable } from "./observable.ts";
import type { Place } from "./places.ts";
import { rowsOf, type Row } from "./rows.ts";
import { threadNews } from "./thread-news.ts";

export interface TimelineSnapshot {
  readonly rows: readonly Row[];
  /** Whether there is anything to show yet. */
  readonly isKnown: boolean;
  readonly isFromStart: boolean;
  readonly isToEnd: boolean;
  readonly isLoading: boolean;
  /** New messages below what is being looked at. */
  readonly newCount: number;
  readonly highlight: number | null;
  /** How many times somebody went to a message. */
  readonly jumps: number;
}

export interface TimelineActions extends Deeds {
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  /** Whether the person is looking at the newest end right now. */
  setReading(isReading: boolean): void;
  /** The person has seen everything up to here. */
  seen(seq: number): void;
  /** Makes a message and everything after it unread again, until the conversation is opened anew. */
  markUnread(seq: number): void;
  /** Goes to a message. Where it does not stand here, answers with the thread that it stands in. */
  jumpTo(seq: number): Promise<string | null>;
  /** Brings a place where the person was before into the rows, without a highlight. */
  returnTo(place: Place): Promise<void>;
  jumpToEnd(): void;
  /** Goes to the first message on or after a local day (`2026-11-28`); false when there is none. */
  jumpToDay(day: string): Promise<boolean>;
}

export interface TimelineModel {
  readonly snapshot: Readable<TimelineSnapshot>;
  readonly actions: TimelineActions;
  dispose(): void;
}

interface Local {
  /** The place being looked at; nothing means the newest end. */
  readonly anchor: number | null;
  readonly divider: number | null;
  readonly highlight: number | null;
  readonly jumps: number;
  readonly isLoading: boolean;
  /** Whether the place to begin at is still being fetched. */
  readonly isOpening: boolean;
  readonly answered: ReadonlyMap<string, Event>;
}

const PAGE = 200;
/** Among so many events of a day one is expected to be a message. */
const DAY_EVENTS = 100;

export function openTimeline(gateway: Gateway, conversation: string, now: () => number = Date.now): TimelineModel {
  const record = () => gateway.current.conversations.get(conversation);
  const local = new Observable<Local>({
    anchor: null,
    divider: dividerOnOpening(record()),
    highlight: null,
    jumps: 0,
    isLoading: false,
    isOpening: (record()?.unread ?? 0) > 0 && gateway.current.link === "online",
    answered: new Map(),
  });
  let isReading = false;
  /**
   * What was marked as unread, in this window or elsewhere, stays so while it is looked at, until the person
   * opens the conversation anew, says something, or asks for the newest message.
   */
  let isLeftUnread = false;
  let unreadBefore = record()?.unread ?? 0;
  let readBefore = record()?.read_here ?? 0;

  const news = threadNews(gateway);
  const seenIn = (root: string) => news.seenIn(conversation, root);
  const snapshot = projection(both(both(gateway, local), news), ([[state, mine]]) => snapshotOf(state, conversation, mine, now(), seenIn));

  const readAll = () => {
    const known = record();
    if (known && known.head > known.read_here && isReading && !isLeftUnread) {
      gateway.tell({ fact: "read_here", conversation, seq: known.head });
    }
  };

  /** Fetches messages that are answered here and not loaded, once each. */
  const asked = new Set<string>();
  const fetchAnswered = async () => {
    const segment = shownSegment(gateway.current, conversation, local.current.anchor);
    const known = new Set(segment?.items.map(({ event_id }) => event_id));
    for (const item of segment?.items ?? []) {
      const target = item.kind === "message" ? (item.content.reply_to ?? quotedRoot(gateway.current, item)) : null;
      if (!target || known.has(target) || asked.has(target)) continue;
      asked.add(target);
      const event = await gateway.call("event.get", { conversation, event: target }).catch(() => null);
      if (event) local.change({ answered: new Map(local.current.answered).set(target, event) });
      else asked.delete(target);
    }
  };

  const load = async (place: { before: number } | { after: number } | { around: number }, limit: number) => {
    if (local.current.isLoading) return;
    local.change({ isLoading: true });
    await gateway.fetch(conversation, place, limit).catch(() => undefined);
    local.change({ isLoading: false });
  };

  const reach = async (seq: number) => {
    const timeline = gateway.current.timelines.get(conversation);
    if (!timeline || !segmentAt(timeline, seq)) await load({ around: seq }, PAGE);
  };

  const actions: TimelineActions = {
    ...deedsOf(gateway, conversation, now),
    async loadOlder() {
      const segment = shownSegment(gateway.current, conversation, local.current.anchor);
      if (segment && segment.from > firstVisible(record())) await load({ before: segment.from }, PAGE);
    },
    async loadNewer() {
      const segment = shownSegment(gateway.current, conversation, local.current.anchor);
      if (segment && !reachesEnd(gateway.current, conversation, segment)) await load({ after: segment.to }, PAGE);
    },
    setReading(value) {
      isReading = value;
      readAll();
    },
    seen(seq) {
      const known = record();
      if (known && seq > known.read_here && !isLeftUnread) gateway.tell({ fact: "read_here", conversation, seq });
    },
    markUnread(seq) {
      gateway.tell({ fact: "unread_here", conversation, seq });
    },
    async jumpTo(seq) {
      await reach(seq);
      const elsewhere = threadAt(gateway.current, conversation, seq);
      if (elsewhere === null) local.change({ anchor: seq, highlight: seq, jumps: local.current.jumps + 1 });
      return elsewhere;
    },
    async returnTo(place) {
      if (place === "end") return local.change({ anchor: null, highlight: null });
      await reach(place.seq);
      local.change({ anchor: place.seq, highlight: null });
    },
    jumpToEnd() {
      local.change({ anchor: null, highlight: null });
      isLeftUnread = false;
      readAll();
    },
    async jumpToDay(day) {
      const from_time = new Date(`${day}T00:00:00`).toISOString();
      const page = await gateway.call("event.list", { conversation, from_time, limit: DAY_EVENTS }).catch(() => null);
      const first = page?.items.find(({ kind }) => kind === "message" || kind === "deleted");
      if (first) await actions.jumpTo(first.seq);
      return first !== undefined;
    },
  };

  const stopFollowing = gateway.subscribe(() => {
    const known = record();
    if (!known) return;
    const isFirstNews = unreadBefore === 0 && known.unread > 0;
    const isMarked = known.read_here < readBefore;
    unreadBefore = known.unread;
    readBefore = known.read_here;
    news.opened(conversation, known.read_here);
    if (isMarked) {
      isLeftUnread = true;
      news.markedUnread(conversation, known.read_here);
      local.change({ divider: known.read_here });
    } else if (isReading) readAll();
    else if (isFirstNews) local.change({ divider: known.read_here });
    void fetchAnswered();
  });

  /** Brings what is new into view, however much there is of it. */
  const begin = async () => {
    await gateway.open(conversation);
    const { divider, isOpening, anchor } = local.current;
    const tail = shownSegment(gateway.current, conversation, null);
    const first = (divider ?? 0) + 1;
    if (isOpening && anchor === null && tail && tail.from > first) {
      await load({ around: first }, PAGE);
      local.change({ anchor: first });
    }
    await fillRows();
    local.change({ isOpening: false });
  };

  /** Where nothing that is loaded stands here, goes back until something does. */
  const fillRows = async () => {
    for (let from = Infinity; snapshot.current.rows.length === 0 && !snapshot.current.isFromStart; ) {
      const segment = shownSegment(gateway.current, conversation, local.current.anchor);
      if (!segment || segment.from >= from) return;
      from = segment.from;
      await actions.loadOlder();
    }
  };

  void begin();
  return { snapshot, actions, dispose: stopFollowing };
}

function snapshotOf(state: State, conversation: string, local: Local, now: number, seenIn: (root: string) => number): TimelineSnapshot {
  const record = state.conversations.get(conversation);
  const segment = shownSegment(state, conversation, local.anchor);
  const hasUnsent = state.outbox.some((entry) => entry.conversation === conversation);
  const isFromStart = segment !== undefined && segment.from <= firstVisible(record);
  const isToEnd = local.anchor === null || (segment !== undefined && reachesEnd(state, conversation, segment));
  const rows = record
    ? rowsOf({
        state,
        record,
        items: segment?.items ?? [],
        isFromStart,
        isToEnd,
        divider: segment && local.divider !== null && segment.from <= local.divider + 1 ? local.divider : null,
        highlight: local.highlight,
        answered: local.answered,
        seenIn,
        now,
      })
    : [];
  return {
    rows,
    isKnown: record !== undefined && !local.isOpening && (segment !== undefined || hasUnsent || record.head === 0),
    isFromStart,
    isToEnd,
    isLoading: local.isLoading,
    newCount: record?.unread ?? 0,
    highlight: local.highlight,
    jumps: local.jumps,
  };
}

/** The first message of the thread of a message, where that is shown with it. */
function quotedRoot(state: State, item: Event): string | null {
  const record = state.conversations.get(item.conversation);
  return record && displayOf(record) === "inline" ? threadOf(item) : null;
}

/** The thread in which the message at a place stands, where it does not stand in the conversation itself. */
function threadAt(state: State, conversation: string, seq: number): string | null {
  const record = state.conversations.get(conversation);
  const timeline = state.timelines.get(conversation);
  const item = timeline && segmentAt(timeline, seq)?.items.find((other) => other.seq === seq);
  const display = record ? displayOf(record) : "inline";
  if (!item || display === "inline") return null;
  const isTopic = display === "topics" && (item.kind === "message" || item.kind === "deleted");
  return threadOf(item) ?? (isTopic ? item.event_id : null);
}

function dividerOnOpening(record: ConversationRecord | undefined): number | null {
  return record && record.unread > 0 ? record.read_here : null;
}

function firstVisible(record: ConversationRecord | undefined): number {
  return Math.max(1, record?.membership.visible_from ?? 1);
}

function shownSegment(state: State, conversation: string, anchor: number | null): Segment | undefined {
  const timeline = state.timelines.get(conversation);
  if (!timeline) return undefined;
  return anchor === null ? tailOf(timeline) : (segmentAt(timeline, anchor) ?? tailOf(timeline));
}

function reachesEnd(state: State, conversation: string, segment: Segment): boolean {
  return segment.to >= (state.conversations.get(conversation)?.head ?? 0);
}

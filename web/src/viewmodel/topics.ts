import type { Event } from "../api/types.ts";
import { messageOf, threadOf, type Item } from "../model/item.ts";
import type { State } from "../model/state.ts";
import { byThread, upToDate } from "../model/threads.ts";
import { tailOf } from "../model/timeline.ts";
import { text } from "../text/text.ts";
import type { Gateway } from "./gateway.ts";
import { shortTime } from "./moments.ts";
import { excerpt, faceOf, nameOf, plain, type Face } from "./names.ts";
import { both, Observable, projection, type Readable } from "./observable.ts";
import { threadNews } from "./thread-news.ts";

export interface TopicRow {
  readonly key: string;
  /** The first line of the first message. */
  readonly title: string;
  readonly author: string;
  readonly face: Face;
  readonly count: string;
  /** When something was last said in it, in words. */
  readonly time: string;
  readonly isNew: boolean;
}

export interface TopicsSnapshot {
  readonly rows: readonly TopicRow[];
  readonly isKnown: boolean;
  readonly isFromStart: boolean;
}

export interface TopicsModel {
  readonly snapshot: Readable<TopicsSnapshot>;
  loadOlder(): Promise<void>;
  dispose(): void;
}

/** What is listed: every topic, those with the newest messages first, or only what was answered, what is new first. */
export type TopicsKind = "topics" | "threads";

const PAGE = 200;
const TITLE_CHARS_MAX = 120;

export function openTopics(gateway: Gateway, conversation: string, kind: TopicsKind, now: () => number = Date.now): TopicsModel {
  const news = threadNews(gateway);
  /** First messages of threads that are older than what is loaded. */
  const roots = new Observable<ReadonlyMap<string, Event>>(new Map());
  const asked = new Set<string>();
  const seenIn = (root: string) => news.seenIn(conversation, root);
  const tail = () => {
    const timeline = gateway.current.timelines.get(conversation);
    return timeline && tailOf(timeline);
  };

  const snapshot = projection(both(both(gateway, roots), news), ([[state, fetched]]) => {
    const record = state.conversations.get(conversation);
    const segment = tail();
    if (!record || !segment) return { rows: [], isKnown: record?.head === 0, isFromStart: record?.head === 0 };
    const isFromStart = segment.from <= Math.max(1, record.membership.visible_from);
    return { rows: rowsOf(state, segment.items, fetched, kind, seenIn, now()), isKnown: true, isFromStart };
  });

  const fetchRoots = async () => {
    const items = tail()?.items ?? [];
    const known = new Set(items.map(({ event_id }) => event_id));
    for (const root of byThread(items).keys()) {
      if (known.has(root) || asked.has(root)) continue;
      asked.add(root);
      const event = await gateway.call("event.get", { conversation, event: root }).catch(() => null);
      if (event) roots.set(new Map(roots.current).set(root, event));
      else asked.delete(root);
    }
  };

  return {
    snapshot,
    async loadOlder() {
      const before = tail()?.from;
      if (before !== undefined && !snapshot.current.isFromStart) await gateway.fetch(conversation, { before }, PAGE).catch(() => undefined);
    },
    dispose: gateway.subscribe(() => void fetchRoots()),
  };
}

function rowsOf(
  state: State,
  items: readonly Item[],
  fetched: ReadonlyMap<string, Event>,
  kind: TopicsKind,
  seenIn: (root: string) => number,
  now: number,
): readonly TopicRow[] {
  const threads = byThread(items);
  const older = [...fetched.values()].filter(({ seq }) => seq < (items[0]?.seq ?? Infinity));
  const firsts = [...upToDate(older, items, state.me?.address ?? ""), ...items].filter((item) => isFirst(item, kind, threads));
  const topics = firsts.map((root) => ({ root, answers: threads.get(root.event_id) ?? [] })).map(({ root, answers }) => ({
    row: rowOf(state, root, answers, seenIn(root.event_id), now),
    seq: answers.at(-1)?.seq ?? root.seq,
  }));
  const byNews = (isNew: boolean) => (kind === "threads" && isNew ? 1 : 0);
  return topics.sort((a, b) => byNews(b.row.isNew) - byNews(a.row.isNew) || b.seq - a.seq).map(({ row }) => row);
}

/** Whether a thread begins with an item; what was deleted begins one only where there are answers. */
function isFirst(item: Item, kind: TopicsKind, threads: ReadonlyMap<string, readonly Item[]>): boolean {
  if ((item.kind !== "message" && item.kind !== "deleted") || threadOf(item) !== null) return false;
  const hasAnswers = (item.fold?.replies ?? 0) > 0 || threads.has(item.event_id);
  return hasAnswers || (kind === "topics" && item.kind === "message");
}

function rowOf(state: State, root: Item, answers: readonly Item[], seen: number, now: number): TopicRow {
  const isMine = (item: Item) => item.sender === state.me?.address;
  const author = nameOf(state, root.sender);
  return {
    key: root.event_id,
    title: titleOf(root),
    author: isMine(root) ? text("you") : author,
    face: faceOf(author, root.sender),
    count: text("thread_replies", { count: Math.max(root.fold?.replies ?? 0, answers.length) }),
    time: shortTime((answers.at(-1) ?? root).at, now),
    isNew: [root, ...answers].some((item) => item.kind === "message" && item.seq > seen && !isMine(item)),
  };
}

function titleOf(root: Item): string {
  const body = messageOf(root)?.body;
  if (body?.type !== "text") return excerpt(root);
  const line = body.text.split("\n").map(plain).find((words) => words !== "") ?? excerpt(root);
  return [...line].slice(0, TITLE_CHARS_MAX).join("");
}

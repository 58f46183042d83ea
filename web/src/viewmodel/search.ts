import type { Event } from "../api/types.ts";
import type { Gateway } from "./gateway.ts";
import { shortTime } from "./moments.ts";
import { excerpt, faceOf, nameOf, titleOf, type Face } from "./names.ts";
import { Observable, type Readable } from "./observable.ts";
import { explain } from "./problem.ts";

export interface HitView {
  readonly key: string;
  readonly conversation: string;
  readonly seq: number;
  readonly author: string;
  readonly face: Face;
  readonly where: string;
  readonly time: string;
  /** The text around the first word, cut into pieces that match and pieces that do not. */
  readonly pieces: readonly { readonly text: string; readonly isMatch: boolean }[];
}

export interface SearchSnapshot {
  readonly query: string;
  readonly hits: readonly HitView[];
  readonly isSettled: boolean;
  readonly hasMore: boolean;
  readonly problem: string | null;
}

export interface SearchActions {
  search(query: string): void;
  more(): void;
}

const TYPED_MS = 250;
const PIECE_MAX = 160;
const HITS = 20;

export function searchMessages(
  gateway: Gateway,
  conversation: string | null,
  now: () => number = Date.now,
): { snapshot: Readable<SearchSnapshot>; actions: SearchActions } {
  const empty: SearchSnapshot = { query: "", hits: [], isSettled: false, hasMore: false, problem: null };
  const snapshot = new Observable<SearchSnapshot>(empty);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let cursor: string | undefined;

  const ask = async (query: string, isMore: boolean) => {
    try {
      const args = { query, limit: HITS, ...(conversation ? { conversation } : {}), ...(isMore && cursor ? { cursor } : {}) };
      const page = await gateway.call("search", args);
      if (snapshot.current.query.trim() !== query) return;
      cursor = page.next ?? undefined;
      const hits = page.items.map((event) => hitOf(gateway, event, page.words, now()));
      const before = isMore ? snapshot.current.hits : [];
      snapshot.change({ hits: [...before, ...hits], isSettled: true, hasMore: cursor !== undefined, problem: null });
    } catch (error) {
      snapshot.change({ problem: explain(error) });
    }
  };

  return {
    snapshot,
    actions: {
      search(query) {
        clearTimeout(timer);
        const wanted = query.trim();
        if (wanted === "") return snapshot.set({ ...empty, query });
        snapshot.change({ query, isSettled: false });
        timer = setTimeout(() => void ask(wanted, false), TYPED_MS);
      },
      more() {
        void ask(snapshot.current.query.trim(), true);
      },
    },
  };
}

function hitOf(gateway: Gateway, event: Event, words: readonly string[], now: number): HitView {
  const state = gateway.current;
  const record = state.conversations.get(event.conversation);
  const author = nameOf(state, event.sender);
  return {
    key: event.event_id,
    conversation: event.conversation,
    seq: event.seq,
    author,
    face: faceOf(author, event.sender),
    where: record ? titleOf(state, record) : "",
    time: shortTime(event.at, now),
    pieces: piecesOf(excerpt(event), words),
  };
}

/** `said` cut at the words that were looked for, beginning near the first of them. */
export function piecesOf(said: string, words: readonly string[]): HitView["pieces"] {
  const escaped = words.filter((word) => word !== "").map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (escaped.length === 0) return [{ text: said.slice(0, PIECE_MAX), isMatch: false }];
  const pattern = new RegExp(`(${escaped.join("|")})`, "giu");
  const first = Math.max(0, said.search(pattern));
  const start = first > PIECE_MAX / 2 ? first - PIECE_MAX / 4 : 0;
  const shown = (start > 0 ? "…" : "") + said.slice(start, start + PIECE_MAX);
  return shown
    .split(pattern)
    .map((piece, index) => ({ text: piece, isMatch: index % 2 === 1 }))
    .filter(({ text }) => text !== "");
}

import type { DirectoryEntry } from "../api/types.ts";
import { text } from "../text/text.ts";
import { attempting, type Attempted } from "./attempt.ts";
import type { Gateway } from "./gateway.ts";
import { faceOf, type Face } from "./names.ts";
import { both, Observable, projection, type Readable } from "./observable.ts";

export interface DirectoryRow {
  readonly key: string;
  readonly name: string;
  readonly topic: string;
  readonly address: string;
  readonly face: Face;
  /** How many people are in it, in words. */
  readonly count: string;
  readonly needsApproval: boolean;
  readonly isJoined: boolean;
  readonly isAsked: boolean;
}

export interface DirectorySnapshot extends Attempted {
  readonly query: string;
  readonly rows: readonly DirectoryRow[];
  /** Whether `rows` answers `query`. */
  readonly isSettled: boolean;
  readonly hasMore: boolean;
}

export interface DirectoryActions {
  search(query: string): void;
  more(): Promise<void>;
  /** Joins, or asks to; answers with the conversation when one is in. */
  join(row: DirectoryRow): Promise<string | null>;
}

interface Local extends Attempted {
  readonly query: string;
  readonly entries: readonly DirectoryEntry[];
  readonly next: string | null;
  readonly isSettled: boolean;
  readonly asked: readonly string[];
}

const TYPED_MS = 200;
const PAGE = 50;

/** The groups and channels that everybody on this server may find. */
export function openDirectory(gateway: Gateway): { snapshot: Readable<DirectorySnapshot>; actions: DirectoryActions } {
  const local = new Observable<Local>({ query: "", entries: [], next: null, isSettled: false, asked: [], isBusy: false, problem: null });
  const attempt = attempting(local);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = async (query: string, cursor: string | null) => {
    const page = await gateway.call("directory.list", { query: query.trim(), limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    if (local.current.query !== query) return;
    const known = cursor === null ? [] : local.current.entries;
    local.change({ entries: [...known, ...page.items], next: page.next ?? null, isSettled: true });
  };
  const begin = (query: string) => attempt(() => look(query, null));

  void begin("");
  return {
    snapshot: projection(both(gateway, local), ([state, { entries, next, asked, query, isSettled, isBusy, problem }]) => ({
      query,
      rows: entries.map((entry) => rowOf(entry, state.conversations.has(entry.conversation), asked.includes(entry.conversation))),
      isSettled,
      hasMore: next !== null,
      isBusy,
      problem,
    })),
    actions: {
      search(query) {
        local.change({ query, isSettled: false });
        clearTimeout(timer);
        timer = setTimeout(() => void begin(query), TYPED_MS);
      },
      async more() {
        const { query, next } = local.current;
        if (next !== null) await attempt(() => look(query, next));
      },
      async join({ key, isJoined }) {
        if (isJoined) return key;
        let joined: string | null = null;
        await attempt(async () => {
          const answer = await gateway.call("directory.join", { conversation: key });
          if (answer.state === "requested") return local.change({ asked: [...local.current.asked, key] });
          gateway.tell({ fact: "told", conversations: [answer.conversation] });
          joined = key;
        });
        return joined;
      },
    },
  };
}

function rowOf({ conversation, name, topic, address, kind, members_count, needs_approval }: DirectoryEntry, isJoined: boolean, isAsked: boolean): DirectoryRow {
  return {
    key: conversation,
    name,
    topic,
    address,
    face: faceOf(name, conversation),
    count: text(kind === "channel" ? "subscribers_count" : "members_count", { count: members_count }),
    needsApproval: needs_approval,
    isJoined,
    isAsked,
  };
}

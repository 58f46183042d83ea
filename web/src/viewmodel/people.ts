import type { User } from "../api/types.ts";
import { freshRef } from "./fresh.ts";
import type { Gateway } from "./gateway.ts";
import { faceOf, type Face } from "./names.ts";
import { Observable, type Readable } from "./observable.ts";
import { explain } from "./problem.ts";

export type NewKind = "group" | "channel";

export interface PersonView {
  readonly key: string;
  readonly name: string;
  readonly address: string;
  readonly face: Face;
}

export interface PeopleSnapshot {
  readonly query: string;
  readonly people: readonly PersonView[];
  /** Whether `people` answers `query`. */
  readonly isSettled: boolean;
  readonly chosen: readonly PersonView[];
  readonly isBusy: boolean;
  readonly problem: string | null;
}

export interface PeopleActions {
  search(query: string): void;
  choose(person: PersonView): void;
  unchoose(person: PersonView): void;
  /** Opens the direct conversation with somebody; answers with its id. */
  openDirect(person: PersonView): Promise<string | null>;
  /** Makes a group or a channel with those who were chosen; answers with its id. */
  create(kind: NewKind, name: string): Promise<string | null>;
  openNotes(): Promise<string | null>;
  /** Adds those who were chosen to a conversation; false when that failed. */
  addTo(conversation: string): Promise<boolean>;
}

const TYPED_MS = 150;
const QUERY_MIN = 2;

export function findPeople(gateway: Gateway): { snapshot: Readable<PeopleSnapshot>; actions: PeopleActions } {
  const snapshot = new Observable<PeopleSnapshot>({
    query: "",
    people: [],
    isSettled: false,
    chosen: [],
    isBusy: false,
    problem: null,
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refs: Record<NewKind, string> = { group: freshRef(), channel: freshRef() };

  const ask = async (query: string) => {
    const found = await gateway.call("user.find", { query }).catch((error: unknown) => {
      snapshot.change({ problem: explain(error) });
      return null;
    });
    if (!found || snapshot.current.query.trim() !== query) return;
    gateway.tell({ fact: "users", users: found.items });
    const others = found.items.filter(({ address }) => address !== gateway.current.me?.address);
    snapshot.change({ people: others.map(personOf), isSettled: true, problem: null });
  };

  const busy = async <T>(work: () => Promise<T>): Promise<T | null> => {
    snapshot.change({ isBusy: true, problem: null });
    try {
      return await work();
    } catch (error) {
      snapshot.change({ problem: explain(error) });
      return null;
    } finally {
      snapshot.change({ isBusy: false });
    }
  };

  const opened = async (asked: ReturnType<typeof gateway.call<"conversation.direct">>) => {
    const told = await asked;
    gateway.tell({ fact: "told", conversations: [told] });
    return told.conversation;
  };

  const actions: PeopleActions = {
    search(query) {
      const wanted = query.trim();
      snapshot.change({ query, isSettled: false, ...(wanted.length < QUERY_MIN ? { people: [] } : {}) });
      clearTimeout(timer);
      if (wanted.length >= QUERY_MIN) timer = setTimeout(() => void ask(wanted), TYPED_MS);
    },
    choose(person) {
      const others = snapshot.current.chosen.filter(({ key }) => key !== person.key);
      snapshot.change({ chosen: [...others, person], query: "", people: [], isSettled: false });
    },
    unchoose(person) {
      snapshot.change({ chosen: snapshot.current.chosen.filter(({ key }) => key !== person.key) });
    },
    openDirect: (person) => busy(() => opened(gateway.call("conversation.direct", { user: person.address }))),
    openNotes: () => busy(() => opened(gateway.call("conversation.notes", {}))),
    create(kind, name) {
      const members = snapshot.current.chosen.map(({ address }) => address);
      return busy(() =>
        opened(gateway.call("conversation.create", { kind, name: name.trim(), members, client_ref: refs[kind] })),
      );
    },
    async addTo(conversation) {
      const done = await busy(async () => {
        for (const { address } of snapshot.current.chosen) await gateway.call("member.add", { conversation, user: address });
        return true;
      });
      return done ?? false;
    },
  };
  return { snapshot, actions };
}

export function personOf({ address, display_name }: User): PersonView {
  return { key: address, name: display_name, address, face: faceOf(display_name, address) };
}

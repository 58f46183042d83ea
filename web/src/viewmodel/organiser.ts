import type { Arrangement, Preferences } from "../api/types.ts";
import { placeIn, rearranged, type Rearrangement } from "../model/arrangement.ts";
import { isArchived, type ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import type { Gateway } from "./gateway.ts";
import { both, Observable, projection, type Readable } from "./observable.ts";
import { explain } from "./problem.ts";

export type PreferenceChange = Partial<Pick<Preferences, "muted" | "favourite" | "hidden">>;

/** Sorts the conversations of one person. */
export interface Organiser {
  /** Everything, with what the server has not answered yet. */
  readonly arrangement: Readable<Arrangement>;
  readonly problem: Readable<string | null>;
  prefer(conversation: string, change: PreferenceChange): Promise<void>;
  /** Moves a favourite one place up or down among those in the list; answers with where it is then. */
  step(conversation: string, by: -1 | 1): { place: number; count: number } | null;
  /** Moves a favourite to the place of another one. */
  moveTo(conversation: string, other: string): void;
  name(folder: string | null, name: string): Promise<boolean>;
  remove(folder: string): Promise<boolean>;
  stepFolder(folder: string, by: -1 | 1): void;
  file(folder: string, conversation: string, isIn: boolean): Promise<boolean>;
  forgetProblem(): void;
}

/** Most favourites that have an order. */
const ORDERED_MAX = 1_000;

const organisers = new WeakMap<Gateway, Organiser>();

/** The one who sorts what is known through this gateway: all views see the same that is not answered yet. */
export function organiserOf(gateway: Gateway): Organiser {
  const known = organisers.get(gateway) ?? newOrganiser(gateway);
  organisers.set(gateway, known);
  return known;
}

function newOrganiser(gateway: Gateway): Organiser {
  const pending = new Observable<readonly Rearrangement[]>([]);
  const problem = new Observable<string | null>(null);
  const arrangement = projection(both(gateway, pending), ([state, changes]) => changes.reduce(rearranged, state.arrangement));
  let line: Promise<unknown> = Promise.resolve();

  /** One after the other, so that the server hears of changes in the order in which they were made. */
  const inLine = (work: () => Promise<void>): Promise<boolean> => {
    const done = line.then(work).then(
      () => (problem.set(null), true),
      (error: unknown) => (problem.set(explain(error)), false),
    );
    line = done;
    return done;
  };

  const rearrange = (change: Rearrangement): Promise<boolean> => {
    pending.set([...pending.current, change]);
    return inLine(async () => {
      try {
        await said(gateway, change);
        gateway.tell({ fact: "rearranged", change });
      } finally {
        pending.set(pending.current.filter((other) => other !== change));
      }
    });
  };

  const reorder = (conversations: readonly string[]) =>
    void rearrange({ change: "favourites_ordered", conversations: conversations.slice(0, ORDERED_MAX) });

  const favourites = () => favouritesIn(gateway.current, arrangement.current);

  return {
    arrangement,
    problem,
    async prefer(conversation, change) {
      await inLine(async () => {
        await gateway.call("conversation.change_preferences", { conversation, ...change });
        gateway.tell(...preferred(gateway.current, conversation, change));
      });
    },
    step(conversation, by) {
      const all = favourites();
      const shown = all.filter((record) => !isArchived(record)).map(({ conversation: id }) => id);
      const at = shown.indexOf(conversation);
      const other = shown[at + by];
      if (at < 0 || other === undefined) return null;
      reorder(movedTo(all.map(({ conversation: id }) => id), conversation, other));
      return { place: at + by + 1, count: shown.length };
    },
    moveTo(conversation, other) {
      const ids = favourites().map(({ conversation: id }) => id);
      if (conversation !== other && ids.includes(conversation) && ids.includes(other)) reorder(movedTo(ids, conversation, other));
    },
    name: (folder, name) => rearrange({ change: "named", folder: folder ?? newId(), name: name.trim() }),
    remove: (folder) => rearrange({ change: "deleted", folder }),
    stepFolder(folder, by) {
      const folders = arrangement.current.folders.map(({ folder: id }) => id);
      const other = folders[folders.indexOf(folder) + by];
      if (other !== undefined) void rearrange({ change: "folders_ordered", folders: movedTo(folders, folder, other) });
    },
    file: (folder, conversation, isIn) => rearrange({ change: isIn ? "put_in" : "taken_out", folder, conversation }),
    forgetProblem: () => problem.set(null),
  };
}

/** The favourites in their order: as the person put them, then those with the newest messages. */
export function favouritesIn(state: State, { favourites }: Arrangement): readonly ConversationRecord[] {
  return [...state.conversations.values()]
    .filter(({ membership }) => membership.preferences.favourite)
    .sort((a, b) => placeIn(favourites, a.conversation) - placeIn(favourites, b.conversation) || activity(b).localeCompare(activity(a)));
}

/** When something was last said in a conversation. */
export function activity({ last, changed_at }: ConversationRecord): string {
  return last && last.kind === "message" ? last.at : changed_at;
}

function movedTo(ids: readonly string[], id: string, other: string): readonly string[] {
  const others = ids.filter((each) => each !== id);
  return others.toSpliced(ids.indexOf(other), 0, id);
}

function preferred(state: State, conversation: string, change: PreferenceChange) {
  const record = state.conversations.get(conversation);
  if (!record) return [];
  const { hidden_seq: _before, ...before } = record.membership.preferences;
  const hidden_seq = change.hidden ? record.head : _before;
  const preferences = { ...before, ...change, ...(hidden_seq === undefined || change.hidden === false ? {} : { hidden_seq }) };
  return [{ fact: "account", change: { push: "account", change: "preferences", conversation, preferences } } as const];
}

async function said(gateway: Gateway, change: Rearrangement): Promise<void> {
  switch (change.change) {
    case "named":
      return void (await gateway.call("folder.set", { folder: change.folder, name: change.name }));
    case "deleted":
      return void (await gateway.call("folder.delete", { folder: change.folder }));
    case "folders_ordered":
      return void (await gateway.call("folder.order", { folders: [...change.folders] }));
    case "put_in":
      return void (await gateway.call("folder.add", { folder: change.folder, conversation: change.conversation }));
    case "taken_out":
      return void (await gateway.call("folder.remove", { folder: change.folder, conversation: change.conversation }));
    case "favourites_ordered":
      return void (await gateway.call("arrangement.order_favourites", { conversations: [...change.conversations] }));
  }
}

/** A UUID; made without `randomUUID`, which pages have only behind TLS. */
function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

import type { Body, Mention, User } from "../api/types.ts";
import { may } from "../model/permission.ts";
import type { ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { text } from "../text/text.ts";
import { faceOf, type Face } from "./names.ts";

export interface Suggestion {
  readonly key: string;
  /** What is written after the `@`. */
  readonly handle: string;
  readonly name: string;
  readonly face: Face;
}

const SUGGESTIONS_MAX = 6;
const HANDLE = /(?<![\p{L}\p{N}])@([a-z0-9][a-z0-9._-]*)/giu;

/** The mention being written at the caret: where its `@` stands and what follows it so far. */
export function mentionAt(draft: string, caret: number): { start: number; query: string } | null {
  const match = /(?:^|\s)@([\p{L}\p{N}._-]*)$/u.exec(draft.slice(0, caret));
  if (!match) return null;
  const query = match[1] ?? "";
  return { start: caret - query.length - 1, query };
}

export function suggestionsFor(state: State, record: ConversationRecord, draft: string, caret: number): readonly Suggestion[] {
  const at = mentionAt(draft, caret);
  if (!at) return [];
  const query = at.query.toLowerCase();
  const people = peopleOf(state)
    .filter(({ address, display_name }) => startsWith(address, query) || startsWith(display_name, query))
    .map((user) => suggestionOf(user));
  const everyone = may(record, "mention_all") && "everyone".startsWith(query) ? [everybody()] : [];
  return [...people, ...everyone].slice(0, SUGGESTIONS_MAX);
}

/** A body that says `said`, with the people it names. */
export function bodyOf(state: State, conversation: string, said: string): Body {
  const record = state.conversations.get(conversation);
  const mentions = record && record.kind !== "notes" ? mentionsIn(state, record, said) : [];
  return { type: "text", text: said, ...(mentions.length > 0 ? { mentions } : {}) };
}

/** How many people a text calls at once; none when it only names some. */
export function calledBy(state: State, conversation: string, said: string): number {
  const record = state.conversations.get(conversation);
  if (!record) return 0;
  return mentionsIn(state, record, said).some(({ who }) => who === "everyone") ? record.members_count - 1 : 0;
}

function mentionsIn(state: State, record: ConversationRecord, said: string): Mention[] {
  return [...said.matchAll(HANDLE)].flatMap((match) => {
    const handle = (match[1] ?? "").replace(/[._-]+$/, "").toLowerCase();
    const who = addressed(state, record, handle);
    const start = [...said.slice(0, match.index)].length;
    return who ? [{ start, end: start + handle.length + 1, who }] : [];
  });
}

function addressed(state: State, record: ConversationRecord, handle: string): string | null {
  if (handle === "everyone" && may(record, "mention_all")) return handle;
  const address = `${handle}@${state.server?.domain ?? ""}`;
  return state.users.has(address) ? address : null;
}

function peopleOf(state: State): readonly User[] {
  return [...state.users.values()].filter(({ address }) => address !== state.me?.address);
}

function startsWith(name: string, query: string): boolean {
  return name.toLowerCase().split(/\s+/).some((word) => word.startsWith(query));
}

function suggestionOf({ address, display_name }: User): Suggestion {
  const handle = address.split("@")[0] ?? address;
  return { key: address, handle, name: display_name, face: faceOf(display_name, address) };
}

function everybody(): Suggestion {
  return { key: "everyone", handle: "everyone", name: text("everyone_hint"), face: faceOf("@", "everyone") };
}

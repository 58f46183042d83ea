import type { State } from "../model/state.ts";
import type { ConversationRecord } from "../model/record.ts";
import type { PersonView } from "./people.ts";
import { faceOfConversation, titleOf, type Face } from "./names.ts";

export interface SwitcherRow {
  readonly key: string;
  readonly title: string;
  readonly hint: string;
  readonly face: Face;
  readonly unread: number;
}

const ROWS_MAX = 12;
const STRANGERS_MAX = 5;

/**
 * Conversations that match what was typed, the best first; where several match as well, and when nothing was
 * typed, those that were open most recently come first.
 */
export function switcherRows(state: State, query: string, recent: readonly string[] = []): readonly SwitcherRow[] {
  const wanted = simplified(query);
  return [...state.conversations.values()]
    .map((record) => ({ record, title: titleOf(state, record) }))
    .map((entry) => ({ ...entry, score: score(simplified(`${entry.title} ${entry.record.peer?.address ?? ""}`), wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || rank(recent, a.record) - rank(recent, b.record) || b.record.changed_at.localeCompare(a.record.changed_at))
    .slice(0, ROWS_MAX)
    .map(({ record, title }) => rowOf(state, record, title));
}

function rank(recent: readonly string[], { conversation }: ConversationRecord): number {
  const at = recent.indexOf(conversation);
  return at < 0 ? recent.length : at;
}

/** People who were found and with whom there is no conversation yet. */
export function strangersOf(state: State, people: readonly PersonView[]): readonly PersonView[] {
  const known = new Set([...state.conversations.values()].map(({ peer }) => peer?.address));
  return people.filter(({ address }) => !known.has(address)).slice(0, STRANGERS_MAX);
}

function rowOf(state: State, record: ConversationRecord, title: string): SwitcherRow {
  return {
    key: record.conversation,
    title,
    hint: record.peer?.address ?? record.settings.topic,
    face: faceOfConversation(state, record),
    unread: record.unread,
  };
}

/** Without case and accents. */
export function simplified(words: string): string {
  return words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

/** How well `name` answers `wanted`: beginnings before insides before scattered letters; 0 is not at all. */
export function score(name: string, wanted: string): number {
  if (wanted === "") return 1;
  if (name.startsWith(wanted)) return 4;
  if (name.split(/[\s@._-]+/).some((word) => word.startsWith(wanted))) return 3;
  if (name.includes(wanted)) return 2;
  return isScattered(name, wanted) ? 1 : 0;
}

function isScattered(name: string, wanted: string): boolean {
  let from = 0;
  for (const char of wanted) {
    const found = name.indexOf(char, from);
    if (found < 0) return false;
    from = found + char.length;
  }
  return true;
}

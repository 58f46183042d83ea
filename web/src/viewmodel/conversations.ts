import type { Arrangement, Availability } from "../api/types.ts";
import { draftOf, isArchived, type ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { text } from "../text/text.ts";
import type { Gateway } from "./gateway.ts";
import { shortTime } from "./moments.ts";
import { activity, favouritesIn, organiserOf } from "./organiser.ts";
import { excerpt, faceOfConversation, nameOf, plain, titleOf, type Face } from "./names.ts";
import { both, projection, type Readable } from "./observable.ts";

export interface ConversationRow {
  readonly key: string;
  readonly title: string;
  readonly face: Face;
  readonly preview: string;
  readonly isDraft: boolean;
  readonly isTyping: boolean;
  readonly time: string;
  readonly unread: number;
  readonly mentions: number;
  readonly isMuted: boolean;
  readonly isFavourite: boolean;
  /** The folders it is in. */
  readonly folders: readonly string[];
  readonly presence: Availability | null;
  /** Everything in one sentence, for those who cannot see it. */
  readonly label: string;
}

export interface FolderView {
  readonly key: string;
  readonly name: string;
  /** Unread messages outside muted and archived conversations. */
  readonly unread: number;
}

/** Which conversations are shown: all, those in the archive, or those in a folder. */
export type Shelf = "all" | "archive" | { readonly folder: string };

export interface ConversationsSnapshot {
  readonly rows: readonly ConversationRow[];
  readonly archived: readonly ConversationRow[];
  readonly folders: readonly FolderView[];
  /** Unread messages in the archive, muted or not. */
  readonly archivedUnread: number;
  /** Whether an empty list means that there is nothing. */
  readonly isKnown: boolean;
  /** Unread messages outside muted conversations. */
  readonly unread: number;
}

export function conversationsOf(gateway: Gateway, now: () => number = Date.now): Readable<ConversationsSnapshot> {
  return projection(both(gateway, organiserOf(gateway).arrangement), ([state, arrangement]) => {
    const sorted = inOrder(state, arrangement);
    const rowsOf = (records: readonly ConversationRecord[]) => records.map((record) => rowOf(state, record, arrangement, now()));
    const rows = rowsOf(sorted.filter((record) => !isArchived(record)));
    const archived = rowsOf(sorted.filter(isArchived));
    const folders = arrangement.folders.map(({ folder, name }) => ({ key: folder, name, unread: calling(onShelf(rows, folder)) }));
    const archivedUnread = archived.reduce((sum, { unread }) => sum + unread, 0);
    return { rows, archived, folders, archivedUnread, isKnown: state.is_synced || sorted.length > 0, unread: calling(rows) };
  });
}

/** What is shown of a shelf. */
export function rowsOn({ rows, archived }: ConversationsSnapshot, shelf: Shelf): readonly ConversationRow[] {
  if (shelf === "archive") return archived;
  return shelf === "all" ? rows : onShelf(rows, shelf.folder);
}

/** Whether there is such a shelf; folders may be deleted on another device. */
export function isThere({ folders }: ConversationsSnapshot, shelf: Shelf): boolean {
  return typeof shelf === "string" || folders.some(({ key }) => key === shelf.folder);
}

function onShelf(rows: readonly ConversationRow[], folder: string): readonly ConversationRow[] {
  return rows.filter(({ folders }) => folders.includes(folder));
}

/** The unread messages that call for somebody. */
function calling(rows: readonly ConversationRow[]): number {
  return rows.reduce((sum, { isMuted, unread }) => sum + (isMuted ? 0 : unread), 0);
}

/** The next conversation that waits to be read, after the one that is open; muted ones do not call. */
export function nextUnread(rows: readonly ConversationRow[], open: string | null): string | null {
  const at = rows.findIndex(({ key }) => key === open) + 1;
  return [...rows.slice(at), ...rows.slice(0, at)].find(({ key, unread, isMuted }) => key !== open && unread > 0 && !isMuted)?.key ?? null;
}

/** The favourites as they were put, then the others, those with the newest messages first. */
function inOrder(state: State, arrangement: Arrangement): readonly ConversationRecord[] {
  const others = [...state.conversations.values()].filter(({ membership }) => !membership.preferences.favourite);
  return [...favouritesIn(state, arrangement), ...others.sort((a, b) => activity(b).localeCompare(activity(a)))];
}

function rowOf(state: State, record: ConversationRecord, arrangement: Arrangement, now: number): ConversationRow {
  const title = titleOf(state, record);
  const draft = draftOf(record);
  const typing = typingNames(state, record, now);
  const { unread, mentions, membership } = record;
  const presence = presenceOf(state, record);
  const parts = [title];
  if (presence === "online" || presence === "away" || presence === "do_not_disturb") parts.push(text(presence));
  if (unread > 0) parts.push(text("row_unread", { count: unread }));
  if (mentions > 0) parts.push(text("row_mentions", { count: mentions }));
  if (membership.preferences.muted) parts.push(text("muted"));
  return {
    key: record.conversation,
    title,
    face: faceOfConversation(state, record),
    preview: typing ?? (draft ? text("draft_preview", { text: plain(draft) }) : previewOf(state, record)),
    isDraft: typing === null && draft !== "",
    isTyping: typing !== null,
    time: record.last ? shortTime(record.last.at, now) : "",
    unread,
    mentions,
    isMuted: membership.preferences.muted ?? false,
    isFavourite: membership.preferences.favourite ?? false,
    folders: arrangement.folders.filter(({ conversations }) => conversations.includes(record.conversation)).map(({ folder }) => folder),
    presence,
    label: parts.join(", "),
  };
}

function typingNames(state: State, { conversation, kind }: ConversationRecord, now: number): string | null {
  const typing = [...(state.typing.get(conversation) ?? [])].filter(([, until]) => until > now);
  const [first] = typing;
  if (!first) return null;
  return kind === "direct" ? text("typing_short") : text("typing_one", { name: nameOf(state, first[0]) });
}

function previewOf(state: State, { kind, last, settings }: ConversationRecord): string {
  if (!last) return settings.topic;
  const line = excerpt(last);
  if (last.kind === "deleted") return line;
  if (last.sender === state.me?.address) return kind === "notes" ? line : text("you_preview", { text: line });
  return kind === "direct" ? line : text("author_preview", { name: nameOf(state, last.sender), text: line });
}

function presenceOf(state: State, { peer }: ConversationRecord): Availability | null {
  if (!peer || state.link !== "online") return null;
  return state.presence.get(peer.address)?.availability ?? null;
}

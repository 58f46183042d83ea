import type { Availability } from "../api/types.ts";
import { draftOf, type ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { text } from "../text/text.ts";
import type { Gateway } from "./gateway.ts";
import { shortTime } from "./moments.ts";
import { excerpt, faceOfConversation, nameOf, plain, titleOf, type Face } from "./names.ts";
import { projection, type Readable } from "./observable.ts";

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
  readonly presence: Availability | null;
  /** Everything in one sentence, for those who cannot see it. */
  readonly label: string;
}

export interface ConversationsSnapshot {
  readonly rows: readonly ConversationRow[];
  /** Whether an empty list means that there is nothing. */
  readonly isKnown: boolean;
  /** Unread messages outside muted conversations. */
  readonly unread: number;
}

export function conversationsOf(gateway: Gateway, now: () => number = Date.now): Readable<ConversationsSnapshot> {
  return projection(gateway, (state) => {
    const rows = listed(state).map((record) => rowOf(state, record, now()));
    const unread = rows.reduce((sum, row) => sum + (row.isMuted ? 0 : row.unread), 0);
    return { rows, isKnown: state.is_synced || rows.length > 0, unread };
  });
}

/** The next conversation that waits to be read, after the one that is open; muted ones do not call. */
export function nextUnread(rows: readonly ConversationRow[], open: string | null): string | null {
  const at = rows.findIndex(({ key }) => key === open) + 1;
  return [...rows.slice(at), ...rows.slice(0, at)].find(({ key, unread, isMuted }) => key !== open && unread > 0 && !isMuted)?.key ?? null;
}

function listed(state: State): readonly ConversationRecord[] {
  return [...state.conversations.values()]
    .filter(({ membership, unread }) => !membership.preferences.hidden || unread > 0)
    .sort((a, b) => favour(b) - favour(a) || activity(b).localeCompare(activity(a)));
}

function favour(record: ConversationRecord): number {
  return record.membership.preferences.favourite ? 1 : 0;
}

function activity(record: ConversationRecord): string {
  return record.last && record.last.kind === "message" ? record.last.at : record.changed_at;
}

function rowOf(state: State, record: ConversationRecord, now: number): ConversationRow {
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

import type { Event, Mention } from "../api/types.ts";
import { threadOf, type Item } from "../model/item.ts";
import type { OutboxEntry } from "../model/outbox.ts";
import type { ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { byThread, displayOf } from "../model/threads.ts";
import { messageRow, unsentRow } from "./message-row.ts";
import { dayKey, dayLabel, fullTime } from "./moments.ts";
import type { Face } from "./names.ts";
import type { AcknowledgementView, PollView } from "./poll.ts";
import { systemText } from "./system-text.ts";

export type Status = "queued" | "sending" | "sent" | "delivered" | "read" | "failed";

export interface ReplyView {
  readonly id: string;
  readonly seq: number | null;
  readonly author: string;
  readonly text: string;
}

/** The thread below a message. */
export interface ThreadView {
  readonly count: string;
  /** When the newest of its messages that are known was said, in words. */
  readonly last: string | null;
  readonly faces: readonly (Face & { readonly key: string })[];
  /** Whether there is something in it that nobody has looked at here. */
  readonly isNew: boolean;
}

export interface ReactionView {
  readonly key: string;
  readonly emoji: string;
  readonly count: number;
  readonly isMine: boolean;
  readonly label: string;
  readonly names: string;
}

export interface MessageRow {
  readonly kind: "message";
  readonly key: string;
  /** The event's id; nothing until the server has given it one. */
  readonly id: string | null;
  readonly seq: number | null;
  /** The outbox entry behind it, while there is one. */
  readonly ref: string | null;
  readonly sender: string;
  readonly author: string;
  readonly face: Face;
  readonly isOwn: boolean;
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
  readonly showsAuthor: boolean;
  readonly time: string;
  readonly fullTime: string;
  readonly at: string;
  /** When it was said, for a message that came from elsewhere and was imported. */
  readonly saidAt: string | null;
  readonly text: string | null;
  readonly mentions: readonly Mention[];
  readonly poll: PollView | null;
  readonly acknowledgement: AcknowledgementView | null;
  readonly isDeleted: boolean;
  readonly isEdited: boolean;
  readonly editedAt: string | null;
  readonly isPinned: boolean;
  /** How long it is still there: in words, and as a short mark; for messages that disappear. */
  readonly expiry: { readonly label: string; readonly mark: string } | null;
  readonly forwardedFrom: string | null;
  readonly reactions: readonly ReactionView[];
  readonly reply: ReplyView | null;
  /** The first message of the thread that this one belongs to, or could begin; nothing before the server has it. */
  readonly root: string | null;
  readonly thread: ThreadView | null;
  readonly status: { readonly state: Status; readonly label: string } | null;
  readonly problem: string | null;
  readonly isHighlighted: boolean;
  readonly canEdit: boolean;
  readonly canDelete: boolean;
  readonly canReact: boolean;
  readonly canReply: boolean;
  readonly canThread: boolean;
  readonly canMarkUnread: boolean;
  readonly canReport: boolean;
  readonly label: string;
}

export type Row =
  | MessageRow
  | { readonly kind: "system"; readonly key: string; readonly seq: number; readonly text: string; readonly time: string }
  | { readonly kind: "day"; readonly key: string; readonly text: string }
  | { readonly kind: "unread"; readonly key: "unread" };

/** What the rows of one conversation are made from. */
export interface RowSource {
  readonly state: State;
  readonly record: ConversationRecord;
  readonly items: readonly Item[];
  /** Whether `items` begin where the conversation begins. */
  readonly isFromStart: boolean;
  /** Whether `items` end where the conversation ends. */
  readonly isToEnd: boolean;
  /** Messages after this place are marked as new. */
  readonly divider: number | null;
  readonly highlight: number | null;
  /** Messages outside `items` that are answered in it. */
  readonly answered: ReadonlyMap<string, Event>;
  readonly now: number;
  /** The thread that is shown, by its first message; without one, the conversation itself. */
  readonly thread?: string;
  /** Up to which place somebody has looked at a thread. */
  readonly seenIn?: (root: string) => number;
}

/** What a row is made from. */
export interface Surroundings extends RowSource {
  /** What was done and is not confirmed. */
  readonly pending: readonly OutboxEntry[];
  readonly byId: ReadonlyMap<string, Item>;
  readonly threads: ReadonlyMap<string, readonly Item[]>;
}

const GROUP_MS = 5 * 60_000;

export function rowsOf(source: RowSource): readonly Row[] {
  const around: Surroundings = {
    ...source,
    pending: source.state.outbox.filter(({ conversation }) => conversation === source.record.conversation),
    byId: new Map(source.items.map((item) => [item.event_id, item])),
    threads: byThread(source.items),
  };
  const lines = [...source.items.flatMap((item) => lineOf(around, item)), ...(source.isToEnd ? unsentLines(around) : [])];
  return separated(source, grouped(lines, source.record.kind !== "direct"));
}

type Line = Exclude<Row, { kind: "day" | "unread" }> & { readonly at: string };

function lineOf(source: Surroundings, item: Item): Line[] {
  switch (item.kind) {
    case "message":
    case "deleted":
      return standsHere(source, threadOf(item)) || item.event_id === source.thread ? [messageRow(source, item)] : [];
    case "membership":
    case "settings":
    case "pin":
      if (isOfTwo(source.record) && !isAboutMessages(item)) return [];
      return [
        {
          kind: "system",
          key: item.event_id,
          seq: item.seq,
          at: item.at,
          time: fullTime(item.at),
          text: systemText(source.state, item),
        },
      ];
    default:
      return [];
  }
}

/** Whether a message of this thread, or of none, is shown here. */
function standsHere({ record, thread }: RowSource, root: string | null): boolean {
  return thread === undefined ? root === null || displayOf(record) === "inline" : root === thread;
}

function isAboutMessages(item: Item): boolean {
  return item.kind === "settings" && (item.content.expire_after_s != null || item.content.thread_display != null);
}

/** Whether only what is said matters there, and the settings about that. */
function isOfTwo({ kind }: ConversationRecord): boolean {
  return kind === "direct" || kind === "notes";
}

function unsentLines(source: Surroundings): MessageRow[] {
  const arrived = new Set(source.items.map(({ client_ref }) => client_ref));
  return source.pending.flatMap((entry) => {
    const isWaiting = entry.intent.kind === "send" && !arrived.has(entry.ref) && standsHere(source, entry.intent.thread ?? null);
    return isWaiting ? [unsentRow(source, entry)] : [];
  });
}

function grouped(lines: readonly Line[], hasManyAuthors: boolean): readonly Line[] {
  return lines.map((line, index) => {
    if (line.kind !== "message") return line;
    const startsGroup = !continues(lines[index - 1], line);
    const next = lines[index + 1];
    const endsGroup = next === undefined || !continues(line, next);
    return { ...line, startsGroup, endsGroup, showsAuthor: startsGroup && hasManyAuthors && !line.isOwn };
  });
}

function continues(before: Line | undefined, line: Line): boolean {
  if (before?.kind !== "message" || line.kind !== "message") return false;
  if (before.sender !== line.sender || line.reply !== null) return false;
  return Date.parse(line.at) - Date.parse(before.at) <= GROUP_MS && dayKey(before.at) === dayKey(line.at);
}

/** The lines with the days and the beginning of what is new between them. */
function separated({ divider, isFromStart, now }: RowSource, lines: readonly Line[]): readonly Row[] {
  const rows: Row[] = [];
  let day = isFromStart ? "" : dayKey(lines[0]?.at ?? "");
  let isDivided = divider === null;
  for (const line of lines) {
    const lineDay = dayKey(line.at);
    if (lineDay !== day) rows.push({ kind: "day", key: `day:${lineDay}`, text: dayLabel(line.at, now) });
    day = lineDay;
    if (!isDivided && isNew(line, divider ?? 0)) {
      rows.push({ kind: "unread", key: "unread" });
      isDivided = true;
    }
    rows.push(line);
  }
  return rows;
}

function isNew(line: Line, divider: number): boolean {
  return line.kind === "message" && !line.isOwn && !line.isDeleted && line.seq !== null && line.seq > divider;
}

import type { Message, Poll, Tally } from "../api/types.ts";
import type { Item } from "../model/item.ts";
import type { OutboxEntry } from "../model/outbox.ts";
import { may } from "../model/permission.ts";
import { chosenIn, isClosed, tallyOf, voted } from "../model/poll.ts";
import type { ConversationRecord } from "../model/record.ts";
import { text } from "../text/text.ts";
import { momentAhead } from "./moments.ts";
import { nameOf } from "./names.ts";
import type { RowSource } from "./rows.ts";

export interface OptionView {
  readonly text: string;
  readonly count: number;
  /** How many of those who voted chose it, in percent. */
  readonly share: number;
  readonly isMine: boolean;
  /** The first of those who chose it; nobody in an anonymous poll. */
  readonly names: readonly string[];
}

/** A poll as it is shown in its message. */
export interface PollView {
  readonly question: string;
  readonly isMultiple: boolean;
  readonly options: readonly OptionView[];
  /** What I have chosen. */
  readonly chosen: readonly number[];
  /** What kind of poll it is, and how it stands. */
  readonly hint: string;
  readonly canVote: boolean;
  readonly canClose: boolean;
  readonly canSeeWho: boolean;
}

/** A message that others are asked to acknowledge. */
export interface AcknowledgementView {
  readonly words: string;
  readonly canAcknowledge: boolean;
  /** Whether I may see who has and who has not. */
  readonly canSeeWho: boolean;
}

/** What somebody does with a poll, or with a message that asks to be acknowledged. */
export type Answering =
  | { readonly kind: "vote"; readonly options: readonly number[] }
  | { readonly kind: "close_poll" }
  | { readonly kind: "acknowledge" }
  | { readonly kind: "see_votes" }
  | { readonly kind: "see_acknowledgements" };

export function pollView(source: RowSource, item: Item, message: Message, intents: readonly OutboxEntry[]): PollView | null {
  const { poll } = message;
  if (!poll) return null;
  const { state, record } = source;
  const me = state.me?.address ?? "";
  const tally = intents.reduce<Tally>((standing, { intent }) => {
    if (intent.kind === "close_poll") return { ...standing, closed: true };
    if (intent.kind !== "vote") return standing;
    return voted(poll, standing, { who: me, was: chosenIn(standing), options: intent.options }, me);
  }, tallyOf(poll, item.fold ?? undefined));
  const isOpen = !isClosed(message, tally, source.now) && !record.settings.archived;
  return {
    question: poll.question,
    isMultiple: poll.multiple ?? false,
    options: poll.options.map((option, place) => optionView(source, option, tally, place)),
    chosen: chosenIn(tally),
    hint: hintOf(poll, tally, isClosed(message, tally, source.now), source.now),
    canVote: isOpen && may(record, "react"),
    canClose: isOpen && answersFor(record, item, me),
    canSeeWho: !poll.anonymous && tally.voters > 0,
  };
}

function optionView({ state }: RowSource, option: string, tally: Tally, place: number): OptionView {
  const { count, mine, users } = tally.options[place] ?? { count: 0 };
  const names = (users ?? []).map((user) => (user === state.me?.address ? text("you") : nameOf(state, user)));
  return { text: option, count, share: Math.round((100 * count) / Math.max(1, tally.voters)), isMine: mine ?? false, names };
}

function hintOf(poll: Poll, { voters }: Tally, isOver: boolean, now: number): string {
  const closing = !isOver && poll.closes_at != null ? text("poll_closes", { time: momentAhead(poll.closes_at, now) }) : "";
  const kinds = [poll.multiple ? text("poll_multiple") : "", poll.anonymous ? text("poll_anonymous") : "", isOver ? text("poll_closed") : closing];
  return [...kinds, text("poll_voters", { count: voters })].filter((part) => part !== "").join(" · ");
}

/** A poll that has not been sent yet. */
export function unsentPoll(poll: { readonly options: readonly string[]; readonly multiple?: boolean }, question: string): PollView {
  const options = poll.options.map((option) => ({ text: option, count: 0, share: 0, isMine: false, names: [] }));
  return { question, isMultiple: poll.multiple ?? false, options, chosen: [], hint: text("poll"), canVote: false, canClose: false, canSeeWho: false };
}

export function acknowledgementView({ state, record }: RowSource, item: Item, message: Message, intents: readonly OutboxEntry[]): AcknowledgementView | null {
  if (!message.needs_acknowledgement) return null;
  const me = state.me?.address ?? "";
  const { count, mine } = item.fold?.acknowledged ?? { count: 0 };
  const isDone = (mine ?? false) || intents.some(({ intent }) => intent.kind === "acknowledge");
  const isOwn = item.sender === me;
  const words = isOwn ? text("ack_count", { count, total: record.members_count - 1 }) : text(isDone ? "ack_done" : "ack_asked");
  return { words, canAcknowledge: !isOwn && !isDone && !record.settings.archived, canSeeWho: answersFor(record, item, me) };
}

/** Whether I wrote it or moderate here. */
function answersFor(record: ConversationRecord, item: Item, me: string): boolean {
  const isManaged = record.kind === "group" || record.kind === "channel";
  return item.sender === me || (isManaged && may(record, "moderate"));
}

import type { Choice, Fold, Message, Poll, Tally } from "../api/types.ts";

const NAMED_MAX = 20;

/** A vote: who, what they had chosen before, and what they choose now. */
export interface Vote {
  /** The voter's address; empty in an anonymous poll, unless it is me. */
  readonly who: string;
  readonly was: readonly number[];
  readonly options: readonly number[];
}

const NOBODY: Choice = { count: 0 };

/** How a poll stands, with a place for each option. */
export function tallyOf(poll: Poll, fold: Fold | undefined): Tally {
  const tally = fold?.poll;
  return { voters: 0, ...tally, options: poll.options.map((_, place) => tally?.options[place] ?? NOBODY) };
}

/** What I have chosen. */
export function chosenIn(tally: Tally): number[] {
  return tally.options.flatMap(({ mine }, place) => (mine ? [place] : []));
}

/** The poll after a vote, which takes the place of the voter's last one. */
export function voted(poll: Poll, tally: Tally, { who, was, options }: Vote, me: string): Tally {
  const isNamed = !poll.anonymous;
  const counted = tally.options.map((choice, place) => {
    const without = was.includes(place) ? withoutVoter(choice, who, me) : choice;
    return options.includes(place) ? withVoter(without, who, me, isNamed) : without;
  });
  const voters = tally.voters - (was.length > 0 ? 1 : 0) + (options.length > 0 ? 1 : 0);
  return { ...tally, options: counted, voters: Math.max(0, voters) };
}

function withVoter(choice: Choice, who: string, me: string, isNamed: boolean): Choice {
  const users = choice.users ?? [];
  return {
    count: choice.count + 1,
    users: isNamed && users.length < NAMED_MAX ? [...users, who] : users,
    mine: who === me || (choice.mine ?? false),
  };
}

function withoutVoter(choice: Choice, who: string, me: string): Choice {
  return {
    count: Math.max(0, choice.count - 1),
    users: (choice.users ?? []).filter((user) => user !== who),
    mine: who !== me && (choice.mine ?? false),
  };
}

/** Whether a poll takes no more votes at a moment (Unix milliseconds). */
export function isClosed({ poll }: Message, tally: Tally, now: number): boolean {
  return (tally.closed ?? false) || (poll?.closes_at != null && Date.parse(poll.closes_at) <= now);
}

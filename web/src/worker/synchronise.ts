import type { Answer, Args, Position } from "../api/types.ts";
import type { Seat } from "./leader.ts";

const WINDOW_FIRST = 1;
const WINDOW = 50;
const CONVERSATIONS_PER_PAGE = 100;
const POSITIONS_MAX = 500;

/** Brings everything up to date with the server; false when it has to be done again. */
export async function synchronise(
  seat: Seat,
  ask: (args: Args<"sync">) => Promise<Answer<"sync">>,
): Promise<boolean> {
  await seat.kept();
  const since = await seat.mark();
  const positions = since === undefined ? {} : await positionsOf(seat);
  const base: Args<"sync"> = {
    ...(since === undefined ? {} : { since }),
    positions,
    window: since === undefined ? WINDOW_FIRST : WINDOW,
    limit: CONVERSATIONS_PER_PAGE,
  };
  let answer = await ask(base);
  if (answer.reset) seat.tell({ fact: "reset" });
  tell(seat, answer);
  while (answer.next) {
    answer = await ask({ ...base, cursor: answer.next });
    tell(seat, answer);
  }
  await seat.kept();
  await seat.database.setMark(answer.mark);
  return true;
}

function tell(seat: Seat, { conversations, gone }: Answer<"sync">): void {
  seat.tell({ fact: "told", conversations, isCatchUp: true });
  if (gone && gone.length > 0) seat.tell({ fact: "gone", conversations: gone });
}

async function positionsOf(seat: Seat): Promise<Record<string, Position>> {
  const tails = await seat.database.tails(POSITIONS_MAX);
  return Object.fromEntries(tails.map(({ conversation, epoch, to }) => [conversation, { epoch, seq: to }]));
}

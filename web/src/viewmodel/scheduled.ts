import type { Scheduled, ScheduledRefusal } from "../api/types.ts";
import type { State } from "../model/state.ts";
import { text, type PlainTextKey } from "../text/text.ts";
import type { Gateway } from "./gateway.ts";
import { isoOf } from "./later.ts";
import { bodyOf } from "./mention.ts";
import { momentAhead } from "./moments.ts";
import { projection, type Readable } from "./observable.ts";
import { explain } from "./problem.ts";

/** A message that waits to be sent. */
export interface ScheduledRow {
  readonly id: string;
  /** What it says; nothing when it is sealed. */
  readonly text: string | null;
  /** Unix milliseconds. */
  readonly at: number;
  /** When it is sent, or what became of it. */
  readonly status: string;
  readonly isRefused: boolean;
  /** Whether it can still be changed. */
  readonly isAtRest: boolean;
}

/** What can be done with a message that waits; each answers with what went wrong, if anything did. */
export interface ScheduledActions {
  change(id: string, said: string, at: number): Promise<string | null>;
  send(id: string): Promise<string | null>;
  cancel(id: string): Promise<string | null>;
}

const REFUSED: Readonly<Record<ScheduledRefusal, PlainTextKey>> = {
  not_there: "scheduled_not_there",
  forbidden: "scheduled_forbidden",
  archived: "scheduled_archived",
  blocked: "scheduled_blocked",
  too_long: "too_long",
  account_disabled: "scheduled_invalid",
  invalid: "scheduled_invalid",
};

/** What waits to be sent to a conversation. */
export function scheduledIn(gateway: Gateway, conversation: string, now: () => number = Date.now): Readable<readonly ScheduledRow[]> {
  return projection(gateway, (state: State) => of(state, conversation).map((scheduled) => rowOf(scheduled, now())));
}

export function scheduledActions(gateway: Gateway, conversation: string): ScheduledActions {
  const outcome = (done: Promise<unknown>) => done.then(() => null, explain);
  return {
    change: (scheduled, said, at) =>
      outcome(gateway.call("scheduled.change", { scheduled, body: bodyOf(gateway.current, conversation, said), due_at: isoOf(at) })),
    send: (scheduled) => outcome(gateway.call("scheduled.send", { scheduled })),
    cancel: (scheduled) => outcome(gateway.call("scheduled.cancel", { scheduled })),
  };
}

function of({ scheduled }: State, conversation: string): readonly Scheduled[] {
  return scheduled.filter((one) => one.conversation === conversation);
}

function rowOf({ scheduled, body, due_at, state, refused }: Scheduled, now: number): ScheduledRow {
  return {
    id: scheduled,
    text: body.type === "text" ? body.text : null,
    at: Date.parse(due_at),
    status: statusOf(state, refused ?? null, due_at, now),
    isRefused: state === "refused",
    isAtRest: state !== "sending",
  };
}

function statusOf(state: Scheduled["state"], refused: ScheduledRefusal | null, due: string, now: number): string {
  if (state === "sending") return text("scheduled_sending");
  return refused === null ? momentAhead(due, now) : text(REFUSED[refused]);
}

import type { Call } from "../api/types.ts";
import type { Seat } from "./leader.ts";

/** Knows what waits on the server to be sent at a later time. */
export class ScheduleWatch {
  /** How often it was asked to look; only the answer to the last time counts. */
  #looks = 0;

  constructor(
    private readonly seat: Seat,
    private readonly call: Call,
  ) {}

  /** Asks for all of it; without an answer the next connection asks again. */
  async look(): Promise<void> {
    const look = ++this.#looks;
    const answer = await this.call("scheduled.list", {}).catch(() => null);
    if (answer && look === this.#looks) this.seat.tell({ fact: "scheduled", items: answer.items });
  }
}

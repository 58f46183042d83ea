import type { Call } from "../api/types.ts";
import type { Seat } from "./leader.ts";

/** Knows how the conversations are sorted. */
export class ArrangementWatch {
  /** How often it was asked to look; only the answer to the last time counts. */
  #looks = 0;

  constructor(
    private readonly seat: Seat,
    private readonly call: Call,
  ) {}

  /** Asks for all of it; without an answer the next connection asks again. */
  async look(): Promise<void> {
    const look = ++this.#looks;
    const arrangement = await this.call("arrangement.get", {}).catch(() => null);
    if (arrangement && look === this.#looks) this.seat.tell({ fact: "arrangement", arrangement });
  }
}

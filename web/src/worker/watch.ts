import type { Fact } from "../model/fact.ts";
import type { Seat } from "./leader.ts";

/** Knows something that the server only tells whole. */
export class Watch {
  /** How often it was asked to look; only the answer to the last time counts. */
  #looks = 0;

  constructor(
    private readonly seat: Seat,
    private readonly ask: () => Promise<Fact>,
  ) {}

  /** Asks for all of it; without an answer the next connection asks again. */
  async look(): Promise<void> {
    const look = ++this.#looks;
    const fact = await this.ask().catch(() => null);
    if (fact && look === this.#looks) this.seat.tell(fact);
  }
}

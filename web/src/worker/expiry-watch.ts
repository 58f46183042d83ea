import { expiryOf } from "../model/item.ts";
import type { State } from "../model/state.ts";
import type { Seat } from "./leader.ts";

const LOOK_EVERY_MS = 1_000;

/** Takes away messages whose time has come, also without a connection. */
export class ExpiryWatch {
  #turn: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly seat: Seat) {}

  start(): void {
    this.#turn = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    void this.#look();
  }

  stop(): void {
    clearInterval(this.#turn);
  }

  async #look(): Promise<void> {
    const now = Date.now();
    if (hasExpired(this.seat.state(), now) || (await this.seat.database.hasExpired(now))) {
      this.seat.tell({ fact: "expired", until: now });
    }
  }
}

function hasExpired({ conversations, timelines }: State, now: number): boolean {
  const previews = [...conversations.values()].flatMap(({ last }) => last ?? []);
  const shown = [...timelines.values()].flatMap(({ segments }) => segments.flatMap(({ items }) => items));
  return [...previews, ...shown].some((item) => expiryOf(item) <= now);
}

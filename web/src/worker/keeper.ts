import type { Fact } from "../model/fact.ts";
import type { Database } from "./database.ts";

/** What only the person knows: nobody can be asked for it again. */
const OF_PERSON: ReadonlySet<Fact["fact"]> = new Set(["outbox", "outbox_dropped", "read_here", "unread_here", "draft_here"]);

const NOT_KEPT: ReadonlySet<Fact["fact"]> = new Set(["link", "synced", "opened", "closed", "typing", "presence", "scheduled", "signed_out"]);

/** So many facts are written at a time that whoever waits behind them does not wait long. */
const BATCH_MAX = 32;

/**
 * Writes facts to the database in their order, many at a time. What a person wrote goes before everything
 * else: the rest can be fetched again.
 */
export class Keeper {
  /** What a person wrote, and everything else, each in its order; functions are called when it is their turn. */
  readonly #written: Entry[] = [];
  readonly #rest: Entry[] = [];
  /** What is being written right now. */
  #batch: readonly Entry[] = [];
  #isWorking = false;

  constructor(
    private readonly database: Database,
    private readonly me: string,
  ) {}

  keep(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (!NOT_KEPT.has(fact.fact)) (isOfOutbox(fact) ? this.#written : this.#rest).push(fact);
    }
    void this.#work();
  }

  /** Resolves when everything that was handed in so far is on disk. */
  kept(): Promise<void> {
    return this.#reached(this.#rest);
  }

  /** Resolves when everything a person wrote so far is on disk, whatever else still waits. */
  outboxKept(): Promise<void> {
    return this.#reached(this.#written);
  }

  /** What the person did that is not on disk yet, in an order in which it can be kept. */
  unkept(): readonly Fact[] {
    return [...this.#batch, ...this.#written, ...this.#rest].filter(isOfPerson);
  }

  #reached(queue: Entry[]): Promise<void> {
    return new Promise((resolve) => {
      queue.push(resolve);
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
      this.#batch = batch;
      const facts = batch.filter((entry) => typeof entry !== "function");
      // Without its cache the client still works, and the next synchronisation fills it again.
      if (facts.length > 0) await this.database.keep(facts, this.me).catch(() => undefined);
      this.#batch = [];
      for (const entry of batch) if (typeof entry === "function") entry();
    }
    this.#isWorking = false;
  }

  #next(): Entry[] {
    return this.#written.length > 0 ? this.#written.splice(0) : this.#rest.splice(0, BATCH_MAX);
  }
}

type Entry = Fact | (() => void);

function isOfOutbox({ fact }: Fact): boolean {
  return fact === "outbox" || fact === "outbox_dropped";
}

function isOfPerson(entry: Entry): entry is Fact {
  return typeof entry !== "function" && OF_PERSON.has(entry.fact);
}

import { deleteDB, type IDBPDatabase } from "idb";
import type { Arrangement } from "../api/types.ts";
import { EMPTY_ARRANGEMENT } from "../model/arrangement.ts";
import type { Fact } from "../model/fact.ts";
import { expiryOf, leftAt } from "../model/item.ts";
import { withEntry, type OutboxEntry } from "../model/outbox.ts";
import { recordAt } from "../model/record.ts";
import type { State } from "../model/state.ts";
import type { Timeline } from "../model/timeline.ts";
import { keep } from "./keep.ts";
import { openStores, STORES, type Account, type Kept, type Tail } from "./stores.ts";

const OPENED_SEQS_MAX = 300;

/** Everything of one account that outlives the tab. */
export class Database {
  #opened: Promise<IDBPDatabase<Kept>> | null = null;

  constructor(private readonly name = "parlance") {}

  /** The stores themselves. */
  open(): Promise<IDBPDatabase<Kept>> {
    this.#opened ??= openStores(this.name, () => (this.#opened = null)).catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  /** Deletes everything. */
  async delete(): Promise<void> {
    (await this.open()).close();
    await deleteDB(this.name);
  }

  async account(): Promise<Account | null> {
    return ((await this.#value("account")) as Account | undefined) ?? null;
  }

  async setAccount(account: Account): Promise<void> {
    await (await this.open()).put("values", { key: "account", value: account });
  }

  async mark(): Promise<string | undefined> {
    return (await this.#value("mark")) as string | undefined;
  }

  async setMark(mark: string): Promise<void> {
    await (await this.open()).put("values", { key: "mark", value: mark });
  }

  async #value(key: string): Promise<unknown> {
    return (await (await this.open()).get("values", key))?.value;
  }

  /** What this browser last knew; logs are opened one by one. */
  async standing(): Promise<Pick<State, "conversations" | "outbox" | "users" | "arrangement">> {
    const now = Date.now();
    const database = await this.open();
    const [conversations, entries, users, arrangement] = await Promise.all([
      database.getAll("conversations"),
      database.getAll("outbox"),
      database.getAll("users"),
      this.#value("arrangement") as Promise<Arrangement | undefined>,
    ]);
    return {
      arrangement: arrangement ?? EMPTY_ARRANGEMENT,
      conversations: new Map(conversations.map((record) => [record.conversation, recordAt(record, now)])),
      outbox: entries.reduce<readonly OutboxEntry[]>(withEntry, []),
      users: new Map(users.map((user) => [user.address, user])),
    };
  }

  /** At most so many of the ranges that are kept. */
  async tails(max: number): Promise<Tail[]> {
    return (await this.open()).getAll("tails", undefined, max);
  }

  /** The newest part of a log; nothing when none is kept. */
  async timeline(conversation: string): Promise<Timeline | null> {
    const tx = (await this.open()).transaction(["tails", "items"]);
    const tail = await tx.objectStore("tails").get(conversation);
    if (!tail) return null;
    const from = Math.max(tail.from, tail.to - OPENED_SEQS_MAX + 1);
    const kept = await tx.objectStore("items").getAll(IDBKeyRange.bound([conversation, from], [conversation, tail.to]));
    const now = Date.now();
    return { epoch: tail.epoch, segments: [{ from, to: tail.to, items: kept.map((item) => leftAt(item, now)) }] };
  }

  /** Whether a message is kept whose time has come. */
  async hasExpired(now: number): Promise<boolean> {
    const due = IDBKeyRange.upperBound(new Date(now).toISOString());
    const items = await (await this.open()).getAllFromIndex("items", "content.expires_at", due);
    return items.some((item) => expiryOf(item) <= now);
  }

  /** Keeps what these facts change, all or nothing. */
  async keep(facts: readonly Fact[], me: string): Promise<void> {
    const tx = (await this.open()).transaction(STORES, "readwrite");
    // A failed write ends here twice, as itself and as the end of the transaction.
    const done = tx.done.catch(() => undefined);
    try {
      await keep(tx, facts, me);
      await tx.done;
    } catch (error) {
      abort(tx);
      await done;
      throw error;
    }
  }
}

function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // It has ended by itself.
  }
}

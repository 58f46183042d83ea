import type { IDBPTransaction } from "idb";
import type { Arrangement, Event, Me, ServerInfo } from "../api/types.ts";
import { EMPTY_ARRANGEMENT, rearranged } from "../model/arrangement.ts";
import type { Fact } from "../model/fact.ts";
import { emptied, expiryOf, foldInto, laterOf, leftAt, targetOf, type Item } from "../model/item.ts";
import type { OutboxEntry } from "../model/outbox.ts";
import { recordAt } from "../model/record.ts";
import { EMPTY_STATE, pageOfTold, reduce, type State } from "../model/state.ts";
import type { Page } from "../model/timeline.ts";
import type { Account, Kept, STORES } from "./stores.ts";

type Writing = IDBPTransaction<Kept, typeof STORES, "readwrite">;

/** Writes what these facts change. The transaction ends by itself when it is left alone. */
export async function keep(tx: Writing, facts: readonly Fact[], me: string): Promise<void> {
  const keeping = new Keeping(tx, me);
  for (const fact of facts) await keeping.keep(fact);
}

/** The events of a log, in their order. */
const logOf = (conversation: string) => IDBKeyRange.bound([conversation, 0], [conversation, Infinity]);

async function putAll<T>(store: { put(value: T): Promise<unknown> }, values: readonly T[]): Promise<void> {
  await Promise.all(values.map((value) => store.put(value)));
}

class Keeping {
  readonly #values;
  readonly #conversations;
  readonly #tails;
  readonly #items;
  readonly #outbox;
  readonly #users;

  constructor(
    tx: Writing,
    private readonly me: string,
  ) {
    this.#values = tx.objectStore("values");
    this.#conversations = tx.objectStore("conversations");
    this.#tails = tx.objectStore("tails");
    this.#items = tx.objectStore("items");
    this.#outbox = tx.objectStore("outbox");
    this.#users = tx.objectStore("users");
  }

  async keep(fact: Fact): Promise<void> {
    switch (fact.fact) {
      case "greeted":
        return this.#keepGreeting(fact.me, fact.server);
      case "told":
        for (const told of fact.conversations) {
          await this.#keepRecord(told.conversation, { fact: "told", conversations: [told] });
          const page = pageOfTold(told);
          const tail = await this.#tails.get(told.conversation);
          const hasGap = tail !== undefined && page !== null && page.from > tail.to + 1;
          if (page && (fact.isCatchUp || !hasGap)) await this.#keepPage(told.conversation, page);
        }
        return;
      case "gone":
        for (const id of fact.conversations) await this.#forget(id);
        return;
      case "reset":
        await Promise.all([this.#conversations.clear(), this.#tails.clear(), this.#items.clear()]);
        return;
      case "event":
        await this.#keepRecord(fact.event.conversation, fact);
        return this.#keepEvent(fact.event);
      case "expired":
        return this.#expire(fact.until);
      case "page":
        return this.#keepPage(fact.conversation, fact.page);
      case "account":
        if ("conversation" in fact.change) await this.#keepRecord(fact.change.conversation, fact);
        return;
      case "read_here":
      case "unread_here":
      case "draft_here":
        return this.#keepRecord(fact.conversation, fact);
      case "receipt":
        return this.#keepRecord(fact.receipt.conversation, fact);
      case "arrangement":
        await this.#values.put({ key: "arrangement", value: fact.arrangement });
        return;
      case "rearranged":
        await this.#values.put({ key: "arrangement", value: rearranged(await this.#arrangement(), fact.change) });
        return;
      case "users":
        await putAll(this.#users, fact.users);
        return;
      case "outbox":
        await this.#outbox.put(fact.entry);
        return;
      case "outbox_dropped":
        await this.#outbox.delete(fact.ref);
        return;
      default:
        return;
    }
  }

  async #arrangement(): Promise<Arrangement> {
    return ((await this.#values.get("arrangement"))?.value as Arrangement | undefined) ?? EMPTY_ARRANGEMENT;
  }

  async #keepGreeting(me: Me, server: ServerInfo): Promise<void> {
    const account = (await this.#values.get("account"))?.value as Account | undefined;
    if (account) await this.#values.put({ key: "account", value: { ...account, me, server } });
  }

  /** Lets the model change the stored record, so that memory and disk obey the same rules. */
  async #keepRecord(id: string, fact: Fact): Promise<void> {
    const record = await this.#conversations.get(id);
    const outbox = await this.#outboxOf(id);
    const before: State = {
      ...EMPTY_STATE,
      me: { address: this.me } as Me,
      conversations: new Map(record ? [[id, record]] : []),
      outbox,
    };
    const after = reduce(before, fact);
    const changed = after.conversations.get(id);
    if (changed && changed !== record) await this.#conversations.put(changed);
    const settled = outbox.filter((entry) => !after.outbox.includes(entry)).map(({ ref }) => ref);
    await Promise.all(settled.map((ref) => this.#outbox.delete(ref)));
    await putAll(this.#users, [...after.users.values()]);
  }

  async #expire(now: number): Promise<void> {
    const due = IDBKeyRange.upperBound(new Date(now).toISOString());
    const expired = (await this.#items.index("content.expires_at").getAll(due)).filter((item) => expiryOf(item) <= now);
    for (const item of expired) {
      const edits = await this.#editsOf(item.conversation, item.event_id);
      await putAll(this.#items, [leftAt(item, now), ...edits.map((edit) => (edit.kind === "edit" ? emptied(edit) : edit))]);
    }
    const records = (await this.#conversations.getAll()).filter(({ last }) => last !== undefined && expiryOf(last) <= now);
    await putAll(this.#conversations, records.map((record) => recordAt(record, now)));
  }

  async #keepEvent(event: Event): Promise<void> {
    const tail = await this.#tails.get(event.conversation);
    if (!tail || tail.epoch !== event.epoch || event.seq !== tail.to + 1) return;
    await this.#foldIntoTarget(event);
    await this.#items.put(event);
    await this.#tails.put({ ...tail, to: event.seq });
  }

  async #foldIntoTarget(event: Event): Promise<void> {
    const id = targetOf(event);
    if (!id) return;
    const target = await this.#items.index("[conversation+event_id]").get([event.conversation, id]);
    const edits = event.kind === "delete" ? await this.#editsOf(event.conversation, id) : [];
    const concerned = [...(target ? [target] : []), ...edits];
    await putAll(this.#items, concerned.map((item) => foldInto(item, event, this.me)));
  }

  async #editsOf(conversation: string, id: string): Promise<Item[]> {
    const log = await this.#items.getAll(logOf(conversation));
    return log.filter((item) => item.kind === "edit" && item.content.target === id);
  }

  async #outboxOf(id: string): Promise<OutboxEntry[]> {
    return (await this.#outbox.getAll()).filter(({ conversation }) => conversation === id);
  }

  async #keepPage(conversation: string, page: Page): Promise<void> {
    const known = await this.#tails.get(conversation);
    const tail = known?.epoch === page.epoch ? known : undefined;
    const continues = tail !== undefined && page.from <= tail.to + 1;
    if (tail && continues && page.to < tail.from - 1) return;
    if (!tail && page.to < ((await this.#conversations.get(conversation))?.head ?? 0)) return;
    if (!continues) await this.#items.delete(logOf(conversation));
    for (const event of page.items) {
      if (tail && continues && event.seq > tail.to) await this.#foldIntoTarget(event);
    }
    await putAll(this.#items, await this.#newest(page));
    const from = tail && continues ? Math.min(tail.from, page.from) : page.from;
    const to = tail && continues ? Math.max(tail.to, page.to) : page.to;
    await this.#tails.put({ conversation, epoch: page.epoch, from, to });
  }

  /** The items of a page, except where something newer is already kept. */
  async #newest(page: Page): Promise<Item[]> {
    const known = await Promise.all(page.items.map(({ conversation, seq }) => this.#items.get([conversation, seq])));
    return page.items.map((item, index) => laterOf(known[index] ?? item, item));
  }

  async #forget(id: string): Promise<void> {
    await Promise.all([
      this.#conversations.delete(id),
      this.#tails.delete(id),
      this.#items.delete(logOf(id)),
      ...(await this.#outboxOf(id)).map(({ ref }) => this.#outbox.delete(ref)),
    ]);
  }
}

import Dexie, { type Table } from "dexie";
import type { Arrangement, Event, Me, ServerInfo, User } from "../api/types.ts";
import type { Fact } from "../model/fact.ts";
import { EMPTY_ARRANGEMENT, rearranged } from "../model/arrangement.ts";
import { emptied, expiryOf, foldInto, laterOf, leftAt, targetOf, threadOf, withoutAnswer, type Item } from "../model/item.ts";
import { withEntry, type OutboxEntry } from "../model/outbox.ts";
import { recordAt, type ConversationRecord } from "../model/record.ts";
import { EMPTY_STATE, pageOfTold, reduce, type State } from "../model/state.ts";
import type { Page, Timeline } from "../model/timeline.ts";

/** The newest range of a log that is kept. */
export interface Tail {
  readonly conversation: string;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
}

/** What is needed to come back without asking for the password. */
export interface Account {
  readonly token: string;
  readonly me: Me;
  readonly server: ServerInfo | null;
}

const OPENED_ITEMS_MAX = 300;

/** Everything of one account that outlives the tab. */
export class Database extends Dexie {
  values!: Table<{ key: string; value: unknown }, string>;
  conversations!: Table<ConversationRecord, string>;
  tails!: Table<Tail, string>;
  items!: Table<Item, [string, number]>;
  outbox!: Table<OutboxEntry, string>;
  users!: Table<User, string>;

  constructor(name = "parlance") {
    super(name);
    this.version(1).stores({
      values: "key",
      conversations: "conversation",
      tails: "conversation",
      items: "[conversation+seq], [conversation+event_id]",
      outbox: "ref",
      users: "address",
    });
    this.version(2).stores({ items: "[conversation+seq], [conversation+event_id], content.expires_at" });
  }

  async account(): Promise<Account | null> {
    return ((await this.values.get("account"))?.value as Account | undefined) ?? null;
  }

  async setAccount(account: Account): Promise<void> {
    await this.values.put({ key: "account", value: account });
  }

  async mark(): Promise<string | undefined> {
    return (await this.values.get("mark"))?.value as string | undefined;
  }

  async setMark(mark: string): Promise<void> {
    await this.values.put({ key: "mark", value: mark });
  }

  /** What this browser last knew; logs are opened one by one. */
  async standing(): Promise<Pick<State, "conversations" | "outbox" | "users" | "arrangement">> {
    const now = Date.now();
    const [conversations, entries, users, arrangement] = await Promise.all([
      this.conversations.toArray(),
      this.outbox.toArray(),
      this.users.toArray(),
      this.#arrangement(),
    ]);
    return {
      arrangement,
      conversations: new Map(conversations.map((record) => [record.conversation, recordAt(record, now)])),
      outbox: entries.reduce<readonly OutboxEntry[]>(withEntry, []),
      users: new Map(users.map((user) => [user.address, user])),
    };
  }

  async #arrangement(): Promise<Arrangement> {
    return ((await this.values.get("arrangement"))?.value as Arrangement | undefined) ?? EMPTY_ARRANGEMENT;
  }

  /** The newest part of a log; nothing when none is kept. */
  async timeline(conversation: string): Promise<Timeline | null> {
    return this.transaction("r", this.tails, this.items, async () => {
      const tail = await this.tails.get(conversation);
      if (!tail) return null;
      const newest = await this.items
        .where("[conversation+seq]")
        .between([conversation, tail.from], [conversation, tail.to], true, true)
        .reverse()
        .limit(OPENED_ITEMS_MAX)
        .toArray();
      const now = Date.now();
      const items = newest.reverse().map((item) => leftAt(item, now));
      const isWhole = items.length < OPENED_ITEMS_MAX;
      const from = isWhole ? tail.from : (items[0]?.seq ?? tail.from);
      return { epoch: tail.epoch, segments: [{ from, to: tail.to, items }] };
    });
  }

  /** Keeps what these facts change, all or nothing. */
  async keep(facts: readonly Fact[], me: string): Promise<void> {
    await this.transaction("rw", this.tables, async () => {
      for (const fact of facts) await this.#keepOne(fact, me);
    });
  }

  async #keepOne(fact: Fact, me: string): Promise<void> {
    switch (fact.fact) {
      case "greeted":
        return this.#keepGreeting(fact.me, fact.server);
      case "told":
        for (const told of fact.conversations) {
          await this.#keepRecord(told.conversation, { fact: "told", conversations: [told] }, me);
          const page = pageOfTold(told);
          const tail = await this.tails.get(told.conversation);
          const hasGap = tail !== undefined && page !== null && page.from > tail.to + 1;
          if (page && (fact.isCatchUp || !hasGap)) await this.#keepPage(told.conversation, page, me);
        }
        return;
      case "gone":
        for (const id of fact.conversations) await this.#forget(id);
        return;
      case "reset":
        await Promise.all([this.conversations.clear(), this.tails.clear(), this.items.clear()]);
        return;
      case "event":
        await this.#keepRecord(fact.event.conversation, fact, me);
        return this.#keepEvent(fact.event, me);
      case "expired":
        return this.#expire(fact.until);
      case "page":
        return this.#keepPage(fact.conversation, fact.page, me);
      case "account":
        if ("conversation" in fact.change) await this.#keepRecord(fact.change.conversation, fact, me);
        return;
      case "read_here":
      case "unread_here":
      case "draft_here":
        return this.#keepRecord(fact.conversation, fact, me);
      case "receipt":
        return this.#keepRecord(fact.receipt.conversation, fact, me);
      case "arrangement":
        await this.values.put({ key: "arrangement", value: fact.arrangement });
        return;
      case "rearranged":
        await this.values.put({ key: "arrangement", value: rearranged(await this.#arrangement(), fact.change) });
        return;
      case "users":
        await this.users.bulkPut([...fact.users]);
        return;
      case "outbox":
        await this.outbox.put(fact.entry);
        return;
      case "outbox_dropped":
        await this.outbox.delete(fact.ref);
        return;
      default:
        return;
    }
  }

  async #keepGreeting(me: Me, server: ServerInfo): Promise<void> {
    const account = await this.account();
    if (account) await this.setAccount({ ...account, me, server });
  }

  /** Lets the model change the stored record, so that memory and disk obey the same rules. */
  async #keepRecord(id: string, fact: Fact, me: string): Promise<void> {
    const record = await this.conversations.get(id);
    const outbox = await this.outbox.filter(({ conversation }) => conversation === id).toArray();
    const before: State = {
      ...EMPTY_STATE,
      me: { address: me } as Me,
      conversations: new Map(record ? [[id, record]] : []),
      outbox,
    };
    const after = reduce(before, fact);
    const changed = after.conversations.get(id);
    if (changed && changed !== record) await this.conversations.put(changed);
    const settled = outbox.filter((entry) => !after.outbox.includes(entry)).map(({ ref }) => ref);
    await this.outbox.bulkDelete(settled);
    if (after.users.size > 0) await this.users.bulkPut([...after.users.values()]);
  }

  /** Whether a message is kept whose time has come. */
  async hasExpired(now: number): Promise<boolean> {
    return (await this.#expired(now).first()) !== undefined;
  }

  #expired(now: number) {
    return this.items.where("content.expires_at").belowOrEqual(new Date(now).toISOString()).filter((item) => expiryOf(item) <= now);
  }

  async #expire(now: number): Promise<void> {
    for (const item of await this.#expired(now).toArray()) {
      const edits = await this.#editsOf(item.conversation, item.event_id);
      const thread = threadOf(item);
      const root = thread === null ? undefined : await this.#item(item.conversation, thread);
      const around = [...edits.map((edit) => (edit.kind === "edit" ? emptied(edit) : edit)), ...(root ? [withoutAnswer(root)] : [])];
      await this.items.bulkPut([leftAt(item, now), ...around]);
    }
    const records = await this.conversations.filter(({ last }) => last !== undefined && expiryOf(last) <= now).toArray();
    await this.conversations.bulkPut(records.map((record) => recordAt(record, now)));
  }

  async #keepEvent(event: Event, me: string): Promise<void> {
    const tail = await this.tails.get(event.conversation);
    if (!tail || tail.epoch !== event.epoch || event.seq !== tail.to + 1) return;
    await this.#foldIntoTarget(event, me);
    await this.items.put(event);
    await this.tails.put({ ...tail, to: event.seq });
  }

  async #foldIntoTarget(event: Event, me: string): Promise<void> {
    const id = targetOf(event);
    if (!id) return;
    const target = await this.#item(event.conversation, id);
    const thread = event.kind === "delete" && target?.kind === "message" ? threadOf(target) : null;
    const root = thread === null ? undefined : await this.#item(event.conversation, thread);
    const edits = event.kind === "delete" ? await this.#editsOf(event.conversation, id) : [];
    const concerned = [...(target ? [target] : []), ...(root ? [root] : []), ...edits];
    await this.items.bulkPut(concerned.map((item) => foldInto(item, event, me)));
  }

  #item(conversation: string, id: string): Promise<Item | undefined> {
    return this.items.where("[conversation+event_id]").equals([conversation, id]).first();
  }

  #editsOf(conversation: string, id: string): Promise<Item[]> {
    return this.items
      .where("[conversation+seq]")
      .between([conversation, 0], [conversation, Infinity])
      .filter((item) => item.kind === "edit" && item.content.target === id)
      .toArray();
  }

  async #keepPage(conversation: string, page: Page, me: string): Promise<void> {
    const known = await this.tails.get(conversation);
    const tail = known?.epoch === page.epoch ? known : undefined;
    const continues = tail !== undefined && page.from <= tail.to + 1;
    if (tail && continues && page.to < tail.from - 1) return;
    if (!tail && page.to < ((await this.conversations.get(conversation))?.head ?? 0)) return;
    if (!continues) await this.items.where("[conversation+seq]").between([conversation, 0], [conversation, Infinity]).delete();
    for (const event of page.items) {
      if (tail && continues && event.seq > tail.to) await this.#foldIntoTarget(event, me);
    }
    await this.items.bulkPut(await this.#newest(page));
    const from = tail && continues ? Math.min(tail.from, page.from) : page.from;
    const to = tail && continues ? Math.max(tail.to, page.to) : page.to;
    await this.tails.put({ conversation, epoch: page.epoch, from, to });
  }

  /** The items of a page, except where something newer is already kept. */
  async #newest(page: Page): Promise<Item[]> {
    const known = await this.items.bulkGet(page.items.map(({ conversation, seq }) => [conversation, seq] as [string, number]));
    return page.items.map((item, index) => laterOf(known[index] ?? item, item));
  }

  async #forget(id: string): Promise<void> {
    await Promise.all([
      this.conversations.delete(id),
      this.tails.delete(id),
      this.items.where("[conversation+seq]").between([id, 0], [id, Infinity]).delete(),
      this.outbox.filter(({ conversation }) => conversation === id).delete(),
    ]);
  }
}

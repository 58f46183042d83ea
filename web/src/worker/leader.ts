import { Connection } from "../api/connection.ts";
import type { Answer, Args, Event, OperationName, Problem, Push, Welcome } from "../api/types.ts";
import type { Fact } from "../model/fact.ts";
import type { State } from "../model/state.ts";
import type { Database } from "./database.ts";
import { Errands } from "./errands.ts";
import { ExpiryWatch } from "./expiry-watch.ts";
import { Sender } from "./sender.ts";
import { synchronise } from "./synchronise.ts";
import { Watch } from "./watch.ts";

const TYPING_MS = 6_000;
const WATCHED_MAX = 500;
const PREVIEW_EVENTS = 30;

/** What the leader needs of the tab it lives in. */
export interface Seat {
  readonly database: Database;
  state(): State;
  tell(...facts: Fact[]): void;
  /** Up to where the server has told everything that this tab knows. */
  mark(): Promise<string | undefined>;
  kept(): Promise<void>;
  outboxKept(): Promise<void>;
  refused(problem: Problem): void;
}

/** The one tab that holds the socket: it brings news to all tabs and carries out what they ask. */
export class Leader {
  #connection: Connection;
  #sender: Sender;
  #errands: Errands;
  #schedule: Watch;
  #arrangement: Watch;
  #expiry: ExpiryWatch;
  /** Pushes that arrived before the catching-up was complete. */
  #early: Push[] | null = [];
  #life = 0;
  #fetching = new Set<string>();

  constructor(
    private readonly seat: Seat,
    url: string,
    token: string,
  ) {
    this.#connection = new Connection(url, token, {
      welcome: (welcome) => this.#welcome(welcome),
      push: (push) => this.#push(push),
      lost: () => this.#lost(),
      refused: (problem) => seat.refused(problem),
    });
    const call = <Op extends OperationName>(op: Op, args: Args<Op>) => this.call(op, args);
    this.#sender = new Sender(seat, call);
    this.#errands = new Errands(seat, call);
    this.#schedule = new Watch(seat, async () => ({ fact: "scheduled", items: (await call("scheduled.list", {})).items }));
    this.#arrangement = new Watch(seat, async () => ({ fact: "arrangement", arrangement: await call("arrangement.get", {}) }));
    this.#expiry = new ExpiryWatch(seat);
  }

  start(): void {
    this.seat.tell({ fact: "link", link: "connecting", since: Date.now() });
    this.#sender.recover();
    this.#connection.start();
    this.#expiry.start();
  }

  stop(): void {
    this.#life++;
    this.#sender.stop();
    this.#errands.stop();
    this.#expiry.stop();
    this.#connection.stop();
  }

  call<Op extends OperationName>(op: Op, args: Args<Op>): Promise<Answer<Op>> {
    return this.#connection.call(op, args);
  }

  /** Looks whether a fact of any tab gives the leader something to do. */
  notice(facts: readonly Fact[]): void {
    if (facts.some(({ fact }) => fact === "outbox" || fact === "outbox_dropped")) this.#sender.pump();
    for (const { fact } of facts) if (fact === "read_here" || fact === "unread_here" || fact === "draft_here") this.#errands.soon();
    if (this.#early === null && facts.some((fact) => this.#bringsPeer(fact))) void this.#watchPresence();
  }

  #welcome(welcome: Welcome): void {
    this.seat.tell({ fact: "greeted", me: welcome.me, server: welcome.server });
    void this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    const life = ++this.#life;
    this.#early ??= [];
    const isDone = await synchronise(this.seat, (args) => this.call("sync", args)).catch(() => false);
    if (life !== this.#life) return;
    if (!isDone) return void setTimeout(() => life === this.#life && this.#catchUp(), TYPING_MS);
    const early = this.#early ?? [];
    this.#early = null;
    for (const push of early) this.#push(push);
    this.seat.tell({ fact: "link", link: "online", since: Date.now() }, { fact: "synced" });
    this.#errands.online();
    this.#sender.online();
    void this.#schedule.look();
    void this.#arrangement.look();
    void this.#watchPresence();
  }

  #lost(): void {
    this.#life++;
    this.#early = [];
    this.#fetching.clear();
    this.#sender.offline();
    this.#errands.offline();
    if (this.seat.state().link !== "offline") {
      this.seat.tell({ fact: "link", link: "offline", since: Date.now() });
    }
  }

  #push(push: Push): void {
    if (this.#early) return void this.#early.push(push);
    switch (push.push) {
      case "event":
        return this.#event(push.event);
      case "account":
        this.seat.tell({ fact: "account", change: push });
        if (push.change === "scheduled") void this.#schedule.look();
        if (push.change === "arrangement") void this.#arrangement.look();
        return push.change === "unread" ? this.#errands.markTold(push.conversation) : undefined;
      case "receipt":
        return this.seat.tell({ fact: "receipt", receipt: push });
      case "typing": {
        const { conversation, user, active } = push;
        return this.seat.tell({ fact: "typing", conversation, user, until: active ? Date.now() + TYPING_MS : 0 });
      }
      case "presence":
        return this.seat.tell({ fact: "presence", presence: [push] });
      case "mark":
        return void this.#remember(push.mark);
      case "closing":
        return;
    }
  }

  #event(event: Event): void {
    const state = this.seat.state();
    const record = state.conversations.get(event.conversation);
    if (isMyEnd(event, state.me?.address)) {
      return this.seat.tell({ fact: "gone", conversations: [event.conversation] });
    }
    if (!record || record.epoch !== event.epoch) return void this.#fetch(event.conversation);
    if (event.seq > record.head + 1) return void this.#catchUp();
    this.seat.tell({ fact: "event", event });
    this.#errands.received(event);
  }

  /** Asks for a conversation that is new here, with its newest events. */
  async #fetch(conversation: string): Promise<void> {
    if (this.#fetching.has(conversation)) return;
    this.#fetching.add(conversation);
    try {
      const told = await this.call("conversation.get", { conversation });
      const page = await this.call("event.list", { conversation, limit: PREVIEW_EVENTS });
      const head = Math.max(told.head, page.items.at(-1)?.seq ?? 0);
      this.seat.tell({ fact: "told", conversations: [{ ...told, head, events: page.items }] });
      this.#errands.told(conversation);
    } catch {
      // The next synchronisation brings it.
    } finally {
      this.#fetching.delete(conversation);
    }
  }

  #bringsPeer(fact: Fact): boolean {
    const { presence } = this.seat.state();
    return fact.fact === "told" && fact.conversations.some(({ peer }) => peer && !presence.has(peer.address));
  }

  async #watchPresence(): Promise<void> {
    const peers = [...this.seat.state().conversations.values()].flatMap(({ peer }) => (peer ? [peer.address] : []));
    if (peers.length === 0) return;
    const answer = await this.call("presence.get", { users: peers.slice(0, WATCHED_MAX) }).catch(() => null);
    if (answer) this.seat.tell({ fact: "presence", presence: answer.items });
  }

  /** Keeps a mark once everything before it is on disk. */
  async #remember(mark: string): Promise<void> {
    await this.seat.kept();
    await this.seat.database.setMark(mark);
  }
}

function isMyEnd(event: Event, me: string | undefined): boolean {
  if (event.kind !== "membership" || event.content.user !== me) return false;
  return ["left", "removed", "banned"].includes(event.content.change);
}

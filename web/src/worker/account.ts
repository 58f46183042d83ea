import { fromWire, toWire, Unreachable } from "../api/problem.ts";
import type { Answer, Args, OperationName } from "../api/types.ts";
import type { Fact } from "../model/fact.ts";
import { isPositionSaid } from "../model/position.ts";
import { EMPTY_STATE, reduce, type State } from "../model/state.ts";
import { emptyTimeline, tailOf, type Page } from "../model/timeline.ts";
import { Channel, type Said, type TabMessage } from "./channel.ts";
import type { Database } from "./database.ts";
import { listArgs, pageOf, type Place } from "./history.ts";
import { Keeper } from "./keeper.ts";
import { Leader } from "./leader.ts";
import { Leftover } from "./leftover.ts";
import { Opening, standingOf, type Heard, type Standing } from "./opening.ts";
import type { Account } from "./stores.ts";
import { wipe } from "./wipe.ts";

const ANSWER_TIMEOUT_MS = 25_000;
const CONNECT_TIMEOUT_MS = 8_000;
const OPEN_LOGS_MAX = 12;
const UNCERTAIN_MS = 120;
const NEWEST_EVENTS = 60;

interface Asked {
  readonly message: Extract<TabMessage, { say: "call" }>;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** The account as one tab sees it, whether this tab holds the socket or another one does. */
export class AccountTab {
  #state: State;
  #listeners = new Set<(state: State) => void>();
  #channel: Channel;
  #keeper: Keeper;
  #leftover: Leftover;
  #leader: Leader | null = null;
  #release: (() => void) | null = null;
  #name = crypto.getRandomValues(new Uint32Array(2)).join("-");
  #asked = new Map<number, Asked>();
  #nextId = 1;
  #opened: string[] = [];
  #freshening = new Set<string>();
  #uncertainTimer: ReturnType<typeof setTimeout> | undefined;
  /** How much this tab has said, and how much it has heard of each tab. */
  #said = 0;
  #heard = new Map<string, number>();
  /** Until this tab knows that it has missed nothing. */
  #opening: Opening | null;
  #isOver = false;

  /** A tab with everything that is on disk. */
  static async open(database: Database, account: Account): Promise<AccountTab> {
    const tab = new AccountTab(database, account);
    await tab.#opening?.mark;
    tab.#stand(await database.standing(), new Map());
    tab.#takeUpLeftover();
    tab.#standForLeader();
    return tab;
  }

  private constructor(
    private readonly database: Database,
    private readonly account: Account,
  ) {
    this.#state = { ...EMPTY_STATE, me: account.me, server: account.server };
    this.#opening = new Opening(database.mark());
    this.#keeper = new Keeper(database, account.me.address);
    this.#channel = new Channel(`parlance:${account.me.address}`, (message) => this.#hear(message));
    this.#leftover = new Leftover(localStorage, account.me.address);
    this.#channel.say({ say: "hello", from: this.#name });
  }

  // What the view models use.

  get current(): State {
    return this.#state;
  }

  subscribe(listener: (state: State) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#state);
    return () => this.#listeners.delete(listener);
  }

  /** Says facts to this tab, to the other tabs and to the database. */
  tell = (...facts: Fact[]): void => {
    if (this.#isOver) return;
    const said: Said = { say: "facts", from: this.#name, number: ++this.#said, facts };
    this.#learn(said);
    this.#channel.say(said);
    this.#keeper.keep(facts);
  };

  /** Asks the server; waits a moment for a connection where there is none yet. */
  call = async <Op extends OperationName>(op: Op, args: Args<Op>): Promise<Answer<Op>> => {
    await this.#online();
    return this.#leader ? this.#leader.call(op, args) : this.#askLeader(op, args);
  };

  /** Brings the newest part of a log into memory: at once from the cache, then from the server. */
  async open(conversation: string): Promise<void> {
    this.#opened = [conversation, ...this.#opened.filter((other) => other !== conversation)];
    for (const old of this.#opened.splice(OPEN_LOGS_MAX)) this.#apply([{ fact: "closed", conversation: old }]);
    if (!this.#state.timelines.has(conversation)) {
      const timeline = await this.database.timeline(conversation);
      if (timeline) this.#apply([{ fact: "opened", conversation, timeline }]);
    }
    await this.#freshen(conversation);
  }

  /** Fetches a part of a log that is missing. */
  async fetch(conversation: string, place: Place, limit: number): Promise<void> {
    const page = await this.#ask(conversation, place, limit);
    this.#show(conversation, page);
  }

  /** Ends this sign-in and forgets everything about it. */
  async signOut(): Promise<void> {
    if (this.#state.link === "online") await this.call("auth.sign_out", {}).catch(() => undefined);
    this.tell({ fact: "signed_out" });
  }

  #online(): Promise<void> {
    if (this.#state.link === "online") return Promise.resolve();
    return new Promise((resolve, reject) => {
      const give = (how: () => void) => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        how();
      };
      const look = ({ link }: State) => link === "online" && give(resolve);
      const timer = setTimeout(() => give(() => reject(new Unreachable("not connected"))), CONNECT_TIMEOUT_MS);
      this.#listeners.add(look);
    });
  }

  // Logs.

  async #freshen(conversation: string): Promise<void> {
    const head = this.#state.conversations.get(conversation)?.head;
    const timeline = this.#state.timelines.get(conversation);
    const tail = timeline && tailOf(timeline);
    const isFresh = head === undefined || (tail && tail.to >= head);
    if (isFresh || this.#freshening.has(conversation)) return;
    this.#freshening.add(conversation);
    const page = await this.#ask(conversation, null, NEWEST_EVENTS).catch(() => null);
    this.#freshening.delete(conversation);
    if (!page) return;
    const isApart = tail !== undefined && page.from > tail.to + 1;
    if (isApart) this.#apply([{ fact: "closed", conversation }]);
    this.#show(conversation, page);
  }

  #show(conversation: string, page: Page): void {
    if (!this.#state.timelines.has(conversation)) {
      this.#apply([{ fact: "opened", conversation, timeline: emptyTimeline(page.epoch) }]);
    }
    this.tell({ fact: "page", conversation, page });
  }

  async #ask(conversation: string, place: Place, limit: number): Promise<Page> {
    const head = this.#state.conversations.get(conversation)?.head ?? 0;
    const most = this.#state.server?.limits.page_events_max ?? limit;
    return pageOf(await this.call("event.list", listArgs(conversation, place, Math.min(limit, most))), place, head);
  }

  // Facts.

  /** Takes in what this or another tab has said. */
  #learn(said: Said): void {
    this.#heard.set(said.from, said.number);
    this.#opening?.hear(said);
    this.#apply(said.facts);
  }

  #apply(facts: readonly Fact[]): void {
    this.#become(facts.reduce(reduce, this.#state));
    this.#leader?.notice(facts);
    this.#followUp(facts);
  }

  #become(state: State): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  /** Takes over how things stood when so much was heard, if this tab does not know better. */
  #stand(standing: Partial<Standing>, heard: Heard): void {
    if (this.#opening) this.#become(this.#opening.over(this.#state, standing, heard));
  }

  #followUp(facts: readonly Fact[]): void {
    if (facts.some(({ fact }) => fact === "synced")) {
      if (this.#leader) this.#opening = null;
      for (const conversation of this.#opened) void this.#freshen(conversation);
    }
    if (facts.some(({ fact }) => fact === "signed_out")) void this.#end();
    for (const fact of facts) if (fact.fact === "typing" && fact.until > 0) this.#fade(fact);
    if (this.#state.is_synced && this.#uncertainTimer === undefined) {
      this.#uncertainTimer = setTimeout(() => void this.#askUncertain(), UNCERTAIN_MS);
    }
  }

  /** Ends somebody's typing when nothing more is heard of it. */
  #fade({ conversation, user, until }: Extract<Fact, { fact: "typing" }>): void {
    setTimeout(() => {
      const isStale = (this.#state.typing.get(conversation)?.get(user) ?? 0) <= until;
      if (isStale) this.#apply([{ fact: "typing", conversation, user, until: 0 }]);
    }, until - Date.now());
  }

  async #askUncertain(): Promise<void> {
    this.#uncertainTimer = undefined;
    const uncertain = [...this.#state.conversations.values()].filter((record) => record.is_uncertain && isPositionSaid(record));
    for (const { conversation, read_here } of uncertain) {
      const told = await this.call("conversation.get", { conversation }).catch(() => null);
      // Where the position moved meanwhile, the answer may be from before that; it is asked for again.
      const hasMoved = this.#state.conversations.get(conversation)?.read_here !== read_here;
      if (told && !hasMoved) this.tell({ fact: "told", conversations: [told] });
    }
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    this.#leader?.stop();
    this.#leader = null;
    this.#release?.();
    this.#leftover.take();
    await this.#keeper.kept();
    await this.database.delete();
    await wipe();
    this.#channel.close();
  }

  /** Goes on with what an earlier tab left, and leaves what this one cannot keep before it ends. */
  #takeUpLeftover(): void {
    const left = this.#leftover.take();
    if (left.length > 0) this.tell(...left);
    addEventListener("pagehide", () => this.#isOver || this.#leftover.leave(this.#keeper.unkept()));
    // Whoever is there when a tab ends, or comes back itself, knows what it left and has only to keep it.
    const keep = () => this.#isOver || this.#keeper.keep(this.#leftover.take());
    addEventListener("storage", keep);
    addEventListener("pageshow", keep);
  }

  // Other tabs.

  #standForLeader(): void {
    const lead = () =>
      new Promise<void>((release) => {
        if (this.#isOver) return release();
        this.#release = release;
        this.#lead();
      });
    if ("locks" in navigator) void navigator.locks.request("parlance-leader", lead);
    else void lead();
  }

  #lead(): void {
    const { protocol, host } = location;
    const url = `${protocol === "https:" ? "wss" : "ws"}://${host}/v1/ws`;
    const seat = {
      database: this.database,
      state: () => this.#state,
      tell: this.tell,
      // What was kept by others since this tab has read it is not known here.
      mark: () => this.#opening?.mark ?? this.database.mark(),
      kept: () => this.#keeper.kept(),
      outboxKept: () => this.#keeper.outboxKept(),
      refused: () => this.tell({ fact: "signed_out" }),
    };
    this.#leader = new Leader(seat, url, this.account.token);
    this.#leader.start();
    this.#channel.say({ say: "led" });
    for (const asked of this.#asked.values()) void this.#serve(asked.message, asked.resolve, asked.reject);
  }

  #hear(message: TabMessage): void {
    switch (message.say) {
      case "facts":
        return this.#learn(message);
      case "call":
        return this.#leader ? this.#answer(message) : undefined;
      case "answer":
        return message.to === this.#name ? this.#takeAnswer(message) : undefined;
      case "hello":
        return this.#leader ? this.#introduce(message.from) : undefined;
      case "introduction":
        return message.to === this.#name ? this.#takeIntroduction(message.standing, message.heard) : undefined;
      case "led":
        if (this.#opening) this.#channel.say({ say: "hello", from: this.#name });
        for (const { message: asked } of this.#asked.values()) this.#channel.say(asked);
        return;
    }
  }

  #introduce(to: string): void {
    this.#channel.say({ say: "introduction", to, standing: standingOf(this.#state), heard: this.#heard });
  }

  #takeIntroduction(standing: Standing, heard: Heard): void {
    this.#stand(standing, heard);
    this.#opening = null;
    for (const conversation of this.#opened) void this.#freshen(conversation);
  }

  #answer({ from, id, op, args }: Extract<TabMessage, { say: "call" }>): void {
    void this.#serve(
      { say: "call", from, id, op, args },
      (ok) => this.#channel.say({ say: "answer", to: from, id, ok }),
      (error) => this.#channel.say({ say: "answer", to: from, id, error: toWire(error) }),
    );
  }

  async #serve(message: Extract<TabMessage, { say: "call" }>, resolve: (ok: unknown) => void, reject: (e: Error) => void) {
    const leader = this.#leader;
    if (!leader) return;
    await leader.call(message.op, message.args as Args<OperationName>).then(resolve, reject);
  }

  #askLeader<Op extends OperationName>(op: Op, args: Args<Op>): Promise<Answer<Op>> {
    const id = this.#nextId++;
    const message = { say: "call", from: this.#name, id, op, args } as const;
    return new Promise<Answer<Op>>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Unreachable("no answer in time")), ANSWER_TIMEOUT_MS);
      const settle = () => {
        clearTimeout(timer);
        this.#asked.delete(id);
      };
      this.#asked.set(id, {
        message,
        resolve: (answer) => (settle(), resolve(answer as Answer<Op>)),
        reject: (error) => (settle(), reject(error)),
      });
      this.#channel.say(message);
    });
  }

  #takeAnswer({ id, ok, error }: Extract<TabMessage, { say: "answer" }>): void {
    const asked = this.#asked.get(id);
    if (error) asked?.reject(fromWire(error));
    else asked?.resolve(ok);
  }
}

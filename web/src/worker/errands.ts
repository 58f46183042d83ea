import type { Call, Event } from "../api/types.ts";
import { isPositionSaid } from "../model/position.ts";
import type { ConversationRecord } from "../model/record.ts";
import type { Seat } from "./leader.ts";

const GATHER_MS = 150;

/** Small things the server should know: what was received, read and drafted here. */
export class Errands {
  #isOnline = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #received = new Set<string>();
  #readTold = new Map<string, number>();
  #unreadTold = new Map<string, number>();
  /** How many read positions of each conversation are on their way to the server. */
  #reading = new Map<string, number>();
  #draftTold = new Map<string, string>();

  constructor(
    private readonly seat: Seat,
    private readonly call: Call,
  ) {}

  online(): void {
    this.#isOnline = true;
    this.#readTold.clear();
    this.#unreadTold.clear();
    // Those that are still under way belong to the connection before.
    this.#reading = new Map();
    this.#draftTold.clear();
    for (const { conversation, unread } of this.seat.state().conversations.values()) {
      if (unread > 0) this.#received.add(conversation);
    }
    this.soon();
  }

  offline(): void {
    this.#isOnline = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  stop(): void {
    this.offline();
  }

  received(event: Event): void {
    if (event.kind === "message" && event.sender !== this.seat.state().me?.address) this.told(event.conversation);
  }

  told(conversation: string): void {
    this.#received.add(conversation);
    this.soon();
  }

  /** The server has told that something was marked as unread: what is read from now on is news to it. */
  markTold(conversation: string): void {
    this.#readTold.delete(conversation);
    this.#unreadTold.delete(conversation);
    this.soon();
  }

  /** Gathers for a moment, then tells the server all at once. */
  soon(): void {
    if (!this.#isOnline || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#run();
    }, GATHER_MS);
  }

  /** What was received is said once it is on disk; what the person did is news however far the disk is behind. */
  async #run(): Promise<void> {
    const records = [...this.seat.state().conversations.values()];
    const received = this.#received;
    this.#received = new Set();
    for (const record of records) {
      if (!isPositionSaid(record)) this.#tellPosition(record);
      if (record.draft_here !== undefined) this.#tellDraft(record, record.draft_here);
    }
    await this.seat.kept();
    for (const record of records) if (received.has(record.conversation)) this.#tellDelivered(record);
  }

  #tellDelivered({ conversation, head }: ConversationRecord): void {
    this.call("conversation.mark_delivered", { conversation, seq: head }).catch(() => undefined);
  }

  #tellPosition(record: ConversationRecord): void {
    if (record.unread_here !== undefined) this.#tellUnread(record.conversation, record.unread_here);
    else if (record.read_here > record.membership.read_seq) this.#tellRead(record);
  }

  #tellRead({ conversation, read_here }: ConversationRecord): void {
    if ((this.#readTold.get(conversation) ?? 0) >= read_here) return;
    this.#readTold.set(conversation, read_here);
    const reading = this.#reading;
    reading.set(conversation, (reading.get(conversation) ?? 0) + 1);
    void this.call("conversation.mark_read", { conversation, seq: read_here })
      .catch(() => undefined)
      .finally(() => {
        reading.set(conversation, (reading.get(conversation) ?? 1) - 1);
        this.soon();
      });
  }

  /** A mark waits for what was read before it, so that the server learns of them in this order. */
  #tellUnread(conversation: string, seq: number): void {
    if (this.#reading.get(conversation) || this.#unreadTold.get(conversation) === seq) return;
    this.#unreadTold.set(conversation, seq);
    this.call("conversation.mark_unread", { conversation, seq }).catch(() => undefined);
  }

  #tellDraft({ conversation }: ConversationRecord, text: string): void {
    if (this.#draftTold.get(conversation) === text) return;
    this.#draftTold.set(conversation, text);
    this.call("conversation.set_draft", { conversation, text }).then(
      () => this.seat.tell({ fact: "account", change: { push: "account", change: "draft", conversation, text } }),
      () => undefined,
    );
  }
}

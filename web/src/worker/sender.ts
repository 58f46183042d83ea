import { Refused } from "../api/problem.ts";
import type { Call, Sent } from "../api/types.ts";
import { confirmed, nextToSend, nextWake, refused, sending, unanswered, type OutboxEntry } from "../model/outbox.ts";
import type { Seat } from "./leader.ts";

/** Sends the outbox: each conversation in its order, one at a time, until the server has answered. */
export class Sender {
  #isOnline = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly seat: Seat,
    private readonly call: Call,
  ) {}

  /** Takes over what another leader may have left in the middle. */
  recover(): void {
    for (const entry of this.seat.state().outbox) {
      if (entry.state === "sending") this.seat.tell({ fact: "outbox", entry: unanswered(entry) });
    }
  }

  online(): void {
    this.#isOnline = true;
    this.pump();
  }

  offline(): void {
    this.#isOnline = false;
    clearTimeout(this.#timer);
  }

  stop(): void {
    this.offline();
  }

  pump(): void {
    if (!this.#isOnline) return;
    const now = Date.now();
    for (const entry of nextToSend(this.seat.state().outbox, now)) void this.#send(entry);
    clearTimeout(this.#timer);
    const wake = nextWake(this.seat.state().outbox, now);
    if (wake !== null) this.#timer = setTimeout(() => this.pump(), wake - now);
  }

  async #send(queued: OutboxEntry): Promise<void> {
    const entry = sending(queued);
    this.seat.tell({ fact: "outbox", entry });
    try {
      await this.seat.outboxKept();
      this.#confirm(entry, await this.#ask(entry));
    } catch (error) {
      if (error instanceof Refused) this.#settle(entry, refused(entry, error.problem, Date.now()));
      else this.#settle(entry, unanswered(entry));
    }
    this.pump();
  }

  #confirm(entry: OutboxEntry, sent: Sent): void {
    const head = this.seat.state().conversations.get(entry.conversation)?.head ?? 0;
    if (sent.seq <= head) this.#drop(entry);
    else this.#settle(entry, confirmed(entry, sent));
  }

  /** Writes the outcome down, unless the event came back first or the person took it away. */
  #settle(entry: OutboxEntry, outcome: OutboxEntry): void {
    const isGone = !this.seat.state().outbox.some(({ ref }) => ref === entry.ref);
    if (isGone) return;
    const isVain = outcome.state === "failed" && !["send", "edit"].includes(entry.intent.kind);
    if (isVain) this.#drop(entry);
    else this.seat.tell({ fact: "outbox", entry: outcome });
  }

  #drop(entry: OutboxEntry): void {
    this.seat.tell({ fact: "outbox_dropped", ref: entry.ref });
  }

  #ask({ ref, conversation, intent }: OutboxEntry): Promise<Sent> {
    const client_ref = ref;
    switch (intent.kind) {
      case "send": {
        const { kind: _kind, ...said } = intent;
        return this.call("event.send", { conversation, client_ref, ...said });
      }
      case "edit":
        return this.call("event.edit", { conversation, client_ref, event: intent.event, body: intent.body });
      case "delete":
        return this.call("event.delete", { conversation, client_ref, event: intent.event });
      case "react":
        return this.call("event.react", { conversation, client_ref, event: intent.event, emoji: intent.emoji });
      case "unreact":
        return this.call("event.unreact", { conversation, client_ref, event: intent.event, emoji: intent.emoji });
    }
  }
}

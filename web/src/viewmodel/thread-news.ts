import type { Gateway } from "./gateway.ts";
import { Observable, type Readable } from "./observable.ts";

/** How far the threads of a conversation were looked at in this window. */
interface Looked {
  /** How far the conversation was read when it was opened here for the first time. */
  readonly from: number;
  /** How far each thread was looked at since, by its first message. */
  readonly threads: ReadonlyMap<string, number>;
}

/**
 * What is new in threads. A conversation has one read position, which moves on when its end is seen; what is in a
 * thread was not seen with that, so it stays marked in this window until the thread was looked at.
 */
export interface ThreadNews extends Readable<ReadonlyMap<string, Looked>> {
  /** The conversation is open here, and read up to this place. */
  opened(conversation: string, read: number): void;
  looked(conversation: string, root: string, seq: number): void;
  /** Everything after this place is new again, in threads as well. */
  markedUnread(conversation: string, read: number): void;
  /** Up to which place a thread was looked at. */
  seenIn(conversation: string, root: string): number;
}

const windows = new WeakMap<Gateway, ThreadNews>();

export function threadNews(gateway: Gateway): ThreadNews {
  const known = windows.get(gateway) ?? new WindowNews();
  windows.set(gateway, known);
  return known;
}

class WindowNews extends Observable<ReadonlyMap<string, Looked>> implements ThreadNews {
  constructor() {
    super(new Map());
  }

  opened(conversation: string, read: number): void {
    if (!this.current.has(conversation)) this.markedUnread(conversation, read);
  }

  looked(conversation: string, root: string, seq: number): void {
    const known = this.current.get(conversation);
    if (!known || this.seenIn(conversation, root) >= seq) return;
    this.#keep(conversation, { ...known, threads: new Map(known.threads).set(root, seq) });
  }

  markedUnread(conversation: string, read: number): void {
    this.#keep(conversation, { from: read, threads: new Map() });
  }

  seenIn(conversation: string, root: string): number {
    const known = this.current.get(conversation);
    return Math.max(known?.from ?? 0, known?.threads.get(root) ?? 0);
  }

  #keep(conversation: string, looked: Looked): void {
    this.set(new Map(this.current).set(conversation, looked));
  }
}

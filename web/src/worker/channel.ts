import type { OperationName } from "../api/types.ts";
import type { WireError } from "../api/problem.ts";
import type { Fact } from "../model/fact.ts";

/** What the tabs of one browser say to each other. */
export type TabMessage =
  | { readonly say: "facts"; readonly facts: readonly Fact[] }
  | { readonly say: "call"; readonly from: string; readonly id: number; readonly op: OperationName; readonly args: unknown }
  | { readonly say: "answer"; readonly to: string; readonly id: number; readonly ok?: unknown; readonly error?: WireError }
  /** A new tab asks the leader how things stand. */
  | { readonly say: "hello"; readonly from: string }
  /** Somebody became leader: requests that went unanswered should be asked again. */
  | { readonly say: "led" };

/** The other tabs. */
export class Channel {
  #channel: BroadcastChannel;

  constructor(name: string, listener: (message: TabMessage) => void) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = (message) => listener(message.data as TabMessage);
  }

  say(message: TabMessage): void {
    this.#channel.postMessage(message);
  }

  close(): void {
    this.#channel.close();
  }
}

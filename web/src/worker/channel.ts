import type { OperationName } from "../api/types.ts";
import type { WireError } from "../api/problem.ts";
import type { Fact } from "../model/fact.ts";
import type { Heard, Standing } from "./opening.ts";

/** Facts as a tab has said them, with its name and how often it has said some. */
export interface Said {
  readonly say: "facts";
  readonly from: string;
  readonly number: number;
  readonly facts: readonly Fact[];
}

/** What the tabs of one browser say to each other. */
export type TabMessage =
  | Said
  | { readonly say: "call"; readonly from: string; readonly id: number; readonly op: OperationName; readonly args: unknown }
  | { readonly say: "answer"; readonly to: string; readonly id: number; readonly ok?: unknown; readonly error?: WireError }
  /** A new tab asks the leader how things stand. */
  | { readonly say: "hello"; readonly from: string }
  /** The leader tells a new tab how things stand after so much was heard. */
  | { readonly say: "introduction"; readonly to: string; readonly standing: Standing; readonly heard: Heard }
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

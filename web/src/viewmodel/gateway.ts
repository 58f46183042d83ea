import type { Call } from "../api/types.ts";
import type { Fact } from "../model/fact.ts";
import type { State } from "../model/state.ts";
import type { Readable } from "./observable.ts";

/** What the view models need of the world: what is known, and ways to change it. */
export interface Gateway extends Readable<State> {
  readonly call: Call;
  /** Says facts to every tab and keeps them. */
  readonly tell: (...facts: Fact[]) => void;
  /** Brings the newest part of a log into memory. */
  open(conversation: string): Promise<void>;
  /** Fetches a part of a log that is missing. */
  fetch(
    conversation: string,
    place: { readonly before: number } | { readonly after: number } | { readonly around: number } | null,
    limit: number,
  ): Promise<void>;
  /** Ends this sign-in and forgets everything about it. */
  signOut(): Promise<void>;
}

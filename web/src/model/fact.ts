import type { AccountChange, Arrangement, Conversation, Event, Me, Presence, Receipt, Scheduled, ServerInfo, User } from "../api/types.ts";
import type { Rearrangement } from "./arrangement.ts";
import type { OutboxEntry } from "./outbox.ts";
import type { Page, Timeline } from "./timeline.ts";

export type LinkState = "connecting" | "online" | "offline";

/**
 * Everything that can change what a tab knows. Whoever learns something first says it to every tab
 * and to the database; all of them fold the same facts.
 */
export type Fact =
  | { readonly fact: "greeted"; readonly me: Me; readonly server: ServerInfo }
  | { readonly fact: "link"; readonly link: LinkState; readonly since: number }
  | {
      readonly fact: "told";
      readonly conversations: readonly Conversation[];
      /** Whether this catches up after an absence: what is missing in between will not be pushed. */
      readonly isCatchUp?: boolean;
    }
  | { readonly fact: "gone"; readonly conversations: readonly string[] }
  | { readonly fact: "reset" }
  | { readonly fact: "synced" }
  | { readonly fact: "event"; readonly event: Event }
  /** The time of messages that disappear has come, up to this moment (Unix milliseconds). */
  | { readonly fact: "expired"; readonly until: number }
  | { readonly fact: "page"; readonly conversation: string; readonly page: Page }
  | { readonly fact: "opened"; readonly conversation: string; readonly timeline: Timeline }
  | { readonly fact: "closed"; readonly conversation: string }
  | { readonly fact: "account"; readonly change: AccountChange }
  | { readonly fact: "read_here"; readonly conversation: string; readonly seq: number }
  | { readonly fact: "unread_here"; readonly conversation: string; readonly seq: number }
  /** What is being written in a conversation, or in one of its threads, which only this browser keeps. */
  | { readonly fact: "draft_here"; readonly conversation: string; readonly text: string; readonly thread?: string }
  | { readonly fact: "receipt"; readonly receipt: Receipt }
  | {
      readonly fact: "typing";
      readonly conversation: string;
      readonly user: string;
      /** Until when (Unix milliseconds); 0 when no longer. */
      readonly until: number;
    }
  | { readonly fact: "presence"; readonly presence: readonly Presence[] }
  /** Everything of the account that waits to be sent at a later time, the next one first. */
  | { readonly fact: "scheduled"; readonly items: readonly Scheduled[] }
  /** How the conversations are sorted, all of it. */
  | { readonly fact: "arrangement"; readonly arrangement: Arrangement }
  /** A change of how they are sorted that the server has kept. */
  | { readonly fact: "rearranged"; readonly change: Rearrangement }
  | { readonly fact: "users"; readonly users: readonly User[] }
  | { readonly fact: "outbox"; readonly entry: OutboxEntry }
  | { readonly fact: "outbox_dropped"; readonly ref: string }
  | { readonly fact: "signed_out" };

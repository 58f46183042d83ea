import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from "idb";
import type { Me, ServerInfo, User } from "../api/types.ts";
import type { Item } from "../model/item.ts";
import type { OutboxEntry } from "../model/outbox.ts";
import type { ConversationRecord } from "../model/record.ts";

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

/** What is kept, by store. */
export interface Kept extends DBSchema {
  values: { key: string; value: { key: string; value: unknown } };
  conversations: { key: string; value: ConversationRecord };
  tails: { key: string; value: Tail };
  items: { key: [string, number]; value: Item; indexes: { "[conversation+event_id]": [string, string]; "content.expires_at": string } };
  outbox: { key: string; value: OutboxEntry };
  users: { key: string; value: User };
}

export const STORES = ["values", "conversations", "tails", "items", "outbox", "users"] as const;

type Store = (typeof STORES)[number];

const KEYS: Record<Store, string | string[]> = {
  values: "key",
  conversations: "conversation",
  tails: "conversation",
  items: ["conversation", "seq"],
  outbox: "ref",
  users: "address",
};

const VERSION = 30;

/** Opens the database of this name, and makes in it what is missing. */
export function openStores(name: string, onTerminated: () => void): Promise<IDBPDatabase<Kept>> {
  return openDB<Kept>(name, VERSION, {
    upgrade: (database, _old, _new, tx) => makeStores(database, tx),
    // Another tab signs out, or has a newer version: it must not wait for this one.
    blocking: (_now, _next, event) => (event.target as IDBDatabase).close(),
    terminated: onTerminated,
  });
}

function makeStores(database: IDBPDatabase<Kept>, tx: IDBPTransaction<Kept, Store[], "versionchange">): void {
  for (const [store, keyPath] of Object.entries(KEYS) as [Store, string | string[]][]) {
    if (!database.objectStoreNames.contains(store)) database.createObjectStore(store, { keyPath });
  }
  const items = tx.objectStore("items");
  const has = (index: string) => (items.indexNames as DOMStringList).contains(index);
  if (!has("[conversation+event_id]")) items.createIndex("[conversation+event_id]", ["conversation", "event_id"]);
  if (!has("content.expires_at")) items.createIndex("content.expires_at", "content.expires_at");
}

import type { Contact } from "../api/types.ts";
import { attempting, type Attempted } from "./attempt.ts";
import type { Gateway } from "./gateway.ts";
import { Observable, type Readable } from "./observable.ts";

/** How I stand to somebody. */
export interface RelationSnapshot extends Attempted {
  /** Whether it is known yet. */
  readonly isKnown: boolean;
  readonly isContact: boolean;
  readonly isBlocked: boolean;
}

export interface RelationActions {
  /** Makes them a contact, and lifts a block. */
  add(): Promise<boolean>;
  remove(): Promise<boolean>;
  block(): Promise<boolean>;
  unblock(): Promise<boolean>;
}

export function openRelation(gateway: Gateway, user: string): { snapshot: Readable<RelationSnapshot>; actions: RelationActions } {
  const snapshot = new Observable<RelationSnapshot>({ isKnown: false, isContact: false, isBlocked: false, isBusy: false, problem: null });
  const attempt = attempting(snapshot);
  let alias = "";

  const keep = (contact: Contact) => {
    alias = contact.alias;
    snapshot.change({ isKnown: true, isContact: contact.listed, isBlocked: contact.blocked });
    gateway.tell({ fact: "account", change: { push: "account", change: "contact", ...contact } });
  };
  const look = async () => {
    const contact = await gateway.call("contact.get", { user });
    alias = contact.alias;
    snapshot.change({ isKnown: true, isContact: contact.listed, isBlocked: contact.blocked });
  };
  const set = (blocked: boolean) => attempt(async () => keep(await gateway.call("contact.set", { user, alias, blocked })));
  const forget = () =>
    attempt(async () => {
      await gateway.call("contact.remove", { user });
      snapshot.change({ isContact: false, isBlocked: false });
    });

  void attempt(look);
  return {
    snapshot,
    actions: {
      add: () => set(false),
      remove: forget,
      block: () => set(true),
      unblock: () => (snapshot.current.isContact ? set(false) : forget()),
    },
  };
}

import type { Contact, Me } from "../api/types.ts";
import { attempting, type Attempted } from "./attempt.ts";
import type { Gateway } from "./gateway.ts";
import { both, Observable, projection, type Readable } from "./observable.ts";
import { personOf, type PersonView } from "./people.ts";

export interface PrivacySnapshot extends Attempted {
  readonly showsLastSeen: boolean;
  readonly showsRead: boolean;
  readonly blocked: readonly PersonView[];
}

export interface PrivacyActions {
  setShowsLastSeen(shows: boolean): Promise<boolean>;
  setShowsRead(shows: boolean): Promise<boolean>;
  unblock(person: PersonView): Promise<boolean>;
}

interface Local extends Attempted {
  readonly blocked: readonly Contact[];
}

export function openPrivacy(gateway: Gateway): { snapshot: Readable<PrivacySnapshot>; actions: PrivacyActions } {
  const local = new Observable<Local>({ blocked: [], isBusy: false, problem: null });
  const attempt = attempting(local);

  const look = async () => {
    const { items } = await gateway.call("contact.list", {});
    local.change({ blocked: items.filter(({ blocked }) => blocked) });
  };
  const update = (change: Partial<Me["privacy"]>) =>
    attempt(async () => {
      const privacy = { ...privacyOf(gateway.current.me), ...change };
      const me = await gateway.call("me.update", { privacy });
      gateway.tell({ fact: "account", change: { push: "account", change: "profile", display_name: me.display_name, privacy: me.privacy } });
    });
  const unblock = async ({ user, alias, listed }: Contact) => {
    if (listed) await gateway.call("contact.set", { user: user.address, alias, blocked: false });
    else await gateway.call("contact.remove", { user: user.address });
    await look();
  };

  void attempt(look);
  return {
    snapshot: projection(both(gateway, local), ([state, { blocked, isBusy, problem }]) => {
      const { show_last_seen, show_read } = privacyOf(state.me);
      return { showsLastSeen: show_last_seen, showsRead: show_read, blocked: blocked.map(({ user }) => personOf(user)), isBusy, problem };
    }),
    actions: {
      setShowsLastSeen: (show_last_seen) => update({ show_last_seen }),
      setShowsRead: (show_read) => update({ show_read }),
      unblock: ({ address }) =>
        attempt(async () => {
          const contact = local.current.blocked.find(({ user }) => user.address === address);
          if (contact) await unblock(contact);
        }),
    },
  };
}

function privacyOf(me: Me | null): Me["privacy"] {
  return me?.privacy ?? { show_last_seen: true, show_read: true };
}

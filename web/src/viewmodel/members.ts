import type { Member, Role } from "../api/types.ts";
import { may } from "../model/permission.ts";
import type { State } from "../model/state.ts";
import { text } from "../text/text.ts";
import { attempting, type Attempted } from "./attempt.ts";
import type { Gateway } from "./gateway.ts";
import { faceOf, type Face } from "./names.ts";
import { both, Observable, projection, type Readable } from "./observable.ts";

export interface RoleChoice {
  readonly role: Role;
  readonly label: string;
}

export interface MemberView {
  readonly key: string;
  readonly name: string;
  readonly address: string;
  readonly face: Face;
  readonly role: Role;
  /** The role in words, where it is more or less than the usual. */
  readonly roleLabel: string | null;
  /** The roles I can give them; nothing when I cannot. */
  readonly roles: readonly RoleChoice[];
  /** Whether I can remove and ban them. */
  readonly canRemove: boolean;
}

export interface MembersSnapshot extends Attempted {
  /** Those who match what is looked for, as far as they are shown. */
  readonly members: readonly MemberView[];
  readonly query: string;
  /** Whether there are so many that looking for one helps. */
  readonly isSearchable: boolean;
  readonly hasMore: boolean;
  readonly canInvite: boolean;
}

export interface MembersActions {
  search(query: string): Promise<void>;
  /** Shows more of them. */
  more(): Promise<void>;
  setRole(member: MemberView, role: Role): Promise<boolean>;
  remove(member: MemberView): Promise<boolean>;
  ban(member: MemberView): Promise<boolean>;
  reload(): Promise<void>;
}

interface Local extends Attempted {
  readonly members: readonly Member[];
  /** Where the server goes on; nothing when everybody is known. */
  readonly next: string | null;
  readonly shown: number;
  readonly query: string;
}

const PAGE = 200;
const SHOWN = 50;
const SEARCHABLE = 12;
const ROLES: readonly Role[] = ["owner", "moderator", "member", "reader"];

export function openMembers(gateway: Gateway, conversation: string): { snapshot: Readable<MembersSnapshot>; actions: MembersActions } {
  const local = new Observable<Local>({ members: [], next: null, shown: SHOWN, query: "", isBusy: false, problem: null });
  const attempt = attempting(local);

  const fetchAfter = async (cursor: string | null) => {
    const page = await gateway.call("member.list", { conversation, limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    gateway.tell({ fact: "users", users: page.items.map(({ user }) => user) });
    const known = cursor === null ? [] : local.current.members;
    local.change({ members: [...known, ...page.items], next: page.next ?? null });
  };
  const fetchAll = async () => {
    while (local.current.next !== null) await fetchAfter(local.current.next);
  };
  const change = (work: () => Promise<unknown>) =>
    attempt(async () => {
      await work();
      await fetchAfter(null);
      if (local.current.query !== "") await fetchAll();
    });

  void attempt(() => fetchAfter(null));
  return {
    snapshot: projection(both(gateway, local), ([state, mine]) => snapshotOf(state, conversation, mine)),
    actions: {
      async search(query) {
        local.change({ query, shown: SHOWN });
        if (query.trim() !== "" && local.current.next !== null) await attempt(fetchAll);
      },
      async more() {
        const shown = local.current.shown + SHOWN;
        local.change({ shown });
        const { next, members } = local.current;
        if (next !== null && shown > members.length) await attempt(() => fetchAfter(next));
      },
      setRole: ({ address }, role) => change(() => gateway.call("member.change", { conversation, user: address, role })),
      remove: ({ address }) => change(() => gateway.call("member.remove", { conversation, user: address })),
      ban: ({ address }) => change(() => gateway.call("member.ban", { conversation, user: address })),
      async reload() {
        await change(async () => undefined);
      },
    },
  };
}

function snapshotOf(state: State, conversation: string, { members, next, shown, query, isBusy, problem }: Local): MembersSnapshot {
  const record = state.conversations.get(conversation);
  const wanted = query.trim().toLowerCase();
  const isWanted = ({ user }: Member) => [user.display_name, user.address].some((said) => said.toLowerCase().includes(wanted));
  const found = [...members].filter(isWanted).sort(byRoleAndName);
  return {
    members: record ? found.slice(0, shown).map((member) => memberView(state, record.membership.role, may(record, "moderate"), member)) : [],
    query,
    isSearchable: (record?.members_count ?? 0) > SEARCHABLE,
    hasMore: next !== null || found.length > shown,
    canInvite: record !== undefined && may(record, "invite"),
    isBusy,
    problem,
  };
}

function byRoleAndName(a: Member, b: Member): number {
  return rank(b.role) - rank(a.role) || a.user.display_name.localeCompare(b.user.display_name);
}

/** How much a role may; higher is more. */
function rank(role: Role): number {
  return ROLES.length - ROLES.indexOf(role);
}

function memberView(state: State, own: Role, moderates: boolean, { user, role }: Member): MemberView {
  const isMe = user.address === state.me?.address;
  const outranks = !isMe && moderates && (own === "owner" || rank(own) > rank(role));
  return {
    key: user.address,
    name: isMe ? text("you") : user.display_name,
    address: user.address,
    face: faceOf(user.display_name, user.address),
    role,
    roleLabel: role === "member" ? null : text(`role_${role}`),
    roles: isMe ? [] : rolesFor(own, outranks, role),
    canRemove: outranks,
  };
}

/** Owners give every role; who moderates gives and takes the voice of those below. */
function rolesFor(own: Role, outranks: boolean, role: Role): readonly RoleChoice[] {
  const isAboutVoice = outranks && rank(role) <= rank("member");
  const given = own === "owner" ? ROLES : isAboutVoice ? ROLES.slice(ROLES.indexOf("member")) : [];
  return given.map((each) => ({ role: each, label: text(`role_${each}`) }));
}

import type { Args, Role } from "../api/types.ts";
import { may, type Permission } from "../model/permission.ts";
import type { ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { text } from "../text/text.ts";
import { attempting, type Attempted } from "./attempt.ts";
import { duration } from "./durations.ts";
import type { Gateway } from "./gateway.ts";
import { both, Observable, projection, type Readable } from "./observable.ts";

export interface PermissionView {
  readonly key: Permission;
  readonly label: string;
  readonly least: Role;
}

export interface RulesSnapshot extends Attempted {
  readonly permissions: readonly PermissionView[];
  readonly leasts: readonly { readonly role: Role; readonly label: string }[];
  readonly slowMode: number;
  readonly slowModes: readonly { readonly seconds: number; readonly label: string }[];
  readonly hidesHistory: boolean;
  readonly isListed: boolean;
  readonly isOpen: boolean;
  /** Whether I may change slow mode and history. */
  readonly canChange: boolean;
  /** Whether I may change permissions and the directory. */
  readonly isOwner: boolean;
}

export interface RulesActions {
  setPermission(permission: Permission, least: Role): Promise<boolean>;
  setSlowMode(seconds: number): Promise<boolean>;
  setHidesHistory(hides: boolean): Promise<boolean>;
  setListed(isListed: boolean): Promise<boolean>;
  setOpen(isOpen: boolean): Promise<boolean>;
}

const PERMISSIONS: readonly Permission[] = ["post", "comment", "react", "mention_all", "pin", "invite", "settings", "moderate"];
const LEASTS: readonly Role[] = ["reader", "member", "moderator", "owner"];
/** Ten and thirty seconds, one and five minutes, an hour. */
const SLOW_MODES_S = [10, 30, 60, 300, 3_600];

export function openRules(gateway: Gateway, conversation: string): { snapshot: Readable<RulesSnapshot>; actions: RulesActions } {
  const local = new Observable<Attempted>({ isBusy: false, problem: null });
  const attempt = attempting(local);
  const change = (changes: Omit<Args<"conversation.change_settings">, "conversation">) =>
    attempt(async () => {
      const told = await gateway.call("conversation.change_settings", { conversation, ...changes });
      gateway.tell({ fact: "told", conversations: [told] });
    });
  return {
    snapshot: projection(both(gateway, local), ([state, mine]) => snapshotOf(state, conversation, mine)),
    actions: {
      setPermission(permission, least) {
        const known = gateway.current.conversations.get(conversation)?.settings.permissions;
        return change({ permissions: { ...known, [permission]: least } });
      },
      setSlowMode: (slow_mode_s) => change({ slow_mode_s }),
      setHidesHistory: (hides) => change({ history: hides ? "since_joined" : "all" }),
      setListed: (listed) => change({ listed }),
      setOpen: (open) => change({ open }),
    },
  };
}

function snapshotOf(state: State, conversation: string, { isBusy, problem }: Attempted): RulesSnapshot {
  const record = state.conversations.get(conversation);
  const slowMode = record?.settings.slow_mode_s ?? 0;
  const offered = [...new Set([...SLOW_MODES_S, slowMode])].filter((each) => each > 0).sort((a, b) => a - b);
  return {
    permissions: record ? PERMISSIONS.map((key) => ({ key, label: text(`permission_${key}`), least: leastFor(record, key) })) : [],
    leasts: LEASTS.map((role) => ({ role, label: text(`least_${role}`) })),
    slowMode,
    slowModes: [{ seconds: 0, label: text("details_timer_off") }, ...offered.map((seconds) => ({ seconds, label: duration(seconds) }))],
    hidesHistory: record?.settings.history === "since_joined",
    isListed: record?.settings.listed ?? false,
    isOpen: record?.settings.open ?? false,
    canChange: record !== undefined && may(record, "settings"),
    isOwner: record?.membership.role === "owner",
    isBusy,
    problem,
  };
}

function leastFor({ settings }: ConversationRecord, permission: Permission): Role {
  return settings.permissions[permission] ?? "member";
}

import type { Args, Member } from "../api/types.ts";
import { may } from "../model/permission.ts";
import { isArchived, type ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { displayOf, type ThreadDisplay } from "../model/threads.ts";
import { text } from "../text/text.ts";
import { duration } from "./durations.ts";
import type { Gateway } from "./gateway.ts";
import { faceOf, faceOfConversation, titleOf, type Face } from "./names.ts";
import { both, Observable, projection, type Readable } from "./observable.ts";
import { organiserOf, type PreferenceChange } from "./organiser.ts";
import { explain } from "./problem.ts";

export type { ThreadDisplay };

export interface MemberView {
  readonly key: string;
  readonly name: string;
  readonly address: string;
  readonly face: Face;
  /** The role, where it is more than the usual. */
  readonly role: string | null;
  readonly canRemove: boolean;
}

/** After how many seconds new messages disappear; 0 is never. */
export interface TimerView {
  readonly seconds: number;
  readonly choices: readonly { readonly seconds: number; readonly label: string }[];
  readonly canChange: boolean;
}

/** How threads are shown. */
export interface ThreadsChoice {
  readonly display: ThreadDisplay;
  readonly choices: readonly { readonly display: ThreadDisplay; readonly label: string }[];
  readonly canChange: boolean;
}

export interface DetailsSnapshot {
  readonly title: string;
  readonly face: Face;
  readonly address: string | null;
  readonly name: string;
  readonly topic: string;
  readonly isGroup: boolean;
  readonly canChange: boolean;
  readonly canInvite: boolean;
  readonly timer: TimerView;
  readonly threads: ThreadsChoice;
  /** Whether readers may comment; nothing where they are not asked, or are not this person's to let. */
  readonly comments: boolean | null;
  readonly isMuted: boolean;
  readonly isFavourite: boolean;
  readonly isArchived: boolean;
  readonly members: readonly MemberView[];
  readonly link: string | null;
  readonly problem: string | null;
}

export interface DetailsActions {
  change(name: string, topic: string): Promise<void>;
  prefer(change: PreferenceChange): Promise<void>;
  /** Moves a favourite one place up or down. */
  step(by: -1 | 1): void;
  setTimer(seconds: number): Promise<void>;
  setThreads(display: ThreadDisplay): Promise<void>;
  setComments(isOn: boolean): Promise<void>;
  remove(member: MemberView): Promise<void>;
  createLink(): Promise<void>;
  leave(): Promise<boolean>;
  reload(): Promise<void>;
}

interface Local {
  readonly members: readonly Member[];
  readonly link: string | null;
  readonly problem: string | null;
}

/** An hour, a day, a week, four weeks. */
const TIMERS_S = [3_600, 86_400, 604_800, 2_419_200];
const MEMBERS_MAX = 1_000;
const DISPLAYS: readonly ThreadDisplay[] = ["threads", "inline", "topics"];

export function openDetails(
  gateway: Gateway,
  conversation: string,
): { snapshot: Readable<DetailsSnapshot>; actions: DetailsActions } {
  const local = new Observable<Local>({ members: [], link: null, problem: null });

  const organiser = organiserOf(gateway);

  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    local.change({ problem: null });
    try {
      await work();
      return true;
    } catch (error) {
      local.change({ problem: explain(error) });
      return false;
    }
  };

  const change = (settings: Omit<Args<"conversation.change_settings">, "conversation">) =>
    attempt(async () => {
      const told = await gateway.call("conversation.change_settings", { conversation, ...settings });
      gateway.tell({ fact: "told", conversations: [told] });
    });

  const listMembers = async () => {
    const kind = gateway.current.conversations.get(conversation)?.kind;
    if (kind === "direct" || kind === "notes") return;
    const { items } = await gateway.call("member.list", { conversation, limit: MEMBERS_MAX });
    gateway.tell({ fact: "users", users: items.map(({ user }) => user) });
    local.change({ members: items });
  };

  organiser.forgetProblem();
  void attempt(listMembers);
  return {
    snapshot: projection(both(both(gateway, local), organiser.problem), ([[state, mine], problem]) =>
      snapshotOf(state, conversation, { ...mine, problem: mine.problem ?? problem }),
    ),
    actions: {
      async change(name, topic) {
        await change({ name, topic });
      },
      prefer: (change) => organiser.prefer(conversation, change),
      step: (by) => void organiser.step(conversation, by),
      async setTimer(seconds) {
        await change({ expire_after_s: seconds });
      },
      async setThreads(display) {
        await change({ thread_display: display });
      },
      async setComments(isOn) {
        const permissions = gateway.current.conversations.get(conversation)?.settings.permissions;
        if (permissions) await change({ permissions: { ...permissions, comment: isOn ? "reader" : (permissions.post ?? "moderator") } });
      },
      async remove(member) {
        await attempt(async () => {
          await gateway.call("member.remove", { conversation, user: member.address });
          await listMembers();
        });
      },
      async createLink() {
        await attempt(async () => local.change({ link: (await gateway.call("link.create", { conversation, needs_approval: false })).url }));
      },
      leave: () =>
        attempt(async () => {
          await gateway.call("member.remove", { conversation, user: gateway.current.me?.address ?? "" });
          gateway.tell({ fact: "gone", conversations: [conversation] });
        }),
      async reload() {
        await attempt(listMembers);
      },
    },
  };
}

function snapshotOf(state: State, conversation: string, { members, link, problem }: Local): DetailsSnapshot {
  const record = state.conversations.get(conversation);
  const isGroup = record?.kind === "group" || record?.kind === "channel";
  return {
    title: record ? titleOf(state, record) : "",
    face: record ? faceOfConversation(state, record) : faceOf("", ""),
    address: record?.peer?.address ?? null,
    name: record?.settings.name ?? "",
    topic: record?.settings.topic ?? "",
    isGroup,
    canChange: isGroup && record !== undefined && may(record, "settings"),
    canInvite: isGroup && record !== undefined && may(record, "invite"),
    timer: timerView(record, !isGroup || (record !== undefined && may(record, "settings"))),
    threads: {
      display: record ? displayOf(record) : "threads",
      choices: DISPLAYS.map((display) => ({ display, label: text(`details_threads_${display}`) })),
      canChange: !isGroup || (record !== undefined && may(record, "settings")),
    },
    comments: record?.kind === "channel" && record.membership.role === "owner" ? record.settings.permissions.comment === "reader" : null,
    isMuted: record?.membership.preferences.muted ?? false,
    isFavourite: record?.membership.preferences.favourite ?? false,
    isArchived: record !== undefined && isArchived(record),
    members: record ? members.map((member) => memberView(state, record, member)) : [],
    link,
    problem,
  };
}

function timerView(record: ConversationRecord | undefined, canChange: boolean): TimerView {
  const seconds = record?.settings.expire_after_s ?? 0;
  const offered = [...new Set([...TIMERS_S, seconds])].filter((each) => each > 0).sort((a, b) => a - b);
  const choices = offered.map((each) => ({ seconds: each, label: duration(each) }));
  return { seconds, choices: [{ seconds: 0, label: text("details_timer_off") }, ...choices], canChange };
}

function memberView(state: State, record: ConversationRecord, { user, role }: Member): MemberView {
  const isMe = user.address === state.me?.address;
  return {
    key: user.address,
    name: isMe ? text("you") : user.display_name,
    address: user.address,
    face: faceOf(user.display_name, user.address),
    role: role === "member" ? null : text(`role_${role}`),
    canRemove: !isMe && role !== "owner" && may(record, "moderate"),
  };
}

/** Learns the names of a group's members, once per visit, so that lines show names and not addresses. */
export async function learnNames(gateway: Gateway, conversation: string): Promise<void> {
  const kind = gateway.current.conversations.get(conversation)?.kind;
  if (kind !== "group" && kind !== "channel") return;
  const members = await gateway.call("member.list", { conversation, limit: MEMBERS_MAX }).catch(() => null);
  if (members) gateway.tell({ fact: "users", users: members.items.map(({ user }) => user) });
}

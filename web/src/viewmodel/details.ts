import type { Args } from "../api/types.ts";
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

/** The parts of the details. */
export type DetailsTab = "about" | "members" | "joining" | "rules" | "reports";

export interface DetailsSnapshot {
  /** The parts that there are for me. */
  readonly tabs: readonly DetailsTab[];
  readonly title: string;
  readonly face: Face;
  readonly address: string | null;
  readonly name: string;
  readonly topic: string;
  /** The other one of a direct conversation. */
  readonly peer: { readonly address: string; readonly name: string } | null;
  readonly isGroup: boolean;
  readonly canChange: boolean;
  readonly timer: TimerView;
  readonly threads: ThreadsChoice;
  /** Whether readers may comment; nothing where they are not asked, or are not this person's to let. */
  readonly comments: boolean | null;
  readonly isMuted: boolean;
  readonly isFavourite: boolean;
  readonly isArchived: boolean;
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
  leave(): Promise<boolean>;
}

interface Local {
  readonly problem: string | null;
}

/** An hour, a day, a week, four weeks. */
const TIMERS_S = [3_600, 86_400, 604_800, 2_419_200];
/** Most members whose names are learnt at once. */
const MEMBERS_MAX = 1_000;
const DISPLAYS: readonly ThreadDisplay[] = ["threads", "inline", "topics"];

export function openDetails(
  gateway: Gateway,
  conversation: string,
): { snapshot: Readable<DetailsSnapshot>; actions: DetailsActions } {
  const local = new Observable<Local>({ problem: null });

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

  organiser.forgetProblem();
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
      leave: () =>
        attempt(async () => {
          await gateway.call("member.remove", { conversation, user: gateway.current.me?.address ?? "" });
          gateway.tell({ fact: "gone", conversations: [conversation] });
        }),
    },
  };
}

function snapshotOf(state: State, conversation: string, { problem }: Local): DetailsSnapshot {
  const record = state.conversations.get(conversation);
  const isGroup = record?.kind === "group" || record?.kind === "channel";
  return {
    tabs: record ? tabsOf(record) : ["about"],
    title: record ? titleOf(state, record) : "",
    face: record ? faceOfConversation(state, record) : faceOf("", ""),
    address: record?.peer?.address ?? record?.address ?? null,
    name: record?.settings.name ?? "",
    topic: record?.settings.topic ?? "",
    peer: record?.peer ? { address: record.peer.address, name: titleOf(state, record) } : null,
    isGroup,
    canChange: isGroup && record !== undefined && may(record, "settings"),
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
    problem,
  };
}

function timerView(record: ConversationRecord | undefined, canChange: boolean): TimerView {
  const seconds = record?.settings.expire_after_s ?? 0;
  const offered = [...new Set([...TIMERS_S, seconds])].filter((each) => each > 0).sort((a, b) => a - b);
  const choices = offered.map((each) => ({ seconds: each, label: duration(each) }));
  return { seconds, choices: [{ seconds: 0, label: text("details_timer_off") }, ...choices], canChange };
}

function tabsOf(record: ConversationRecord): readonly DetailsTab[] {
  if (record.kind !== "group" && record.kind !== "channel") return ["about"];
  const canModerate = may(record, "moderate");
  const joining = may(record, "invite") || canModerate ? (["joining"] as const) : [];
  return ["about", "members", ...joining, "rules", ...(canModerate ? (["reports"] as const) : [])];
}

/** Learns the names of a group's members, once per visit, so that lines show names and not addresses. */
export async function learnNames(gateway: Gateway, conversation: string): Promise<void> {
  const kind = gateway.current.conversations.get(conversation)?.kind;
  if (kind !== "group" && kind !== "channel") return;
  const members = await gateway.call("member.list", { conversation, limit: MEMBERS_MAX }).catch(() => null);
  if (members) gateway.tell({ fact: "users", users: members.items.map(({ user }) => user) });
}

import type { Report } from "../api/types.ts";
import { attempting, type Attempted } from "./attempt.ts";
import type { Gateway } from "./gateway.ts";
import { shortTime } from "./moments.ts";
import { excerpt, faceOf, type Face } from "./names.ts";
import { Observable, projection, type Readable } from "./observable.ts";

export interface ReportedMessage {
  readonly key: string;
  readonly text: string;
}

export interface ReportView {
  readonly key: string;
  /** Who wrote the messages. */
  readonly name: string;
  readonly address: string;
  readonly face: Face;
  readonly reason: Report["reason"];
  readonly note: string;
  readonly time: string;
  readonly messages: readonly ReportedMessage[];
}

export interface ModerationSnapshot extends Attempted {
  readonly reports: readonly ReportView[];
  /** Whether an empty list means that there is nothing. */
  readonly isKnown: boolean;
}

export interface ModerationActions {
  /** Deletes the reported messages for everyone. */
  deleteMessages(report: ReportView): Promise<boolean>;
  remove(report: ReportView): Promise<boolean>;
  ban(report: ReportView): Promise<boolean>;
  dismiss(report: ReportView): Promise<boolean>;
}

interface Local extends Attempted {
  readonly reports: readonly Report[];
  readonly isKnown: boolean;
}

export function openModeration(
  gateway: Gateway,
  conversation: string,
  now: () => number = Date.now,
): { snapshot: Readable<ModerationSnapshot>; actions: ModerationActions } {
  const local = new Observable<Local>({ reports: [], isKnown: false, isBusy: false, problem: null });
  const attempt = attempting(local);
  const look = async () => local.change({ reports: (await gateway.call("report.list", { conversation })).items, isKnown: true });
  const change = (work: () => Promise<unknown>) =>
    attempt(async () => {
      await work();
      await look();
    });

  void attempt(look);
  return {
    snapshot: projection(local, ({ reports, isKnown, isBusy, problem }) => ({
      reports: reports.map((report) => reportView(report, now())),
      isKnown,
      isBusy,
      problem,
    })),
    actions: {
      deleteMessages: ({ messages }) =>
        change(async () => {
          for (const { key } of messages) await gateway.call("event.delete", { conversation, event: key });
        }),
      remove: ({ address }) => change(() => gateway.call("member.remove", { conversation, user: address })),
      ban: ({ address }) => change(() => gateway.call("member.ban", { conversation, user: address })),
      dismiss: ({ key }) => change(() => gateway.call("report.dismiss", { conversation, report: key })),
    },
  };
}

function reportView({ report, user, reason, text, at, messages }: Report, now: number): ReportView {
  return {
    key: report,
    name: user.display_name,
    address: user.address,
    face: faceOf(user.display_name, user.address),
    reason,
    note: text ?? "",
    time: shortTime(at, now),
    messages: messages.map((event) => ({ key: event.event_id, text: excerpt(event) })),
  };
}

import { attempting, type Attempted } from "./attempt.ts";
import type { Gateway } from "./gateway.ts";
import { Observable, type Readable } from "./observable.ts";

export type ReportReason = "spam" | "abuse";

export interface ReportSnapshot extends Attempted {
  readonly isSent: boolean;
}

export interface ReportActions {
  send(reason: ReportReason, note: string): Promise<boolean>;
}

/** Longest note, in characters; the server counts bytes. */
export const NOTE_MAX = 1_000;

/** Telling about somebody, and about a message of theirs where one is named. */
export function openReport(
  gateway: Gateway,
  user: string,
  message: { readonly conversation: string; readonly event: string } | null,
): { snapshot: Readable<ReportSnapshot>; actions: ReportActions } {
  const snapshot = new Observable<ReportSnapshot>({ isSent: false, isBusy: false, problem: null });
  const attempt = attempting(snapshot);
  return {
    snapshot,
    actions: {
      send: (reason, note) =>
        attempt(async () => {
          await gateway.call("report.send", { user, reason, text: note.trim(), messages: message ? [message] : [] });
          snapshot.change({ isSent: true });
        }),
    },
  };
}

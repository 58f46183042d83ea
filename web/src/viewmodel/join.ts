import type { LinkView } from "../api/types.ts";
import type { Gateway } from "./gateway.ts";
import { faceOf, type Face } from "./names.ts";
import { Observable, type Readable } from "./observable.ts";
import { explain } from "./problem.ts";

export interface JoinSnapshot {
  readonly link: (LinkView & { readonly face: Face }) | null;
  readonly isAsked: boolean;
  readonly isBusy: boolean;
  readonly problem: string | null;
}

export interface JoinActions {
  /** Joins, or asks to; answers with the conversation when one is in. */
  join(): Promise<string | null>;
}

export function openJoin(gateway: Gateway, code: string): { snapshot: Readable<JoinSnapshot>; actions: JoinActions } {
  const snapshot = new Observable<JoinSnapshot>({ link: null, isAsked: false, isBusy: false, problem: null });
  gateway.call("link.look", { code }).then(
    (link) => snapshot.change({ link: { ...link, face: faceOf(link.name, link.conversation) } }),
    (error: unknown) => snapshot.change({ problem: explain(error) }),
  );
  return {
    snapshot,
    actions: {
      async join() {
        snapshot.change({ isBusy: true, problem: null });
        try {
          const joined = await gateway.call("link.join", { code });
          if (joined.state === "requested") {
            snapshot.change({ isAsked: true });
            return null;
          }
          gateway.tell({ fact: "told", conversations: [joined.conversation] });
          return joined.conversation.conversation;
        } catch (error) {
          snapshot.change({ problem: explain(error) });
          return null;
        } finally {
          snapshot.change({ isBusy: false });
        }
      },
    },
  };
}

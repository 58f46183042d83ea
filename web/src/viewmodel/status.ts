import type { Availability } from "../api/types.ts";
import type { Gateway } from "./gateway.ts";
import { Observable, type Readable } from "./observable.ts";
import { explain } from "./problem.ts";

/** What somebody can want to be. */
export type Wish = Exclude<Availability, "offline">;

export const WISHES: readonly Wish[] = ["online", "away", "do_not_disturb", "invisible"];

export interface StatusSnapshot {
  readonly availability: Wish;
  /** What others read beside the name. */
  readonly words: string;
  readonly isSaved: boolean;
  readonly problem: string | null;
}

export interface StatusActions {
  choose(availability: Wish): Promise<void>;
  say(words: string): Promise<void>;
}

/** What I show of myself to others. */
export function openStatus(gateway: Gateway): { snapshot: Readable<StatusSnapshot>; actions: StatusActions } {
  const me = gateway.current.me?.address ?? "";
  const snapshot = new Observable<StatusSnapshot>({ availability: "online", words: "", isSaved: false, problem: null });

  const attempt = (work: () => Promise<void>): Promise<void> => {
    snapshot.change({ problem: null });
    return work().catch((error: unknown) => snapshot.change({ problem: explain(error) }));
  };

  const set = (change: Pick<StatusSnapshot, "availability" | "words">) =>
    attempt(async () => {
      const status = change.words.trim();
      await gateway.call("presence.set", { availability: change.availability, ...(status ? { status } : {}) });
      snapshot.change({ availability: change.availability, words: status, isSaved: true });
    });

  void attempt(async () => {
    const { items } = await gateway.call("presence.get", { users: [me] });
    const own = items.find(({ user }) => user === me);
    if (own) snapshot.change({ availability: wishOf(own.availability), words: own.status ?? "" });
  });

  return {
    snapshot,
    actions: {
      choose: (availability) => set({ availability, words: snapshot.current.words }),
      say: (words) => set({ availability: snapshot.current.availability, words }),
    },
  };
}

/** Whoever asks is connected: where others see nobody, they want to be invisible. */
function wishOf(shown: Availability): Wish {
  return shown === "offline" ? "invisible" : shown;
}

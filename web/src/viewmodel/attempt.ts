import { Observable } from "./observable.ts";
import { explain } from "./problem.ts";

/** What every panel says of what it does. */
export interface Attempted {
  readonly isBusy: boolean;
  readonly problem: string | null;
}

/** Does things one person asked for, and says in a snapshot when one is under way and what went wrong with the last. */
export function attempting<T extends Attempted>(snapshot: Observable<T>): (work: () => Promise<void>) => Promise<boolean> {
  const say = (change: Attempted) => snapshot.set({ ...snapshot.current, ...change });
  return async (work) => {
    say({ isBusy: true, problem: null });
    try {
      await work();
      say({ isBusy: false, problem: null });
      return true;
    } catch (error) {
      say({ isBusy: false, problem: explain(error) });
      return false;
    }
  };
}

import { Observable, type Readable } from "./observable.ts";

/** Where new versions of the client come from. */
export interface UpdateSource {
  /** Calls back when a new version is there to be used. */
  onReady(listener: () => void): void;
  /** Starts this window anew with the new version. */
  use(): void;
}

/** Whether a new version is offered. */
export interface UpdateModel extends Readable<boolean> {
  use(): void;
  later(): void;
}

/** Offers a new version, which nobody has to take; without a source there is none. */
export function openUpdates(source: UpdateSource | null): UpdateModel {
  const offered = new Observable(false);
  source?.onReady(() => offered.set(true));
  return {
    get current() {
      return offered.current;
    },
    subscribe: (listener) => offered.subscribe(listener),
    use: () => source?.use(),
    later: () => offered.set(false),
  };
}

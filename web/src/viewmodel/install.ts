import { Observable, type Readable } from "./observable.ts";

/** A browser that can put the client among the programs of the device. */
export interface InstallSource {
  /** Calls back with whether it would do so now. */
  onChange(listener: (isOffered: boolean) => void): void;
  /** Lets the browser ask the person. */
  ask(): void;
}

/** Whether the client can be installed. */
export interface InstallModel extends Readable<boolean> {
  ask(): void;
}

/** Offers to install where the browser does. */
export function openInstall(source: InstallSource): InstallModel {
  const offered = new Observable(false);
  source.onChange((isOffered) => offered.set(isOffered));
  return {
    get current() {
      return offered.current;
    },
    subscribe: (listener) => offered.subscribe(listener),
    ask: () => source.ask(),
  };
}

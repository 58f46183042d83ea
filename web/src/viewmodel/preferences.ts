import type { Language } from "../text/language.ts";
import { Observable, type Readable } from "./observable.ts";
import type { Keys } from "./shortcuts.ts";

/** Which messages a screen reader reads out as they come in. */
export type Announced = "all" | "mentions" | "nothing";

/** The language to speak: that of the browser, or another. */
export type LanguageChoice = "browser" | Language;

/** What a person prefers in this browser. */
export interface DevicePreferences {
  readonly language: LanguageChoice;
  /** Whether Enter sends; otherwise it starts a line, and Ctrl+Enter sends. */
  readonly enterSends: boolean;
  readonly hasSingleKeys: boolean;
  readonly announced: Announced;
  /** Shortcuts that were given other keys. */
  readonly keys: Keys;
}

export interface PreferencesModel extends Readable<DevicePreferences> {
  change(change: Partial<DevicePreferences>): void;
}

const KEY = "parlance-preferences";

export const DEFAULTS: DevicePreferences = { language: "browser", enterSends: true, hasSingleKeys: true, announced: "all", keys: {} };

/** The preferences as this browser keeps them. */
export function openPreferences(storage: Pick<Storage, "getItem" | "setItem">): PreferencesModel {
  const kept = new Observable<DevicePreferences>({ ...DEFAULTS, ...read(storage) });
  return {
    get current() {
      return kept.current;
    },
    subscribe: (listener) => kept.subscribe(listener),
    change(change) {
      kept.change(change);
      storage.setItem(KEY, JSON.stringify(kept.current));
    },
  };
}

function read(storage: Pick<Storage, "getItem">): Partial<DevicePreferences> {
  try {
    return JSON.parse(storage.getItem(KEY) ?? "{}") as Partial<DevicePreferences>;
  } catch {
    return {};
  }
}

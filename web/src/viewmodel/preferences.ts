import type { Language } from "../text/language.ts";
import { Observable, type Readable } from "./observable.ts";
import type { Keys } from "./shortcuts.ts";

/** Which messages a screen reader reads out as they come in. */
export type Announced = "all" | "mentions" | "nothing";

/** The language to speak: that of the browser, or another. */
export type LanguageChoice = "browser" | Language;

/** How much room things take. */
export type Density = "comfortable" | "compact";

/** How large everything is written, beside what the browser itself is set to. */
export type TextSize = "small" | "usual" | "large" | "larger";

/** How times of day are written: as usual in the language, or always in one way. */
export type Clock = "language" | "h12" | "h24";

/** What a person prefers in this browser. */
export interface DevicePreferences {
  readonly language: LanguageChoice;
  readonly density: Density;
  readonly textSize: TextSize;
  readonly clock: Clock;
  /** Whether Enter sends; otherwise it starts a line, and Ctrl+Enter sends. */
  readonly enterSends: boolean;
  readonly hasSingleKeys: boolean;
  /** Whether the tour for newcomers is still to be shown. */
  readonly isNew: boolean;
  readonly announced: Announced;
  /** Shortcuts that were given other keys. */
  readonly keys: Keys;
}

export interface PreferencesModel extends Readable<DevicePreferences> {
  change(change: Partial<DevicePreferences>): void;
  /** Goes back to what everybody begins with; what is kept in the browser is not touched. */
  forget(): void;
}

const KEY = "parlance-preferences";

export const DEFAULTS: DevicePreferences = {
  language: "browser",
  density: "comfortable",
  textSize: "usual",
  clock: "language",
  enterSends: true,
  hasSingleKeys: true,
  isNew: false,
  announced: "all",
  keys: {},
};

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
    forget: () => kept.set(DEFAULTS),
  };
}

function read(storage: Pick<Storage, "getItem">): Partial<DevicePreferences> {
  try {
    return JSON.parse(storage.getItem(KEY) ?? "{}") as Partial<DevicePreferences>;
  } catch {
    return {};
  }
}

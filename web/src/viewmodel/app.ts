import type { Doorstep } from "../api/http.ts";
import type { SignedIn } from "../api/types.ts";
import type { Gateway } from "./gateway.ts";
import { openInstall, type InstallModel, type InstallSource } from "./install.ts";
import { openLanguage, type LanguageModel } from "./language.ts";
import { useClock } from "./moments.ts";
import { Observable, type Readable } from "./observable.ts";
import { openPreferences, type PreferencesModel } from "./preferences.ts";
import { Places } from "./places.ts";
import { formatRoute, parseRoute, type Route } from "./route.ts";
import { openUpdates, type UpdateModel, type UpdateSource } from "./updates.ts";

export type Phase =
  | { readonly at: "starting" }
  | { readonly at: "outside" }
  | { readonly at: "inside"; readonly gateway: Gateway };

/** What the client needs of the browser around it. */
export interface Surroundings {
  /** The account this browser is signed in to, as last known. */
  restore(): Promise<Gateway | null>;
  /** Keeps a fresh sign-in. */
  enter(signedIn: SignedIn): Promise<Gateway>;
  readonly doorstep: Doorstep;
  /** The languages that the browser asks for, the most wanted first. */
  readonly languages: readonly string[];
  readonly install: InstallSource;
  readonly updates: UpdateSource | null;
  readonly storage: Pick<Storage, "getItem" | "setItem">;
  readonly address: {
    path(): string;
    push(path: string): void;
    replace(path: string): void;
    onBack(listener: () => void): void;
  };
}

export interface AppModel {
  readonly phase: Readable<Phase>;
  readonly route: Readable<Route>;
  readonly places: Places;
  readonly doorstep: Doorstep;
  readonly preferences: PreferencesModel;
  readonly language: LanguageModel;
  readonly install: InstallModel;
  readonly updates: UpdateModel;
  go(route: Route): void;
  /** Goes somewhere without leaving a trace of where one was. */
  goInstead(route: Route): void;
  entered(signedIn: SignedIn): Promise<void>;
}

export function startApp(surroundings: Surroundings): AppModel {
  const { address, doorstep } = surroundings;
  const phase = new Observable<Phase>({ at: "starting" });
  const route = new Observable<Route>(parseRoute(address.path()));
  const places = new Places();
  address.onBack(() => {
    places.leave(formatRoute(route.current));
    const place = places.at(address.path());
    route.set({ ...parseRoute(address.path()), ...(place ? { place } : {}) });
  });

  const preferences = openPreferences(surroundings.storage);
  preferences.subscribe(({ clock }) => useClock(clock));
  const { model: language, spoken } = openLanguage(preferences, surroundings.languages);

  /** Whoever comes next begins as the browser is. */
  const leave = () => {
    preferences.forget();
    void language.choose("browser");
    phase.set({ at: "outside" });
  };

  const inside = (gateway: Gateway) => {
    phase.set({ at: "inside", gateway });
    gateway.subscribe(({ me }) => {
      if (me === null) leave();
    });
  };

  const outside = () => phase.set({ at: "outside" });
  const restored = surroundings.restore().catch(() => null);
  void Promise.all([restored, spoken]).then(([gateway]) => (gateway ? inside(gateway) : outside()));

  const goInstead = (next: Route) => {
    address.replace(formatRoute(next));
    route.set(next);
  };

  return {
    phase,
    route,
    places,
    doorstep,
    preferences,
    language,
    install: openInstall(surroundings.install),
    updates: openUpdates(surroundings.updates),
    go(next) {
      if (formatRoute(next) !== formatRoute(route.current)) {
        places.leave(formatRoute(route.current));
        address.push(formatRoute(next));
      }
      route.set(next);
    },
    goInstead,
    async entered(signedIn) {
      inside(await surroundings.enter(signedIn));
      if (route.current.at !== "register") return;
      preferences.change({ isNew: true });
      goInstead({ at: "home" });
    },
  };
}

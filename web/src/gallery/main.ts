import { directionOf } from "../text/language.ts";
import { openLanguage } from "../viewmodel/language.ts";
import { openPreferences } from "../viewmodel/preferences.ts";

/** Shows every component in every state, or one window of the client, without a server, in the language of the browser. */
export async function show(target: HTMLElement, path: string): Promise<void> {
  const preferences = openPreferences({ getItem: () => null, setItem: () => undefined });
  const { model, spoken } = openLanguage(preferences, navigator.languages);
  await spoken;
  document.documentElement.lang = model.current;
  document.documentElement.dir = directionOf(model.current);
  const { showIn } = await import("./show.ts");
  showIn(target, path, preferences, model);
}

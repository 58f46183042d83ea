import { languageFor, SOURCE, type Language } from "../text/language.ts";
import { speak, textsOf } from "../text/text.ts";
import { Observable, type Readable } from "./observable.ts";
import type { LanguageChoice, PreferencesModel } from "./preferences.ts";

/** The language that is spoken. */
export interface LanguageModel extends Readable<Language> {
  /** The language of the browser, as far as it is spoken here. */
  readonly ofBrowser: Language;
  /** Speaks another language and keeps that; false where its texts cannot be fetched, and everything stays as it was. */
  choose(choice: LanguageChoice): Promise<boolean>;
}

/** Begins to speak the language that a person prefers; `spoken` is when it does. */
export function openLanguage(preferences: PreferencesModel, wanted: readonly string[]): { model: LanguageModel; spoken: Promise<unknown> } {
  const ofBrowser = languageFor(wanted);
  const current = new Observable<Language>(SOURCE);
  let latest = SOURCE;

  /** Of two choices in a row the second counts, whichever texts come first. */
  const choose = async (choice: LanguageChoice): Promise<boolean> => {
    const language = choice === "browser" ? ofBrowser : choice;
    latest = language;
    const texts = await textsOf(language).catch(() => null);
    if (texts !== null && latest === language) {
      speak(language, texts, wanted);
      current.set(language);
      if (choice !== preferences.current.language) preferences.change({ language: choice });
    }
    return texts !== null;
  };

  const model: LanguageModel = {
    get current() {
      return current.current;
    },
    subscribe: (listener) => current.subscribe(listener),
    ofBrowser,
    choose,
  };
  return { model, spoken: choose(preferences.current.language) };
}

/** The languages that the client speaks, each with the name that its speakers give it. */
export const LANGUAGES = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  ar: "العربية",
  ja: "日本語",
  "zh-Hans": "简体中文",
} as const;

export type Language = keyof typeof LANGUAGES;

export const SOURCE: Language = "en";

const ALL = Object.keys(LANGUAGES) as Language[];
const RIGHT_TO_LEFT: readonly Language[] = ["ar"];

export function directionOf(language: Language): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr";
}

/** The first language that is both wanted and spoken; the source where there is none. Takes tags as of BCP 47. */
export function languageFor(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const spoken = ALL.find((language) => isVariety(tag, language));
    if (spoken) return spoken;
  }
  return SOURCE;
}

/** How dates and numbers are written: as in the wanted variety of the language, `en-GB` for example, if there is one. */
export function localeFor(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => isVariety(tag, language)) ?? language;
}

function isVariety(tag: string, language: Language): boolean {
  const [variety, whole] = [tag, language].map((each) => new Intl.Locale(each).maximize());
  return variety?.language === whole?.language && variety?.script === whole?.script;
}

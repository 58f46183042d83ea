import { faithful, type Entry, type Messages, type TextKey, type Values } from "./catalogue.ts";
import { en } from "./en.ts";
import { directionOf, localeFor, SOURCE, type Language } from "./language.ts";

export type { PlainTextKey, TextKey } from "./catalogue.ts";

/** What it takes to speak a language. */
interface Speech {
  readonly language: Language;
  readonly locale: string;
  readonly messages: Messages;
  readonly plurals: Intl.PluralRules;
  readonly numbers: Intl.NumberFormat;
}

const LOADERS: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: async () => faithful(en),
  de: () => import("./de.ts").then(({ de }) => faithful(de)),
  es: () => import("./es.ts").then(({ es }) => faithful(es)),
  fr: () => import("./fr.ts").then(({ fr }) => faithful(fr)),
  ar: () => import("./ar.ts").then(({ ar }) => faithful(ar)),
  ja: () => import("./ja.ts").then(({ ja }) => faithful(ja)),
  "zh-Hans": () => import("./zh-Hans.ts").then(({ zhHans }) => faithful(zhHans)),
};

let speech = speechIn(SOURCE, SOURCE, en);

function speechIn(language: Language, locale: string, messages: Messages): Speech {
  return { language, locale, messages, plurals: new Intl.PluralRules(language), numbers: new Intl.NumberFormat(locale) };
}

/** The texts of a language; they are fetched when it is spoken for the first time. */
export function textsOf(language: Language): Promise<Messages> {
  return LOADERS[language]();
}

/** Says everything in another language from now on, with dates and numbers as in the wanted variety of it. */
export function speak(language: Language, messages: Messages, wanted: readonly string[]): void {
  speech = speechIn(language, localeFor(language, wanted), messages);
}

/** The tag by which dates and numbers are written. */
export function locale(): string {
  return speech.locale;
}

/** What a sentence has to be given. */
type Needed<K extends TextKey> = keyof Values<K> extends never ? [] : [Values<K>];

/** The sentence for `key`, with `{names}` filled in. */
export function text<K extends TextKey>(key: K, ...[values]: Needed<K>): string {
  const filled: Readonly<Record<string, string | number>> = values ?? {};
  return sentenceOf(speech.messages[key], filled["count"]).replace(/\{(\w+)\}/g, (whole, name: string) => shown(filled[name]) ?? whole);
}

/** The same for what is read out and never shown: it has no marks of direction. */
export function spoken<K extends TextKey>(key: K, ...values: Needed<K>): string {
  return text(key, ...values).replace(CONTROLS, "");
}

/** A number as people write it in this language. */
export function number(value: number): string {
  return speech.numbers.format(value);
}

/** Most that a badge has room for. */
const BADGE_MAX = 999;

/** A count as it stands on a badge. */
export function countOnBadge(count: number): string {
  return count > BADGE_MAX ? `${number(BADGE_MAX)}+` : number(count);
}

function sentenceOf(entry: Entry, count: string | number | undefined): string {
  if (typeof entry === "string") return entry;
  return entry[speech.plurals.select(Number(count ?? 0))] ?? entry.other;
}

function shown(value: string | number | undefined): string | undefined {
  return typeof value === "number" ? number(value) : value && isolated(value);
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const LEFT_TO_RIGHT = /(?![\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}])\p{L}/u;
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/gu;

/** Keeps what runs the other way than the sentence from tearing it apart (Unicode Standard Annex 9, isolates). */
function isolated(value: string): string {
  const plain = value.replace(CONTROLS, "");
  const turns = (directionOf(speech.language) === "rtl" ? LEFT_TO_RIGHT : RIGHT_TO_LEFT).test(plain);
  return turns ? `\u2068${plain}\u2069` : plain;
}

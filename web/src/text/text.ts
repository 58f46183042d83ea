import { en } from "./en.ts";

/** A catalogue has a sentence, or plural forms of one, for each key. */
export type Catalogue = { readonly [Key in keyof typeof en]: string | { readonly other: string; readonly [form: string]: string } };

export type TextKey = keyof Catalogue;

type Values = Readonly<Record<string, string | number>>;

const LANGUAGE = "en";
const catalogue: Catalogue = en;
const plurals = new Intl.PluralRules(LANGUAGE);
const numbers = new Intl.NumberFormat(LANGUAGE);

/** The sentence for `key`, with `{names}` filled in. */
export function text(key: TextKey, values: Values = {}): string {
  const entry = catalogue[key];
  const sentence = typeof entry === "string" ? entry : (entry[plurals.select(Number(values["count"] ?? 0))] ?? entry.other);
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => shown(values[name]) ?? whole);
}

function shown(value: string | number | undefined): string | undefined {
  return typeof value === "number" ? numbers.format(value) : value;
}

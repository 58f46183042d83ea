import type { en } from "./en.ts";
import type { Language } from "./language.ts";

type Source = typeof en;

export type TextKey = keyof Source;

/** The plural forms of cardinal numbers in each language, as in the Unicode CLDR. */
interface PluralForms {
  readonly en: "one" | "other";
  readonly de: "one" | "other";
  readonly es: "one" | "many" | "other";
  readonly fr: "one" | "many" | "other";
  readonly ar: "zero" | "one" | "two" | "few" | "many" | "other";
  readonly ja: "other";
  readonly "zh-Hans": "other";
}

/** A text: a sentence, or one for each plural form. */
export type Entry = string | { readonly other: string; readonly [form: string]: string };

type Sentences<E> = E extends string ? E : E[keyof E];

/** The names that stand in braces in a sentence. */
type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** The texts that nothing is filled into. */
export type PlainTextKey = { [K in TextKey]: Names<Sentences<Source[K]>> extends never ? K : never }[TextKey];

/** The values that a text is filled in with. */
export type Values<K extends TextKey> = Readonly<Record<Names<Sentences<Source[K]>>, string | number>>;

/** A sentence with all of these names in it, wherever they stand. */
type Naming<N extends string> = [N] extends [never] ? string : Every<N extends string ? `${string}{${N}}${string}` : never>;
type Every<U> = (U extends unknown ? (each: U) => void : never) extends (each: infer All) => void ? All : never;

/** What a language has to say: every text of the source, with its names, in the plural forms of the language. */
export type Catalogue<L extends Language> = {
  readonly [K in TextKey]: Source[K] extends string
    ? Naming<Names<Source[K]>>
    : { readonly [Form in PluralForms[L]]: Naming<Exclude<Names<Sentences<Source[K]>>, "count">> };
};

/** The texts of some language. */
export type Messages = Readonly<Record<TextKey, Entry>>;

/** The names in a translation that its source does not have. */
type Strays<M extends Messages> = { [K in TextKey]: Exclude<Names<Sentences<M[K]>>, Names<Sentences<Source[K]>>> }[TextKey];

/** Takes a translation in which every name can be filled in. */
export function faithful<M extends Messages>(messages: M & ([Strays<M>] extends [never] ? unknown : { readonly stray: Strays<M> })): Messages {
  return messages as M;
}

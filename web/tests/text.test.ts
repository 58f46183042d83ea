import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Entry, TextKey } from "../src/text/catalogue.ts";
import { en } from "../src/text/en.ts";
import { LANGUAGES, languageFor, localeFor, type Language } from "../src/text/language.ts";
import { number, speak, spoken, text, textsOf } from "../src/text/text.ts";
import { explainProblem } from "../src/viewmodel/problem.ts";
import { dayLabel, shortTime } from "../src/viewmodel/moments.ts";

const SOURCE = resolve(import.meta.dirname, "../src");
const KEYS = Object.keys(en) as TextKey[];
const ALL = Object.keys(LANGUAGES) as Language[];

afterEach(() => speak("en", en, []));

async function speakIn(language: Language, wanted: readonly string[] = []) {
  speak(language, await textsOf(language), wanted);
}

function namesIn(entry: Entry): readonly string[] {
  const sentences = typeof entry === "string" ? [entry] : Object.values(entry);
  return [...new Set(sentences.flatMap((sentence) => sentence.match(/\{\w+\}/g) ?? []))].sort();
}

for (const language of ALL) {
  describe(`the texts in ${LANGUAGES[language]}`, () => {
    it("say what the English ones say, and fill in the same", async () => {
      const texts = await textsOf(language);
      expect(Object.keys(texts).sort()).toEqual([...KEYS].sort());
      for (const key of KEYS) expect([key, ...namesIn(texts[key])]).toEqual([key, ...namesIn(en[key])]);
    });

    it("have the plural forms of the language, no more and no fewer", async () => {
      const forms = [...new Intl.PluralRules(language).resolvedOptions().pluralCategories].sort();
      const plurals = Object.values(await textsOf(language)).filter((entry) => typeof entry !== "string");
      expect(plurals.length).toBeGreaterThan(0);
      for (const entry of plurals) expect(Object.keys(entry).sort()).toEqual(forms);
    });

    it("are sentences of their own", async () => {
      const texts = await textsOf(language);
      const same = KEYS.filter((key) => JSON.stringify(texts[key]) === JSON.stringify(en[key]));
      if (language !== "en") expect(same.length).toBeLessThan(KEYS.length / 10);
    });
  });
}

it("every text is used somewhere", () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) => /\.(ts|svelte)$/.test(name) && !name.startsWith("text/"));
  const code = files.map((name) => readFileSync(join(SOURCE, name), "utf8")).join("\n");
  const made = [...code.matchAll(/`([a-z_]+_)\$\{/g)].map((match) => match[1] ?? "");
  const idle = KEYS.filter((key) => !new RegExp(`["'\`]${key}["'\`]`).test(code) && !made.some((beginning) => key.startsWith(beginning)));
  expect(idle).toEqual([]);
});

it("every problem that is explained here is one of the server's", () => {
  const known = readFileSync(resolve(SOURCE, "../../docs/reference/errors.md"), "utf8");
  const codes = KEYS.filter((key) => key.startsWith("problem_")).map((key) => key.slice("problem_".length).replace("_", "."));
  const problem = { type: "about:blank", title: "In English.", status: 400, help: "Help.", retry: "never" } as const;
  for (const code of codes) {
    expect(known).toContain(`id="${code}"`);
    expect(explainProblem({ ...problem, code })).not.toContain("In English");
  }
  expect(explainProblem({ ...problem, code: "of.tomorrow" })).toBe("In English. Help.");
});

describe("counting", () => {
  it("uses all six forms of Arabic", async () => {
    await speakIn("ar");
    const said = [0, 1, 2, 3, 11, 100].map((count) => text("members_count", { count }));
    expect(said).toEqual(["لا أعضاء", "عضو واحد", "عضوان", `${number(3)} أعضاء`, `${number(11)} عضوًا`, `${number(100)} عضو`]);
  });

  it("writes numbers as the language does", async () => {
    await speakIn("de");
    expect(text("row_unread", { count: 1234 })).toBe("1.234 ungelesene Nachrichten");
    await speakIn("en", ["en-GB"]);
    expect(text("row_unread", { count: 1234 })).toBe("1,234 unread messages");
  });
});

describe("names that run the other way", () => {
  it("are isolated, so that the sentence around them stays whole", async () => {
    expect(text("sys_joined", { name: "أمير" })).toBe("\u2068أمير\u2069 joined");
    expect(spoken("sys_joined", { name: "أمير" })).toBe("أمير joined");
    await speakIn("ar");
    expect(text("sys_joined", { name: "Bob" })).toBe("انضم \u2068Bob\u2069");
    expect(text("sys_joined", { name: "أمير" })).toBe("انضم أمير");
  });

  it("cannot turn the sentence with marks of their own", () => {
    expect(text("sys_joined", { name: "\u202eBob\u2069" })).toBe("Bob joined");
  });
});

describe("the language of the browser", () => {
  it("is the first wanted one that is spoken, in any variety", () => {
    expect(languageFor(["pt-BR", "de-AT", "en"])).toBe("de");
    expect(languageFor(["zh-CN"])).toBe("zh-Hans");
    expect(languageFor(["zh-TW", "ja"])).toBe("ja");
    expect(languageFor(["tlh"])).toBe("en");
  });

  it("says how dates and numbers are written, as far as it is the language that is spoken", () => {
    expect(localeFor("en", ["de", "en-GB"])).toBe("en-GB");
    expect(localeFor("fr", ["de", "en-GB"])).toBe("fr");
  });
});

it("days are named in the language that is spoken", async () => {
  const now = new Date(2026, 10, 28, 12).getTime();
  const ago = (days: number) => new Date(now - days * 86_400_000).toISOString();
  await speakIn("fr");
  expect([dayLabel(ago(0), now), dayLabel(ago(1), now), dayLabel(ago(9), now)]).toEqual(["Aujourd’hui", "Hier", "jeudi 19 novembre 2026"]);
  expect(shortTime(ago(3), now)).toBe("mercredi");
  await speakIn("ja");
  expect(dayLabel(ago(9), now)).toBe("2026年11月19日木曜日");
});

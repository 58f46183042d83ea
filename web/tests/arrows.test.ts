import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCE = resolve(import.meta.dirname, "../src");

/** What each part may import from the others. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  api: [],
  text: [],
  model: ["api"],
  viewmodel: ["model", "api", "text"],
  worker: ["model", "api"],
  view: ["viewmodel", "api", "text"],
  gallery: ["view", "viewmodel", "model", "api", "text"],
};

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|svelte)$/.test(name))
    .map((name) => join(folder, name));
}

function imports(file: string): string[] {
  const specifiers = readFileSync(file, "utf8").matchAll(/(?:from|import)\s+"(\.[^"]+)"/g);
  return [...specifiers].map((match) => relative(SOURCE, resolve(dirname(file), match[1] ?? "")));
}

describe("arrows between the parts of the client", () => {
  for (const [part, allowed] of Object.entries(ALLOWED)) {
    it(`${part} imports nothing but itself and [${allowed.join(", ")}]`, () => {
      const wrong = files(join(SOURCE, part)).flatMap((file) =>
        imports(file)
          .filter((target) => ![part, ...allowed].includes(target.split("/")[0] ?? ""))
          .map((target) => `${relative(SOURCE, file)} imports ${target}`),
      );
      expect(wrong).toEqual([]);
    });
  }

  it("model and view models touch nothing of the browser", () => {
    const wrong = [...files(join(SOURCE, "model")), ...files(join(SOURCE, "viewmodel"))].filter((file) =>
      /\b(document|window|navigator|localStorage|indexedDB|location|history)\./.test(readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")),
    );
    expect(wrong).toEqual([]);
  });
});

import type { Fact } from "../model/fact.ts";

/**
 * What a person did in the last moment of a tab, when there was no time left to write it to the database. It is
 * written at once, so it lasts, and whoever comes next takes it up.
 */
export class Leftover {
  readonly #key: string;

  constructor(
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">,
    address: string,
  ) {
    this.#key = `parlance-left:${address}`;
  }

  /** Leaves facts behind what was left before. */
  leave(facts: readonly Fact[]): void {
    if (facts.length === 0) return;
    try {
      this.storage.setItem(this.#key, JSON.stringify([...this.#read(), ...facts]));
    } catch {
      // The browser has no room; what was left before stays.
    }
  }

  /** Hands over what was left, once. */
  take(): readonly Fact[] {
    const facts = this.#read();
    this.storage.removeItem(this.#key);
    return facts;
  }

  #read(): readonly Fact[] {
    try {
      return JSON.parse(this.storage.getItem(this.#key) ?? "[]") as Fact[];
    } catch {
      return [];
    }
  }
}

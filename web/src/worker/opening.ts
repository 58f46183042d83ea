import type { Fact } from "../model/fact.ts";
import { reduce, type State } from "../model/state.ts";
import type { Said } from "./channel.ts";

/** How things stand, besides the logs, which each tab opens for itself. */
export type Standing = Omit<State, "timelines" | "typing">;

/** How much of each tab had been heard at some moment, by its name. */
export type Heard = ReadonlyMap<string, number>;

/** These concern the logs of one tab only. */
const OF_TAB: ReadonlySet<Fact["fact"]> = new Set(["opened", "closed"]);

/**
 * A tab that has just opened: what it reads from disk may be older than what was said before it listened. It
 * remembers what it hears until the leader tells how things stood when it had heard so much of each tab.
 */
export class Opening {
  readonly #heard: Said[] = [];

  /** `mark` is how far everything that this tab read from disk was told by the server, at least. */
  constructor(readonly mark: Promise<string | undefined>) {}

  hear(said: Said): void {
    this.#heard.push(said);
  }

  /** The state of the tab over what stood when so much was heard. */
  over(state: State, standing: Partial<Standing>, heard: Heard): State {
    const missing = this.#heard.filter(({ from, number }) => number > (heard.get(from) ?? 0));
    const facts = missing.flatMap(({ facts }) => facts).filter(({ fact }) => !OF_TAB.has(fact));
    return facts.reduce(reduce, { ...state, ...standing });
  }
}

export function standingOf({ timelines: _timelines, typing: _typing, ...standing }: State): Standing {
  return standing;
}

import fc from "fast-check";
import type { Deed } from "./log.ts";

const who = fc.nat(2);
const target = fc.nat(30);

/** Deeds as people do them: mostly talk. */
export const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("say" as const), who, mentions: fc.boolean(), inThread: fc.option(fc.nat(5)) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("edit", "delete", "pin", "unpin"), who, target }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("react", "unreact"), who, target, emoji: fc.constantFrom("👍", "🎉") }) },
);

export const deeds = (min: number, max: number) => fc.array(deed, { minLength: min, maxLength: max });

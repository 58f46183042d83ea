import { Refused } from "../api/problem.ts";
import { text } from "../text/text.ts";

/** What to tell a person about an error. */
export function explain(error: unknown): string {
  if (!(error instanceof Refused)) return text("unreachable");
  const { title, help, detail } = error.problem;
  return [title, detail ?? help].filter((part) => part !== "").join(" ");
}

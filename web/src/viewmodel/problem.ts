import { Refused } from "../api/problem.ts";
import type { Problem } from "../api/types.ts";
import { text, type PlainTextKey } from "../text/text.ts";

/** What people run into, by the code of the problem; the server explains everything else in its own words. */
const KNOWN = [
  "auth.wrong_credentials",
  "auth.account_disabled",
  "auth.forbidden",
  "auth.registration_closed",
  "auth.invitation_required",
  "auth.invitation_invalid",
  "auth.password_too_weak",
  "user.name_taken",
  "user.name_invalid",
  "user.not_found",
  "user.blocked",
  "conversation.forbidden",
  "conversation.slow_mode",
  "conversation.last_owner",
  "conversation.banned",
  "conversation.link_invalid",
  "event.not_found",
  "event.poll_closed",
  "folder.not_found",
  "report.not_found",
  "search.invalid",
  "limit.count",
  "limit.rate",
  "server.unavailable",
  "server.internal",
] as const;

type KeyOf<Code extends string> = Code extends `${infer Part}.${infer Rest}` ? `problem_${Part}_${Rest}` : never;

const KEYS: ReadonlyMap<string, PlainTextKey> = new Map(
  KNOWN.map((code) => [code, `problem_${code.replace(".", "_")}` as KeyOf<typeof code>]),
);

/** What to tell a person about an error. */
export function explain(error: unknown): string {
  return error instanceof Refused ? explainProblem(error.problem) : text("unreachable");
}

/** What to tell a person about what the server refused. */
export function explainProblem({ code, title, help, detail }: Problem): string {
  const key = KEYS.get(code);
  return key ? text(key) : [title, detail ?? help].filter((part) => part !== "").join(" ");
}

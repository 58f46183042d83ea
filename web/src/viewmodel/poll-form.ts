import type { NewPoll } from "../api/types.ts";
import { isoOf, momentOf } from "./later.ts";

export type { NewPoll };

export interface PollForm {
  readonly question: string;
  readonly options: readonly string[];
  readonly isMultiple: boolean;
  readonly isAnonymous: boolean;
  /** A field for day and time; empty for a poll that stays open. */
  readonly closes: string;
}

export const QUESTION_CHARS_MAX = 500;
export const OPTION_CHARS_MAX = 100;

/** The poll that a form describes; nothing while something is missing. */
export function pollOf({ question, options, isMultiple, isAnonymous, closes }: PollForm, now: number): NewPoll | null {
  const named = options.map((option) => option.trim()).filter((option) => option !== "");
  const at = closes === "" ? null : momentOf(closes);
  const isInTime = closes === "" || (at !== null && at > now);
  if (question.trim() === "" || named.length < 2 || new Set(named).size < named.length || !isInTime) return null;
  return { options: named, multiple: isMultiple, anonymous: isAnonymous, ...(at === null ? {} : { closes_at: isoOf(at) }) };
}

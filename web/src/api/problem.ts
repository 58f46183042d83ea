import type { Problem } from "./types.ts";

/** The server answered, and the answer is no. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
    this.name = "Refused";
  }
}

/** Nobody knows whether the server did it: no connection, or none that answered in time. */
export class Unreachable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "Unreachable";
  }
}

/** An error as it travels between tabs. */
export type WireError = { refused: Problem } | { unreachable: string };

export function toWire(error: unknown): WireError {
  if (error instanceof Refused) return { refused: error.problem };
  return { unreachable: error instanceof Error ? error.message : String(error) };
}

export function fromWire(error: WireError): Refused | Unreachable {
  return "refused" in error ? new Refused(error.refused) : new Unreachable(error.unreachable);
}

import { text } from "../text/text.ts";
import type { Gateway } from "./gateway.ts";
import { nameOf } from "./names.ts";
import { explain } from "./problem.ts";

export interface AnsweredPart {
  readonly key: "missing" | "confirmed";
  readonly title: string;
  readonly people: readonly { readonly address: string; readonly name: string }[];
  /** How many more there are than are named. */
  readonly more: number;
}

/** Who has acknowledged a message and who has not, or why that cannot be told. */
export async function acknowledgementsOf(gateway: Gateway, conversation: string, event: string): Promise<readonly AnsweredPart[] | string> {
  const part = (key: AnsweredPart["key"], title: string, count: number, addresses: readonly string[]) => {
    const people = addresses.map((address) => ({ address, name: nameOf(gateway.current, address) }));
    return { key, title, people, more: count - addresses.length };
  };
  return gateway.call("event.acknowledgements", { conversation, event }).then(
    ({ missing, missing_count, confirmed, confirmed_count }) => [
      part("missing", text("ack_missing", { count: missing_count }), missing_count, missing),
      part("confirmed", text("ack_confirmed", { count: confirmed_count }), confirmed_count, confirmed),
    ],
    explain,
  );
}

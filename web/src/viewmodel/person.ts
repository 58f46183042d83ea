import type { Availability } from "../api/types.ts";
import type { Gateway } from "./gateway.ts";
import { faceOf, nameOf, type Face } from "./names.ts";
import { projection, type Readable } from "./observable.ts";
import { presenceText } from "./presence-text.ts";

/** What is known of a person. */
export interface PersonSnapshot {
  readonly name: string;
  readonly address: string;
  readonly face: Face;
  readonly presence: Availability | null;
  /** Whether they are here, in words; nothing where it is not known. */
  readonly line: string | null;
  readonly isMe: boolean;
}

export function personAt(gateway: Gateway, address: string, now: () => number = Date.now): Readable<PersonSnapshot> {
  return projection(gateway, (state) => {
    const name = nameOf(state, address);
    const presence = state.link === "online" ? state.presence.get(address) : undefined;
    return {
      name,
      address,
      face: faceOf(name, address),
      presence: presence?.availability ?? null,
      line: presenceText(presence, now()),
      isMe: address === state.me?.address,
    };
  });
}

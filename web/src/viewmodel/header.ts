import type { Availability } from "../api/types.ts";
import type { ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { text } from "../text/text.ts";
import type { Gateway } from "./gateway.ts";
import { shortTime } from "./moments.ts";
import { faceOfConversation, nameOf, titleOf, type Face } from "./names.ts";
import { projection, type Readable } from "./observable.ts";

export interface HeaderSnapshot {
  readonly title: string;
  readonly subtitle: string;
  readonly isTyping: boolean;
  readonly face: Face;
  readonly presence: Availability | null;
  /** Whether the conversation is known at all. */
  readonly isKnown: boolean;
}

const UNKNOWN: HeaderSnapshot = {
  title: "",
  subtitle: "",
  isTyping: false,
  face: { initials: "", hue: 0 },
  presence: null,
  isKnown: false,
};

export function headerOf(gateway: Gateway, conversation: string, now: () => number = Date.now): Readable<HeaderSnapshot> {
  return projection(gateway, (state) => {
    const record = state.conversations.get(conversation);
    if (!record) return UNKNOWN;
    const typing = typingText(state, record);
    const presence = state.link === "online" && record.peer ? state.presence.get(record.peer.address) : undefined;
    return {
      title: titleOf(state, record),
      subtitle: typing ?? subtitle(record, presence?.availability, presence?.status, presence?.last_seen_at, now()),
      isTyping: typing !== null,
      face: faceOfConversation(state, record),
      presence: presence?.availability ?? null,
      isKnown: true,
    };
  });
}

function subtitle(
  record: ConversationRecord,
  availability: Availability | undefined,
  status: string | undefined,
  lastSeen: string | null | undefined,
  now: number,
): string {
  if (record.kind === "notes") return "";
  if (record.kind !== "direct") {
    const members = text("members_count", { count: record.members_count });
    return record.settings.topic ? `${members} · ${record.settings.topic}` : members;
  }
  if (status) return status;
  if (availability === "offline" && lastSeen) return text("last_seen", { when: shortTime(lastSeen, now) });
  return availability && availability !== "invisible" ? text(availability) : (record.peer?.address ?? "");
}

function typingText(state: State, { conversation }: ConversationRecord): string | null {
  const [first, second, third] = [...(state.typing.get(conversation)?.keys() ?? [])].map((user) => nameOf(state, user));
  if (first === undefined) return null;
  if (second === undefined) return text("typing_one", { name: first });
  return third === undefined ? text("typing_two", { name: first, other: second }) : text("typing_many");
}

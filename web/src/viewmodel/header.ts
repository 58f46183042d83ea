import type { Availability, Presence } from "../api/types.ts";
import type { ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { displayOf, type ThreadDisplay } from "../model/threads.ts";
import { text } from "../text/text.ts";
import type { Gateway } from "./gateway.ts";
import { faceOfConversation, nameOf, titleOf, type Face } from "./names.ts";
import { projection, type Readable } from "./observable.ts";
import { presenceText } from "./presence-text.ts";

export interface HeaderSnapshot {
  readonly title: string;
  readonly subtitle: string;
  readonly isTyping: boolean;
  readonly face: Face;
  readonly presence: Availability | null;
  /** The stranger whose request waits for my answer. */
  readonly stranger: string | null;
  /** Whether the conversation is known at all. */
  readonly isKnown: boolean;
  readonly threads: ThreadDisplay;
}

const UNKNOWN: HeaderSnapshot = {
  title: "",
  subtitle: "",
  isTyping: false,
  face: { initials: "", hue: 0 },
  presence: null,
  stranger: null,
  isKnown: false,
  threads: "threads",
};

export function headerOf(gateway: Gateway, conversation: string, now: () => number = Date.now): Readable<HeaderSnapshot> {
  return projection(gateway, (state) => {
    const record = state.conversations.get(conversation);
    if (!record) return UNKNOWN;
    const typing = typingText(state, record);
    const presence = state.link === "online" && record.peer ? state.presence.get(record.peer.address) : undefined;
    return {
      title: titleOf(state, record),
      subtitle: typing ?? subtitle(record, presence, now()),
      isTyping: typing !== null,
      face: faceOfConversation(state, record),
      presence: presence?.availability ?? null,
      stranger: (record.is_request ?? false) && record.last ? (record.peer?.address ?? null) : null,
      isKnown: true,
      threads: displayOf(record),
    };
  });
}

function subtitle(record: ConversationRecord, presence: Presence | undefined, now: number): string {
  if (record.kind === "notes") return "";
  if (record.kind === "direct") return presenceText(presence, now) ?? record.peer?.address ?? "";
  const members = text(record.kind === "channel" ? "subscribers_count" : "members_count", { count: record.members_count });
  return record.settings.topic ? `${members} · ${record.settings.topic}` : members;
}

function typingText(state: State, { conversation }: ConversationRecord): string | null {
  const [first, second, third] = [...(state.typing.get(conversation)?.keys() ?? [])].map((user) => nameOf(state, user));
  if (first === undefined) return null;
  if (second === undefined) return text("typing_one", { name: first });
  return third === undefined ? text("typing_two", { name: first, other: second }) : text("typing_many");
}

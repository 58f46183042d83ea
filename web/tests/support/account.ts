import type { Conversation, Event } from "../../src/api/types.ts";
import { EMPTY_STATE, reduce, type State } from "../../src/model/state.ts";
import { CONVERSATION, folded, ME } from "./log.ts";

const PERMISSIONS = {
  post: "member",
  react: "member",
  comment: "member",
  mention_all: "member",
  pin: "member",
  invite: "member",
  settings: "owner",
  moderate: "moderator",
} as const;

/** A group as a server tells it when its log is this long. */
export function told(log: readonly Event[], readSeq = 0, change: Partial<Conversation> = {}): Conversation {
  const waiting = log
    .map((event) => folded(log, event))
    .filter((event) => event.kind === "message" && event.seq > readSeq && event.sender !== ME);
  return {
    conversation: CONVERSATION,
    kind: "group",
    settings: {
      name: "Plans",
      topic: "",
      history: "all",
      slow_mode_s: 0,
      archived: false,
      permissions: PERMISSIONS,
    },
    epoch: 1,
    head: log.length,
    members_count: 3,
    membership: {
      role: "member",
      visible_from: 1,
      read_seq: readSeq,
      preferences: { muted: false, favourite: false, hidden: false },
    },
    unread: waiting.length,
    mentions: waiting.filter(mentionsMe).length,
    changed_at: log.at(-1)?.at ?? "2026-01-01T00:00:00.000Z",
    ...change,
  };
}

function mentionsMe(event: Event): boolean {
  return event.kind === "message" && event.content.body.type === "text" && (event.content.body.mentions ?? []).some(({ who }) => who === ME);
}

/** Somebody who is signed in and knows these conversations. */
export function stateWith(...conversations: readonly Conversation[]): State {
  const me = {
    address: ME,
    display_name: "Alice",
    kind: "person",
    device: "d1",
    admin: false,
    privacy: { show_last_seen: true, show_read: true },
  } as const;
  const server = {
    domain: "example.org",
    version: "1",
    registration: "invite",
    limits: { body_bytes_max: 1000, request_bytes_max: 10_000, page_events_max: 200, poll_options_max: 20 },
  } as const;
  const greeted = reduce(EMPTY_STATE, { fact: "greeted", me, server });
  return reduce(greeted, { fact: "told", conversations });
}

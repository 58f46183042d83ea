import type { Arrangement, Call, Conversation, Event, Scheduled } from "../api/types.ts";
import { EMPTY_ARRANGEMENT } from "../model/arrangement.ts";
import { newEntry, type OutboxEntry } from "../model/outbox.ts";
import { EMPTY_STATE, reduce, type State } from "../model/state.ts";
import { pageOfTold } from "../model/state.ts";
import type { ThreadDisplay } from "../model/threads.ts";
import { applyPage, emptyTimeline } from "../model/timeline.ts";
import type { Gateway } from "../viewmodel/gateway.ts";
import { Observable } from "../viewmodel/observable.ts";
import { BOB, CAROL, DOMAIN, eventOf, GARDEN, ME, minutesAgo, PEOPLE, PLANS, type Line } from "./log.ts";

const PERMISSIONS = { post: "member", comment: "member", react: "member", mention_all: "member", pin: "member", invite: "member", settings: "member", moderate: "moderator" } as const;
const PREFERENCES = { muted: false, favourite: false, hidden: false };

function conversation(id: string, name: string, lines: readonly Line[], change: Partial<Conversation> = {}): Conversation {
  const events = lines.map((line, index) => eventOf(id, line, index + 1));
  return {
    conversation: id,
    kind: "group",
    settings: { name, topic: "", history: "all", slow_mode_s: 0, archived: false, permissions: PERMISSIONS },
    epoch: 1,
    head: events.length,
    members_count: 4,
    membership: { role: "moderator", visible_from: 1, read_seq: events.length, preferences: PREFERENCES },
    unread: 0,
    mentions: 0,
    changed_at: events.at(-1)?.at ?? minutesAgo(9_000),
    events,
    ...change,
  };
}

function direct(id: string, peer: number, lines: readonly Line[], change: Partial<Conversation> = {}): Conversation {
  const person = PEOPLE[peer];
  return conversation(id, "", lines, { kind: "direct", members_count: 2, ...(person ? { peer: person } : {}), ...change });
}

const hello: readonly Line[] = [{ from: BOB, text: "The **draft** is ready when you are.", minutesAgo: 2 }];
const member = (change: object) => ({ role: "member" as const, visible_from: 1, read_seq: 0, preferences: PREFERENCES, ...change });

/** Conversations in every state that the list shows. */
export const CONVERSATIONS: readonly Conversation[] = [
  direct("bob", 1, hello, { unread: 1, membership: member({}) }),
  conversation("plans", "Reading circle", PLANS, {
    settings: { name: "Reading circle", topic: "Every second Thursday", history: "all", slow_mode_s: 0, archived: false, permissions: PERMISSIONS },
    unread: 2,
    mentions: 1,
    membership: { role: "moderator", visible_from: 1, read_seq: 9, preferences: PREFERENCES },
  }),
  direct("carol", 2, [{ from: ME, text: "I'll send it tonight.", minutesAgo: 200 }], { membership: member({ read_seq: 1, draft: "About tonight" }) }),
  conversation("news", "Announcements", [{ from: CAROL, text: "The library is closed on Monday.", minutesAgo: 2_000 }], {
    unread: 1234,
    membership: member({ preferences: { ...PREFERENCES, muted: true } }),
    settings: { name: "Announcements", topic: "", history: "all", slow_mode_s: 0, archived: false, permissions: { ...PERMISSIONS, post: "moderator" } },
  }),
  direct("amir", 3, [{ from: `amir@${DOMAIN}`, text: "إلى اللقاء", minutesAgo: 5_000 }], { membership: member({ read_seq: 1, preferences: { ...PREFERENCES, favourite: true } }) }),
  conversation("choir", "Choir", [{ from: CAROL, text: "See you after the holidays.", minutesAgo: 90_000 }], {
    unread: 3,
    membership: member({ preferences: { ...PREFERENCES, muted: true, hidden: true, hidden_seq: 1 } }),
  }),
  conversation("garden", "Garden", GARDEN, { membership: { role: "owner", visible_from: 1, read_seq: 5, preferences: PREFERENCES }, unread: 1 }),
  direct("stranger", 2, [{ from: CAROL, text: "Hello, we met at the library.", minutesAgo: 6_000 }], { is_request: true, unread: 1, membership: member({ preferences: { ...PREFERENCES, hidden: true, muted: true, hidden_seq: 1 } }) }),
  conversation("notes", "", [], { kind: "notes", members_count: 1 }),
];

/** The same conversations, where the threads of all are shown in one way. */
export function withThreads(thread_display: ThreadDisplay): readonly Conversation[] {
  return CONVERSATIONS.map((told) => ({ ...told, settings: { ...told.settings, thread_display } }));
}

function outbox(): readonly OutboxEntry[] {
  const entry = (order: number, text: string) => newEntry(`ref${order}`, "plans", order, minutesAgo(1), { kind: "send", body: { type: "text", text } });
  const problem = { type: "about:blank", title: "Something went wrong on the server.", status: 500, code: "server.internal", help: "Try again.", retry: "never" as const };
  return [entry(1, "This one waits."), { ...entry(2, "This one failed."), state: "failed", problem }];
}

/** Messages that wait to be sent, in every state that there is. */
const SCHEDULED: readonly Scheduled[] = (["waiting", "sending", "refused"] as const).map((state, index) => ({
  scheduled: state,
  conversation: "plans",
  client_ref: state,
  body: { type: "text", text: ["Who brings the cake next time?", "Happy birthday!", "See you on Thursday."][index] ?? "" },
  due_at: minutesAgo(-2_000 * (1 - index)),
  state,
  ...(state === "refused" ? { refused: "archived" as const } : {}),
}));

const ARRANGEMENT: Arrangement = {
  folders: [
    { folder: "f1", name: "Reading", conversations: ["plans", "bob"] },
    { folder: "f2", name: "Neighbourhood and garden", conversations: ["news"] },
  ],
  favourites: ["amir"],
};

const me = { address: ME, display_name: "Alice Arden", kind: "person", device: "d1", admin: false, privacy: { show_last_seen: true, show_read: true } } as const;
export const SERVER = { domain: DOMAIN, version: "1", registration: "open", limits: { body_bytes_max: 65_536, request_bytes_max: 131_072, page_events_max: 200, poll_options_max: 20 } } as const;

/** What somebody knows who is signed in and has these conversations. */
export function stateWith(conversations: readonly Conversation[]): State {
  const state = [
    { fact: "greeted", me, server: SERVER } as const,
    { fact: "users", users: PEOPLE } as const,
    { fact: "told", conversations } as const,
    { fact: "presence", presence: [{ user: BOB, availability: "online" }, { user: CAROL, availability: "away" }] } as const,
    { fact: "typing", conversation: "news", user: CAROL, until: Number.MAX_SAFE_INTEGER } as const,
    { fact: "link", link: "online", since: 0 } as const,
    { fact: "synced" } as const,
    { fact: "arrangement", arrangement: conversations.length > 0 ? ARRANGEMENT : EMPTY_ARRANGEMENT } as const,
    { fact: "scheduled", items: conversations.length > 0 ? SCHEDULED : [] } as const,
    ...(conversations.length > 0 ? outbox().map((entry) => ({ fact: "outbox", entry }) as const) : []),
  ].reduce(reduce, EMPTY_STATE);
  return { ...state, timelines: new Map(conversations.map((told) => [told.conversation, timelineOf(told)])) };
}

function timelineOf(told: Conversation) {
  const page = pageOfTold(told);
  return page ? applyPage(emptyTimeline(1), page, ME) : emptyTimeline(1);
}

const devices = [
  { device: "d1", name: "Firefox · Linux", created_at: minutesAgo(9_000), last_seen_at: minutesAgo(0), current: true },
  { device: "d2", name: "Chrome · Android", created_at: minutesAgo(9_000), last_seen_at: minutesAgo(600), current: false },
];

const ANSWERS: Readonly<Record<string, (args: Record<string, unknown>) => unknown>> = {
  "device.list": () => ({ items: devices }),
  "event.acknowledgements": () => ({ missing_count: 2, missing: [BOB, CAROL], confirmed_count: 1, confirmed: [`amir@${DOMAIN}`] }),
  "member.requests": () => ({ items: PEOPLE.slice(3) }),
  "member.bans": () => ({ items: PEOPLE.slice(2, 3) }),
  "link.list": () => ({
    items: [
      { code: "a", url: `https://${DOMAIN}/join/8hGq2LpTzv0Yx4rB6nWcKd`, needs_approval: true, uses_left: 3, expires_at: minutesAgo(-9_000) },
      { code: "b", url: `https://${DOMAIN}/join/Zr5tQm1Xs9Ue7yHf3aLbVw`, needs_approval: false },
    ],
  }),
  "contact.get": () => ({ user: PEOPLE[1], alias: "", blocked: false, listed: false }),
  "contact.list": () => ({ items: PEOPLE.slice(2).map((user) => ({ user, alias: "", blocked: true, listed: false })) }),
  "report.list": () => ({
    items: [
      { report: "r1", at: minutesAgo(30), user: PEOPLE[1], reason: "spam", text: "The third time this week.", messages: [eventOf("plans", { from: BOB, text: "Buy two, get one free!", minutesAgo: 40 }, 3)] },
      { report: "r2", at: minutesAgo(9_000), user: PEOPLE[2], reason: "abuse", messages: [] },
    ],
  }),
  "directory.list": () => ({
    items: [
      { conversation: "plans", address: `reading@groups.${DOMAIN}`, kind: "group", name: "Reading circle", topic: "Every second Thursday", members_count: 4, needs_approval: true },
      { conversation: "x1", address: `news@groups.${DOMAIN}`, kind: "channel", name: "Library news", topic: "", members_count: 1234, needs_approval: false },
      { conversation: "x2", address: `garden@groups.${DOMAIN}`, kind: "group", name: "A garden party that is planned for so long that its name needs two lines", topic: "Cake, tea and plants", members_count: 1, needs_approval: true },
    ],
    next: "more",
  }),
  "member.list": () => ({ items: PEOPLE.map((user, index) => ({ user, role: (["owner", "moderator", "member", "reader"] as const)[index] ?? "member", joined_seq: 1 })) }),
  "presence.get": () => ({ items: [{ user: ME, availability: "online", status: "In the garden" }] }),
  "event.get": ({ conversation, event }) => eventsOf(String(conversation)).find(({ event_id }) => event_id === event),
  "event.thread": ({ conversation, event }) => ({ epoch: 1, has_before: false, has_after: false, items: eventsOf(String(conversation)).filter((item) => item.kind === "message" && item.content.thread === event) }),
  "user.find": () => ({ items: PEOPLE }),
  search: ({ query }) => ({ items: PLANS.slice(0, 3).map((line, index) => eventOf("plans", line, index + 1)), words: [query] }),
  "link.look": () => ({ conversation: "x", kind: "group", name: "Garden party", topic: "Cake, tea and plants", members_count: 12, needs_approval: true }),
  "invitation.create": () => ({ url: `https://${DOMAIN}/invite/5fK2` }),
};

/** A gateway without a server: facts change the state, questions are answered from a table. */
export function gatewayWith(state: State): Gateway {
  const known = new Observable(state);
  const call = async (op: string, args: Record<string, unknown>) => {
    const answer = ANSWERS[op];
    if (!answer) throw new Error(`The gallery has no answer for ${op}.`);
    return answer(args);
  };
  return {
    get current() {
      return known.current;
    },
    subscribe: (listener) => known.subscribe(listener),
    tell: (...facts) => known.set(facts.reduce(reduce, known.current)),
    call: call as unknown as Call,
    open: async () => undefined,
    fetch: async () => undefined,
    signOut: async () => undefined,
  };
}

/** The events of a conversation, as rows are made from them. */
export function eventsOf(id: string): readonly Event[] {
  return CONVERSATIONS.find(({ conversation }) => conversation === id)?.events ?? [];
}

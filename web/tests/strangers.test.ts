import { describe, expect, it } from "vitest";
import type { Contact, Conversation } from "../src/api/types.ts";
import { reduce } from "../src/model/state.ts";
import { openDirectory } from "../src/viewmodel/directory.ts";
import { headerOf } from "../src/viewmodel/header.ts";
import { openPrivacy } from "../src/viewmodel/privacy.ts";
import { openRelation } from "../src/viewmodel/relation.ts";
import { openReport } from "../src/viewmodel/report.ts";
import { stateWith, told } from "./support/account.ts";
import { gatewayWith } from "./support/gateway.ts";
import { CONVERSATION, logOf, ME } from "./support/log.ts";

const BOB = { address: "bob@example.org", display_name: "Bob", kind: "person" as const };
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));
const contact = (change: Partial<Contact>): Contact => ({ user: BOB, alias: "", blocked: false, listed: false, ...change });

/** A conversation that Bob began. */
function request(): Conversation {
  const log = logOf([{ do: "say", who: 1, mentions: false, inThread: null }]);
  return told(log, 0, { kind: "direct", peer: BOB, is_request: true, events: [...log] });
}

describe("a request", () => {
  const stranger = (state: ReturnType<typeof stateWith>) => headerOf(gatewayWith(state).gateway, CONVERSATION).current.stranger;

  it("waits until there is an answer", () => {
    const state = stateWith(request());
    expect(stranger(state)).toBe(BOB.address);
    const [first] = request().events ?? [];
    if (first?.kind !== "message") throw new Error("nothing was said");
    const answer = { ...first, seq: first.seq + 1, event_id: "answer", sender: ME };
    expect(stranger(reduce(state, { fact: "event", event: answer }))).toBeNull();
  });

  it("waits until its author is a contact, and still when they are only blocked", () => {
    const state = stateWith(request());
    const after = (change: Partial<Contact>) => stranger(reduce(state, { fact: "account", change: { push: "account", change: "contact", ...contact(change) } }));
    expect(after({ blocked: true })).toBe(BOB.address);
    expect(after({ listed: true })).toBeNull();
  });
});

describe("a person", () => {
  it("is blocked and unblocked without becoming a contact by that, and keeps the name I gave them", async () => {
    const kept: Contact = contact({ alias: "Bobby" });
    const { gateway, asked } = gatewayWith(stateWith(request()), { "contact.get": kept, "contact.set": { ...kept, blocked: true }, "contact.remove": {} });
    const { snapshot, actions } = openRelation(gateway, BOB.address);
    await settled();
    await actions.block();
    expect(snapshot.current).toMatchObject({ isKnown: true, isBlocked: true, isContact: false });
    await actions.unblock();
    expect(snapshot.current).toMatchObject({ isBlocked: false, isContact: false });
    expect(asked.slice(1)).toEqual([
      { op: "contact.set", args: { user: BOB.address, alias: "Bobby", blocked: true } },
      { op: "contact.remove", args: { user: BOB.address } },
    ]);
  });

  it("who is a contact stays one when the block ends", async () => {
    const blocked = contact({ listed: true, blocked: true });
    const { gateway, asked } = gatewayWith(stateWith(request()), { "contact.list": { items: [blocked, contact({ listed: true, user: { ...BOB, address: "c@example.org" } })] }, "contact.set": contact({ listed: true }) });
    const { snapshot, actions } = openPrivacy(gateway);
    await settled();
    expect(snapshot.current.blocked.map(({ address }) => address)).toEqual([BOB.address]);
    const [person] = snapshot.current.blocked;
    if (!person) throw new Error("nobody is blocked");
    await actions.unblock(person);
    expect(asked.map(({ op }) => op)).toEqual(["contact.list", "contact.set", "contact.list"]);
  });

  it("is reported with the message in question, or without one", async () => {
    const { gateway, asked } = gatewayWith(stateWith(request()), { "report.send": {} });
    const message = { conversation: CONVERSATION, event: "e" };
    await openReport(gateway, BOB.address, message).actions.send("spam", "  again ");
    const plain = openReport(gateway, BOB.address, null);
    expect(await plain.actions.send("abuse", "")).toBe(true);
    expect(plain.snapshot.current.isSent).toBe(true);
    expect(asked.map(({ args }) => args)).toEqual([
      { user: BOB.address, reason: "spam", text: "again", messages: [message] },
      { user: BOB.address, reason: "abuse", text: "", messages: [] },
    ]);
  });
});

describe("privacy", () => {
  it("of one kind is changed without the other", async () => {
    const me = { ...BOB, address: ME, device: "d", admin: false, privacy: { show_last_seen: true, show_read: false } };
    const { gateway, asked } = gatewayWith(stateWith(request()), { "contact.list": { items: [] }, "me.update": me });
    const { snapshot, actions } = openPrivacy(gateway);
    await actions.setShowsRead(false);
    expect(asked.find(({ op }) => op === "me.update")?.args).toEqual({ privacy: { show_last_seen: true, show_read: false } });
    expect(snapshot.current).toMatchObject({ showsLastSeen: true, showsRead: false });
  });
});

describe("the directory", () => {
  const entry = (conversation: string, needs_approval: boolean) => ({ conversation, address: `${conversation}@groups.example.org`, kind: "channel", name: conversation, topic: "", members_count: 2, needs_approval });

  it("knows what I am in and what I have asked to join", async () => {
    const world = gatewayWith(stateWith(request()), {
      "directory.list": { items: [entry(CONVERSATION, false), entry("x", true)], next: "x" },
      "directory.join": { state: "requested", conversation: "x" },
    });
    const { snapshot, actions } = openDirectory(world.gateway);
    await settled();
    const [known, other] = snapshot.current.rows;
    if (!known || !other) throw new Error("nothing is listed");
    expect([known.isJoined, other.isJoined, other.count, snapshot.current.hasMore]).toEqual([true, false, "2 subscribers", true]);
    expect(await actions.join(known)).toBe(CONVERSATION);
    expect(await actions.join(other)).toBeNull();
    expect(snapshot.current.rows.map(({ isAsked }) => isAsked)).toEqual([false, true]);
    await actions.more();
    expect(snapshot.current.rows).toHaveLength(4);
  });
});

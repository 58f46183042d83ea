import { describe, expect, it } from "vitest";
import type { Conversation, Member, Role } from "../src/api/types.ts";
import { openDetails } from "../src/viewmodel/details.ts";
import { openJoining } from "../src/viewmodel/joining.ts";
import { openMembers } from "../src/viewmodel/members.ts";
import { openModeration } from "../src/viewmodel/moderation.ts";
import { openRules } from "../src/viewmodel/rules.ts";
import { stateWith, told } from "./support/account.ts";
import { gatewayWith } from "./support/gateway.ts";
import { CONVERSATION, logOf, ME } from "./support/log.ts";

const LOG = logOf([{ do: "say", who: 1, mentions: false, inThread: null }]);
const NOW = () => Date.UTC(2026, 0, 2);
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

const person = (name: string) => ({ address: `${name}@example.org`, display_name: name, kind: "person" as const });
const inIt = (name: string, role: Role): Member => ({ user: person(name), role, joined_seq: 1 });

/** A group in which I have a role. */
function group(role: Role, change: Partial<Conversation> = {}): Conversation {
  const of = told(LOG, 1, change);
  return { ...of, membership: { ...of.membership, role } };
}

describe("members", () => {
  const MEMBERS = [inIt("zoe", "member"), inIt("olga", "owner"), inIt("max", "moderator"), inIt("rita", "reader"), { ...inIt("me", "moderator"), user: { ...person("me"), address: ME } }];
  const opened = async (role: Role) => {
    const world = gatewayWith(stateWith(group(role)), { "member.list": { items: MEMBERS }, "member.change": {}, "member.ban": {} });
    const members = openMembers(world.gateway, CONVERSATION);
    await settled();
    return { ...world, ...members };
  };
  const allowed = (snapshot: Awaited<ReturnType<typeof opened>>["snapshot"]) =>
    Object.fromEntries(snapshot.current.members.map(({ address, roles, canRemove }) => [address.split("@")[0], [roles.length, canRemove]]));

  it("stand by role and name", async () => {
    const { snapshot } = await opened("moderator");
    expect(snapshot.current.members.map(({ role }) => role)).toEqual(["owner", "moderator", "moderator", "member", "reader"]);
  });

  it("get every role from an owner, and a voice from a moderator above them; nobody changes oneself", async () => {
    const me = ME.split("@")[0] ?? "";
    expect(allowed((await opened("owner")).snapshot)).toEqual({ zoe: [4, true], olga: [4, true], max: [4, true], rita: [4, true], [me]: [0, false] });
    expect(allowed((await opened("moderator")).snapshot)).toEqual({ zoe: [2, true], olga: [0, false], max: [0, false], rita: [2, true], [me]: [0, false] });
    expect(allowed((await opened("member")).snapshot)).toEqual({ zoe: [0, false], olga: [0, false], max: [0, false], rita: [0, false], [me]: [0, false] });
  });

  it("are found by name and address", async () => {
    const { snapshot, actions } = await opened("owner");
    await actions.search("ZOE");
    expect(snapshot.current.members.map(({ name }) => name)).toEqual(["zoe"]);
  });

  it("are fetched page by page, all of them where one is looked for", async () => {
    const world = gatewayWith(stateWith(group("owner", { members_count: 300 })));
    const pages: Record<string, unknown> = {
      first: { items: Array.from({ length: 200 }, (_, index) => inIt(`a${index}`, "member")), next: "second" },
      second: { items: [inIt("last", "member")] },
    };
    const asked: (string | undefined)[] = [];
    const call = async (_op: string, { cursor }: { cursor?: string }) => (asked.push(cursor), pages[cursor ?? "first"]);
    const { snapshot, actions } = openMembers(Object.assign(world.gateway, { call }), CONVERSATION);
    await settled();
    expect(snapshot.current).toMatchObject({ isSearchable: true, hasMore: true });
    expect(snapshot.current.members).toHaveLength(50);
    await actions.more();
    expect([snapshot.current.members.length, asked]).toEqual([100, [undefined]]);
    await actions.search("last");
    expect([snapshot.current.members.map(({ name }) => name), asked]).toEqual([["last"], [undefined, "second"]]);
  });

  it("that cannot be changed say why, and stay", async () => {
    const { snapshot, actions } = await opened("owner");
    const [first] = snapshot.current.members;
    if (!first) throw new Error("nobody is there");
    expect(await actions.remove(first)).toBe(false);
    expect(snapshot.current.problem).not.toBeNull();
    expect(snapshot.current.members).toHaveLength(5);
    expect(await actions.ban(first)).toBe(true);
    expect(snapshot.current.problem).toBeNull();
  });
});

describe("ways to join", () => {
  const ANSWERS = {
    "member.requests": { items: [person("rita")] },
    "member.bans": { items: [person("max")] },
    "link.list": { items: [{ code: "c", url: "https://example.org/join/c", uses_left: 2, needs_approval: true }] },
    "link.create": {},
    "link.revoke": {},
    "member.add": {},
  };

  it("say what each link allows, and nothing is asked that I may not know", async () => {
    const moderator = gatewayWith(stateWith(group("moderator")), ANSWERS);
    const { snapshot } = openJoining(moderator.gateway, CONVERSATION, NOW);
    await settled();
    expect(snapshot.current.requests.map(({ name }) => name)).toEqual(["rita"]);
    expect(snapshot.current.links.map(({ terms }) => terms)).toEqual(["Without end · 2 uses left · with approval"]);
    const member = gatewayWith(stateWith(group("member")), ANSWERS);
    openJoining(member.gateway, CONVERSATION, NOW);
    await settled();
    expect(member.asked.map(({ op }) => op)).toEqual(["link.list"]);
  });

  it("leave out of a new link what is without bounds", async () => {
    const { gateway, asked } = gatewayWith(stateWith(group("owner")), ANSWERS);
    const { actions } = openJoining(gateway, CONVERSATION, NOW);
    await actions.createLink({ expires_in_s: 0, uses: 0, needs_approval: false });
    await actions.createLink({ expires_in_s: 60, uses: 3, needs_approval: true });
    expect(asked.filter(({ op }) => op === "link.create").map(({ args }) => args)).toEqual([
      { conversation: CONVERSATION, needs_approval: false },
      { conversation: CONVERSATION, needs_approval: true, expires_in_s: 60, uses: 3 },
    ]);
  });
});

describe("rules", () => {
  it("keep the other permissions when one is changed", async () => {
    const { gateway, asked } = gatewayWith(stateWith(group("owner")), { "conversation.change_settings": group("owner") });
    const { snapshot, actions } = openRules(gateway, CONVERSATION);
    const before = Object.fromEntries(snapshot.current.permissions.map(({ key, least }) => [key, least]));
    await actions.setPermission("pin", "owner");
    expect(asked[0]?.args).toEqual({ conversation: CONVERSATION, permissions: { ...before, pin: "owner" } });
  });

  it("show a slow mode that is none of the usual ones", () => {
    const of = group("owner");
    const { snapshot } = openRules(gatewayWith(stateWith({ ...of, settings: { ...of.settings, slow_mode_s: 45 } })).gateway, CONVERSATION);
    expect(snapshot.current.slowMode).toBe(45);
    expect(snapshot.current.slowModes.map(({ seconds }) => seconds)).toEqual([0, 10, 30, 45, 60, 300, 3_600]);
  });
});

describe("the parts of the details", () => {
  const partsFor = (role: Role, change: Partial<Conversation> = {}) => openDetails(gatewayWith(stateWith(group(role, change))).gateway, CONVERSATION).snapshot.current.tabs;

  it("are those that I have something to do with", () => {
    expect(partsFor("owner")).toEqual(["about", "members", "joining", "rules", "reports"]);
    expect(partsFor("member")).toEqual(["about", "members", "joining", "rules"]);
    expect(partsFor("reader")).toEqual(["about", "members", "rules"]);
    expect(partsFor("owner", { kind: "notes" })).toEqual(["about"]);
  });
});

describe("reports", () => {
  it("show what was said, and go when they are dismissed", async () => {
    const [event] = LOG;
    if (!event) throw new Error("nothing was said");
    const items = [{ report: "r", at: event.at, user: person("max"), reason: "spam", text: "again", messages: [event] }];
    const answers: Record<string, unknown> = { "report.list": { items }, "report.dismiss": {} };
    const { gateway, asked } = gatewayWith(stateWith(group("moderator")), answers);
    const { snapshot, actions } = openModeration(gateway, CONVERSATION, NOW);
    await settled();
    const [report] = snapshot.current.reports;
    if (!report) throw new Error("nothing was reported");
    expect(report).toMatchObject({ name: "max", reason: "spam", note: "again" });
    answers["report.list"] = { items: [] };
    await actions.dismiss(report);
    expect(snapshot.current).toMatchObject({ reports: [], isKnown: true, problem: null });
    expect(asked.map(({ op }) => op)).toEqual(["report.list", "report.dismiss", "report.list"]);
  });
});

import { describe, expect, it } from "vitest";
import type { Conversation, Preferences } from "../src/api/types.ts";
import { EMPTY_ARRANGEMENT, rearranged, type Rearrangement } from "../src/model/arrangement.ts";
import { isArchived, recordOf } from "../src/model/record.ts";
import { reduce } from "../src/model/state.ts";
import { conversationsOf, isThere, rowsOn } from "../src/viewmodel/conversations.ts";
import { openDetails } from "../src/viewmodel/details.ts";
import { organiserOf } from "../src/viewmodel/organiser.ts";
import { switcherRows } from "../src/viewmodel/switcher.ts";
import { stateWith, told } from "./support/account.ts";
import { gatewayWith } from "./support/gateway.ts";
import { CONVERSATION, logOf } from "./support/log.ts";

const NOW = () => Date.UTC(2026, 0, 2);
const USUAL: Preferences = { muted: false, favourite: false, hidden: false };

/** A group in which somebody else said so much. */
function group(conversation: string, change: Partial<Preferences> = {}, said = 1, readSeq = 0): Conversation {
  const log = logOf(Array.from({ length: said }, () => ({ do: "say", who: 1, mentions: false, inThread: null }) as const));
  const of = told(log, readSeq);
  const events = log.slice(-1).map((event) => ({ ...event, conversation }));
  return { ...of, conversation, events, settings: { ...of.settings, name: conversation }, membership: { ...of.membership, preferences: { ...USUAL, ...change } } };
}

const DONE = { "folder.set": {}, "folder.add": {}, "folder.remove": {}, "folder.order": {}, "folder.delete": {}, "arrangement.order_favourites": {}, "conversation.change_preferences": {} };

/** Somebody with these conversations, and what the list shows of them. */
function people(conversations: readonly Conversation[], answers: Partial<Record<string, unknown>> = DONE) {
  const world = gatewayWith(stateWith(...conversations), answers);
  const shown = conversationsOf(world.gateway, NOW);
  const titles = (shelf: Parameters<typeof rowsOn>[1] = "all") => rowsOn(shown.current, shelf).map(({ title }) => title);
  return { ...world, shown, titles, organiser: organiserOf(world.gateway) };
}

describe("preferences", () => {
  it("that are changed one right after the other are both kept", async () => {
    const { gateway } = gatewayWith(stateWith(group(CONVERSATION)));
    let kept: Preferences = USUAL;
    const call = async (op: string, { conversation: _id, ...said }: Record<string, unknown>) => {
      await Promise.resolve();
      if (!op.endsWith("_preferences")) throw new Error(`nobody answers ${op}`);
      kept = { ...kept, ...said };
      return {};
    };
    const { actions, snapshot } = openDetails(Object.assign(gateway, { call }), CONVERSATION);
    await Promise.all([actions.prefer({ muted: true }), actions.prefer({ favourite: true })]);
    expect(kept).toEqual({ ...USUAL, muted: true, favourite: true });
    expect(snapshot.current).toMatchObject({ isMuted: true, isFavourite: true });
  });

  it("that are refused are said, and nothing changes", async () => {
    const { organiser, shown } = people([group("a")], {});
    await organiser.prefer("a", { favourite: true });
    expect(organiser.problem.current).not.toBeNull();
    expect(shown.current.rows[0]?.isFavourite).toBe(false);
  });
});

describe("the archive", () => {
  it("keeps a conversation until something is said in it, and a muted one also then", () => {
    const { gateway, shown, titles } = people([group("a", { hidden: true, hidden_seq: 1 }), group("b", { hidden: true, hidden_seq: 1, muted: true }), group("c")]);
    expect([titles(), titles("archive")]).toEqual([["c"], ["a", "b"]]);
    expect([shown.current.unread, shown.current.archivedUnread]).toEqual([1, 2]);
    const [, second] = logOf([{ do: "say", who: 1, mentions: false, inThread: null }, { do: "say", who: 1, mentions: false, inThread: null }]);
    if (!second) throw new Error("nothing was said");
    for (const conversation of ["a", "b"]) gateway.tell({ fact: "event", event: { ...second, conversation } });
    expect([titles(), titles("archive")]).toEqual([["a", "c"], ["b"]]);
    expect([shown.current.unread, shown.current.archivedUnread]).toEqual([3, 2]);
  });

  it("takes what is put there although it waits to be read, and gives it back", async () => {
    const { asked, organiser, titles } = people([group("a", {}, 3)]);
    await organiser.prefer("a", { hidden: true });
    expect([titles(), titles("archive")]).toEqual([[], ["a"]]);
    await organiser.prefer("a", { hidden: false });
    expect(titles()).toEqual(["a"]);
    expect(asked.map(({ args }) => args)).toEqual([{ conversation: "a", hidden: true }, { conversation: "a", hidden: false }]);
  });

  it("does not bring back what was read on after it came back", () => {
    const record = recordOf(group("a", { hidden: true, hidden_seq: 1 }, 2, 2), undefined);
    expect(isArchived(record)).toBe(false);
  });

  it("is searched when somebody goes to a conversation", () => {
    const { gateway } = people([group("Choir", { hidden: true, hidden_seq: 1 })]);
    expect(switcherRows(gateway.current, "cho").map(({ key }) => key)).toEqual(["Choir"]);
  });
});

describe("favourites", () => {
  const favourites = () => people(["a", "b", "c"].map((id) => group(id, { favourite: true })).concat(group("d")));

  it("stand in the order that a person gave them, before everything else", async () => {
    const { organiser, titles, asked } = favourites();
    expect(organiser.step("c", -1)).toEqual({ place: 2, count: 3 });
    expect(titles(), "at once, before the server answers").toEqual(["a", "c", "b", "d"]);
    expect(organiser.step("c", -1)).toEqual({ place: 1, count: 3 });
    expect(titles()).toEqual(["c", "a", "b", "d"]);
    await expect.poll(() => asked.length).toBe(2);
    expect(asked.at(-1)?.args).toEqual({ conversations: ["c", "a", "b"] });
    await expect.poll(() => titles()).toEqual(["c", "a", "b", "d"]);
  });

  it("take the place of those they are dragged onto", () => {
    const { organiser, titles } = favourites();
    organiser.moveTo("a", "c");
    expect(titles()).toEqual(["b", "c", "a", "d"]);
    organiser.moveTo("c", "b");
    expect(titles()).toEqual(["c", "b", "a", "d"]);
    organiser.moveTo("d", "a");
    organiser.moveTo("a", "d");
    expect(titles(), "only favourites have an order").toEqual(["c", "b", "a", "d"]);
  });

  it("go no further than the first and the last place, and past those in the archive", () => {
    const { organiser, titles } = people([group("a", { favourite: true }), group("b", { favourite: true, hidden: true, hidden_seq: 1 }), group("c", { favourite: true })]);
    expect(organiser.step("a", -1)).toBeNull();
    expect(organiser.step("c", -1)).toEqual({ place: 1, count: 2 });
    expect(titles()).toEqual(["c", "a"]);
    expect(organiser.step("a", 1)).toBeNull();
  });

  it("are told by the server while a change is on its way, and the change stays", async () => {
    const { gateway, organiser, titles } = favourites();
    organiser.step("c", -1);
    gateway.tell({ fact: "arrangement", arrangement: { folders: [], favourites: ["b", "a", "c"] } });
    expect(titles()).toEqual(["a", "c", "b", "d"]);
  });

  it("go back to where they were when the server refuses", async () => {
    const { organiser, titles } = people(["a", "b"].map((id) => group(id, { favourite: true })), {});
    organiser.step("b", -1);
    expect(titles()).toEqual(["b", "a"]);
    await expect.poll(() => organiser.problem.current).not.toBeNull();
    expect(titles()).toEqual(["a", "b"]);
  });
});

describe("folders", () => {
  it("show what was put into them with its unread messages, and leave it in the list", async () => {
    const { organiser, shown, titles } = people([group("a", {}, 2), group("b", { muted: true }), group("c")]);
    await organiser.name(null, " Work ");
    const folder = shown.current.folders[0]?.key ?? "";
    for (const id of ["a", "b", "gone"]) await organiser.file(folder, id, true);
    expect(shown.current.folders).toEqual([{ key: folder, name: "Work", unread: 2 }]);
    expect([titles({ folder }), titles()]).toEqual([["a", "b"], ["a", "b", "c"]]);
    await organiser.file(folder, "a", false);
    expect(titles({ folder })).toEqual(["b"]);
    await organiser.remove(folder);
    expect([shown.current.folders, titles(), isThere(shown.current, { folder })]).toEqual([[], ["a", "b", "c"], false]);
  });

  it("have names and an order", async () => {
    const { organiser, shown } = people([]);
    for (const name of ["a", "b", "c"]) await organiser.name(null, name);
    const [a, , c] = shown.current.folders;
    organiser.stepFolder(c?.key ?? "", -1);
    await organiser.name(a?.key ?? "", "z");
    expect(shown.current.folders.map(({ name }) => name)).toEqual(["z", "c", "b"]);
    organiser.stepFolder(a?.key ?? "", -1);
    expect(shown.current.folders.map(({ name }) => name)).toEqual(["z", "c", "b"]);
  });

  it("are folded as the server folds them, and saying something twice changes nothing more", () => {
    const changes: readonly Rearrangement[] = [
      { change: "named", folder: "w", name: "Work" },
      { change: "named", folder: "h", name: "Home" },
      { change: "put_in", folder: "w", conversation: "a" },
      { change: "put_in", folder: "h", conversation: "a" },
      { change: "taken_out", folder: "h", conversation: "a" },
      { change: "folders_ordered", folders: ["h"] },
      { change: "deleted", folder: "x" },
    ];
    const twice = changes.flatMap((change) => [change, change]);
    expect(twice.reduce(rearranged, EMPTY_ARRANGEMENT)).toEqual({
      folders: [{ folder: "h", name: "Home", conversations: [] }, { folder: "w", name: "Work", conversations: ["a"] }],
      favourites: [],
    });
    const state = changes.reduce((before, change) => reduce(before, { fact: "rearranged", change }), stateWith());
    expect(state.arrangement.folders).toHaveLength(2);
  });
});

import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "./support/axe.ts";
import { figure, Stage, type Account } from "./support/stage.ts";
import { composer, feed, message, openChat, row, say, send } from "./support/talk.ts";

const PHONE = { viewport: { width: 390, height: 844 } };

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

const dialog = (page: Page): Locator => page.getByRole("dialog", { name: "Conversation details" });

/** Opens a part of the details of the conversation that is looked at. */
async function openPart(page: Page, part: string): Promise<void> {
  await page.getByRole("button", { name: "Conversation details" }).click();
  await dialog(page).getByRole("tab", { name: part }).click();
}

async function close(page: Page): Promise<void> {
  await dialog(page).getByRole("button", { name: "Close" }).click();
}

async function makeGroup(owner: Account, name: string, members: readonly Account[], kind: "group" | "channel" = "group"): Promise<string> {
  const made = await owner.call("conversation.create", { kind, name, members: members.map(({ address }) => address) });
  return made.conversation;
}

const member = (page: Page, name: string): Locator => dialog(page).getByRole("list", { name: "Members" }).getByRole("listitem").filter({ hasText: name });

it("groups: a member becomes a moderator and a reader again, is removed, banned and let back, and sees each of it", async () => {
  const [alice, bob] = [await stage.account("alice"), await stage.account("bob")];
  const conversation = await makeGroup(alice, "Choir", [bob]);
  const [a, b] = [await stage.enter(alice), await stage.enter(bob)];
  await Promise.all([openChat(a, "Choir"), openChat(b, "Choir")]);

  await openPart(a, "Members");
  await member(a, "Bob").getByRole("button", { name: "Manage Bob" }).click();
  await member(a, "Bob").getByRole("combobox", { name: "Role of Bob" }).selectOption("Moderator");
  await feed(b).getByText("Bob is now Moderator").waitFor();
  expect(await violations(a)).toEqual([]);
  await member(a, "Bob").getByRole("combobox", { name: "Role of Bob" }).selectOption("Reader");
  await b.getByText("Only some members may write here.").waitFor();

  await member(a, "Bob").getByRole("button", { name: "Ban Bob" }).click();
  await a.getByRole("dialog", { name: "Ban Bob?" }).getByRole("button", { name: "Ban" }).click();
  await expect.poll(() => row(b, "Choir").count()).toBe(0);
  await expect.poll(() => member(a, "Bob").count()).toBe(0);
  await expect(alice.call("member.add", { conversation, user: bob.address })).rejects.toThrow("conversation.banned");

  await dialog(a).getByRole("tab", { name: "Joining" }).click();
  await dialog(a).getByRole("button", { name: "Let Bob come back" }).click();
  await expect.poll(() => dialog(a).getByRole("region", { name: "Banned people" }).count()).toBe(0);
  await alice.call("member.add", { conversation, user: bob.address });
  await row(b, "Choir").waitFor();
  figure("groups", "promoted, made a reader, banned and let back; the other window followed each time");
});

it("groups: a link with approval and a QR code is made, used, answered and ended", async () => {
  const [carol, dave] = [await stage.account("carol"), await stage.account("dave")];
  await makeGroup(carol, "Garden", []);
  const c = await stage.enter(carol, await stage.context(PHONE));
  await openChat(c, "Garden");
  await openPart(c, "Joining");
  await dialog(c).getByRole("button", { name: "Create invite link" }).click();
  await dialog(c).getByLabel("How many people can use it").fill("2");
  await dialog(c).getByRole("switch", { name: "A moderator lets each person in" }).check();
  await dialog(c).getByRole("button", { name: "Create invite link" }).click();
  await dialog(c).getByText("2 uses left").waitFor();
  await dialog(c).getByRole("button", { name: "QR code" }).click();
  await dialog(c).getByRole("img", { name: "QR code of the invite link" }).waitFor();
  expect(await violations(c)).toEqual([]);
  const url = await dialog(c).getByRole("textbox", { name: "Invite link" }).inputValue();

  const d = await stage.enter(dave);
  await d.goto(`${stage.server.url}${new URL(url).pathname}`);
  await d.getByRole("button", { name: "Ask to join" }).click();
  await d.getByText("You asked to join. A moderator has to say yes first.").waitFor();

  await close(c);
  await openPart(c, "Joining");
  await dialog(c).getByRole("button", { name: "Let Dave in" }).click();
  await row(d, "Garden").waitFor();
  await dialog(c).getByText("1 use left").waitFor();
  await dialog(c).getByRole("button", { name: "End this link" }).click();
  await expect.poll(() => dialog(c).getByRole("textbox", { name: "Invite link" }).count()).toBe(0);
  const code = new URL(url).pathname.split("/").at(-1) ?? "";
  await expect(dave.call("link.look", { code })).rejects.toThrow("conversation.link_invalid");
});

it("groups: rules are changed by keyboard, and hold for the others", async () => {
  const [erin, frank] = [await stage.account("erin"), await stage.account("frank")];
  const conversation = await makeGroup(erin, "Plans", [frank]);
  const e = await stage.enter(erin);
  await openChat(e, "Plans");
  await e.getByRole("button", { name: "Conversation details" }).click();
  await dialog(e).getByRole("tab", { name: "About" }).focus();
  for (const _step of ["Members", "Joining", "Rules"]) await e.keyboard.press("ArrowRight");
  await dialog(e).getByLabel("Slow mode").selectOption("1 hour");
  await dialog(e).getByLabel("What newcomers see").selectOption("Only what is said after they joined");
  await dialog(e).getByLabel("Add people").selectOption("Owners only");
  await expect.poll(async () => (await frank.call("conversation.get", { conversation })).settings).toMatchObject({ slow_mode_s: 3_600, history: "since_joined", permissions: { invite: "owner" } });
  expect(await violations(e)).toEqual([]);
  await expect(frank.call("link.create", { conversation, needs_approval: false })).rejects.toThrow("conversation.forbidden");
  await say(frank, conversation, "once");
  await expect(say(frank, conversation, "twice")).rejects.toThrow("conversation.slow_mode");
});

it("groups: hundreds of members are shown in pages and found by name; a channel counts its subscribers", async () => {
  const grace = await stage.account("grace");
  const people: Account[] = [];
  for (let number = 0; number < 60; number++) people.push(await stage.account(`reader${number}`));
  await makeGroup(grace, "News", people, "channel");
  const g = await stage.enter(grace);
  await openChat(g, "News");
  await g.getByText("61 subscribers").waitFor();
  await openPart(g, "Members");
  const items = dialog(g).getByRole("list", { name: "Members" }).getByRole("listitem");
  await expect.poll(() => items.count()).toBe(50);
  await dialog(g).getByRole("button", { name: "Show more" }).click();
  await expect.poll(() => items.count()).toBe(61);
  await dialog(g).getByRole("searchbox", { name: "Search members" }).fill("reader42");
  await expect.poll(() => items.count()).toBe(1);
  await member(g, "Reader42").getByRole("button", { name: "Manage Reader42" }).click();
  await member(g, "Reader42").getByRole("button", { name: "Remove Reader42" }).click();
  await g.getByRole("dialog", { name: "Remove Reader42?" }).getByRole("button", { name: "Remove" }).click();
  await expect.poll(() => items.count()).toBe(0);
  await dialog(g).getByText("Nobody found.").waitFor();
  await g.getByText("60 subscribers").waitFor();
});

it("groups: a reported message comes to the moderators, who delete it and dismiss the report; who reported is not told", async () => {
  const [heidi, ivan, judy] = [await stage.account("heidi"), await stage.account("ivan"), await stage.account("judy")];
  const conversation = await makeGroup(heidi, "Market", [ivan, judy]);
  await say(ivan, conversation, "Buy two, get one free");
  const [h, j] = [await stage.enter(heidi), await stage.enter(judy)];
  await Promise.all([openChat(h, "Market"), openChat(j, "Market")]);
  await message(j, "Buy two, get one free").hover();
  await message(j, "Buy two, get one free").getByRole("button", { name: "More actions" }).click();
  await j.getByRole("menuitem", { name: "Report" }).click();
  const report = j.getByRole("dialog", { name: "Report a message of Ivan" });
  await report.getByLabel("What should they know?").fill("the third time");
  expect(await violations(j)).toEqual([]);
  await report.getByRole("button", { name: "Send report" }).click();
  await report.getByText("Thank you. Your report was sent.").waitFor();
  await report.getByRole("button", { name: "Close" }).last().click();

  await openPart(h, "Reports");
  const reports = dialog(h).getByRole("list", { name: "Reports" });
  await reports.getByText("Buy two, get one free").waitFor();
  await reports.getByText("the third time").waitFor();
  expect(await reports.innerText()).not.toContain("Judy");
  expect(await violations(h)).toEqual([]);
  await reports.getByRole("button", { name: "Delete message" }).click();
  await h.getByRole("dialog", { name: "Delete this message?" }).getByRole("button", { name: "Delete" }).click();
  await expect.poll(() => message(j, "Buy two, get one free").count()).toBe(0);
  await reports.getByText("The message can no longer be read.").waitFor();
  await reports.getByRole("button", { name: "Dismiss" }).click();
  await dialog(h).getByText("There are no reports.").waitFor();
  await expect(ivan.call("report.list", { conversation })).rejects.toThrow("conversation.forbidden");
  await close(h);
  await send(h, "Market", "thank you");
  await composer(j, "Market").waitFor();
  await message(j, "thank you").waitFor();
});

it("groups: a channel is made, in which its readers read", async () => {
  const [kim, lee] = [await stage.account("kim"), await stage.account("lee")];
  const [k, l] = [await stage.enter(kim), await stage.enter(lee)];
  await k.getByRole("button", { name: "New conversation" }).first().click();
  await k.getByRole("button", { name: /New channel/ }).click();
  const making = k.getByRole("dialog", { name: "New channel" });
  await making.getByLabel("Channel name").fill("Lunch");
  await making.getByRole("searchbox").fill("lee");
  await making.getByRole("button", { name: "Add Lee" }).click();
  await making.getByRole("button", { name: "Create channel" }).click();
  await send(k, "Lunch", "Soup today");
  await row(l, "Lunch").click();
  await message(l, "Soup today").waitFor();
  expect(await l.getByRole("textbox", { name: "Message to Lunch" }).count()).toBe(0);
});

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "./support/axe.ts";
import { figure, Stage } from "./support/stage.ts";
import { composer, direct, feed, message, openChat, row, say, send } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

const bar = (page: Page, name: string) => page.getByRole("region", { name: `${name} wants to write to you` });

/** How far the other one of a direct conversation has read, as far as they show it. */
async function readBy(asker: Awaited<ReturnType<Stage["account"]>>, conversation: string): Promise<number> {
  const { items } = await asker.call("event.receipts", { conversation });
  return items[0]?.read_seq ?? 0;
}

it("strangers: whoever is written to by a stranger is asked, and accepting makes them a contact", async () => {
  const [alice, mallory] = [await stage.account("alice"), await stage.account("mallory")];
  const conversation = await direct(mallory, alice);
  await say(mallory, conversation, "hello there");
  const a = await stage.enter(alice);
  await openChat(a, "Mallory");
  await bar(a, "Mallory").getByRole("button", { name: "Accept" }).waitFor();
  expect(await violations(a)).toEqual([]);
  await expect.poll(async () => (await alice.call("conversation.get", { conversation })).membership.read_seq).toBeGreaterThan(2);
  await bar(a, "Mallory").getByRole("button", { name: "Accept" }).click();
  await expect.poll(() => bar(a, "Mallory").count()).toBe(0);
  expect((await alice.call("contact.list", {})).items.map(({ user }) => user.address)).toEqual([mallory.address]);
  figure("strangers", "a request was read and accepted, and the stranger became a contact");
});

it("strangers: an answer accepts as well", async () => {
  const [bob, trudy] = [await stage.account("bob"), await stage.account("trudy")];
  const conversation = await direct(trudy, bob);
  await say(trudy, conversation, "are you there?");
  const b = await stage.enter(bob);
  await openChat(b, "Trudy");
  await bar(b, "Trudy").waitFor();
  await send(b, "Trudy", "yes");
  await expect.poll(() => bar(b, "Trudy").count()).toBe(0);
  await expect.poll(() => readBy(trudy, conversation)).toBeGreaterThan(2);
});

it("strangers: somebody is reported and blocked from the request, and unblocked in the settings", async () => {
  const [carol, oscar] = [await stage.account("carol"), await stage.account("oscar")];
  const conversation = await direct(oscar, carol);
  await say(oscar, conversation, "you have won");
  const c = await stage.enter(carol, await stage.context({ viewport: { width: 390, height: 844 } }));
  await openChat(c, "Oscar");
  await bar(c, "Oscar").getByRole("button", { name: "Report" }).click();
  const report = c.getByRole("dialog", { name: "Report a message of Oscar" });
  await report.getByRole("radio", { name: /^Abuse/ }).check();
  await report.getByRole("button", { name: "Send report" }).click();
  await report.getByText("Thank you. Your report was sent.").waitFor();
  await report.getByRole("button", { name: "Close" }).last().click();

  await bar(c, "Oscar").getByRole("button", { name: "Block" }).click();
  await c.getByRole("dialog", { name: "Block Oscar?" }).getByRole("button", { name: "Block" }).click();
  await c.getByText("You have blocked Oscar.").waitFor();
  expect(await violations(c)).toEqual([]);
  await expect(say(oscar, conversation, "hello?")).rejects.toThrow("user.blocked");

  await c.getByRole("button", { name: "Back" }).click();
  await c.getByRole("button", { name: "Settings" }).click();
  const settings = c.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("list", { name: "Blocked people" }).getByText(oscar.address).waitFor();
  expect(await violations(c)).toEqual([]);
  await settings.getByRole("button", { name: "Unblock Oscar" }).click();
  await settings.getByText("You have blocked nobody.").waitFor();
  await say(oscar, conversation, "hello again");
  expect((await carol.call("contact.list", {})).items).toEqual([]);
});

it("strangers: who hides how far they read is not told on, and the card of a person adds and blocks them", async () => {
  const [dave, erin] = [await stage.account("dave"), await stage.account("erin")];
  const group = (await dave.call("conversation.create", { kind: "group", name: "Choir", members: [erin.address] })).conversation;
  await say(erin, group, "good morning");
  const d = await stage.enter(dave);
  await d.getByRole("button", { name: "Settings" }).click();
  await d.getByRole("switch", { name: "Others see how far I have read" }).uncheck();
  await expect.poll(async () => (await dave.call("me.get", {})).privacy.show_read).toBe(false);
  await d.getByRole("dialog", { name: "Settings" }).getByRole("button", { name: "Close" }).click();
  await openChat(d, "Choir");
  await message(d, "good morning").waitFor();
  await expect.poll(async () => (await dave.call("conversation.get", { conversation: group })).unread).toBe(0);
  expect((await erin.call("event.receipts", { conversation: group })).items.map(({ read_seq }) => read_seq)).toEqual([0]);

  const body = { type: "text" as const, text: "@erin is me", mentions: [{ start: 0, end: 5, who: erin.address }] };
  await erin.call("event.send", { conversation: group, client_ref: "mention", body });
  await feed(d).getByRole("button", { name: "@erin" }).click();
  const card = d.getByRole("dialog", { name: "Erin" });
  await card.getByRole("button", { name: "Add to contacts" }).click();
  await card.getByRole("button", { name: "Remove from contacts" }).waitFor();
  await card.getByRole("button", { name: "Block" }).click();
  await d.getByRole("dialog", { name: "Block Erin?" }).getByRole("button", { name: "Block" }).click();
  await card.getByText("You have blocked Erin.").waitFor();
  expect(await violations(d)).toEqual([]);
  await card.getByRole("button", { name: "Unblock" }).click();
  await card.getByRole("button", { name: "Remove from contacts" }).waitFor();
  expect((await dave.call("contact.get", { user: erin.address })).listed).toBe(true);
  await card.getByRole("button", { name: "Close" }).click();
  await composer(d, "Choir").waitFor();
  await row(d, "Choir").waitFor();
});

import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "./support/axe.ts";
import { figure, Stage } from "./support/stage.ts";
import { direct, feed, message, openChat, say } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

async function ask(page: Page, question: string, options: readonly string[], switches: readonly string[] = []): Promise<void> {
  await page.getByRole("button", { name: "Poll and more" }).click();
  await page.getByRole("menuitem", { name: "Poll" }).click();
  const dialog = page.getByRole("dialog", { name: "New poll" });
  await dialog.getByLabel("Question").fill(question);
  for (const [place, option] of options.entries()) {
    if (place >= 2) await dialog.getByRole("button", { name: "Add option" }).click();
    await dialog.getByLabel(`Option ${place + 1}`, { exact: true }).fill(option);
  }
  for (const name of switches) await dialog.getByRole("switch", { name }).check();
  await dialog.getByRole("button", { name: "Ask" }).click();
  await dialog.waitFor({ state: "detached" });
}

/** An option of a poll, as a screen reader tells it. */
function option(poll: Locator, role: "radio" | "checkbox", name: string): Locator {
  return poll.getByRole(role, { name, exact: true });
}

it("people ask each other, choose, choose anew, take it back, see who chose what, and close the poll, live on both sides", async () => {
  const [alice, bob] = [await stage.account("alice"), await stage.account("bob")];
  const conversation = await direct(alice, bob);
  const [a, b] = [await stage.enter(alice), await stage.enter(bob)];
  await Promise.all([openChat(a, "Bob"), openChat(b, "Alice")]);
  await ask(a, "Where shall we meet?", ["here", "there", "nowhere"]);
  const [mine, theirs] = [message(a, "Where shall we meet\\?"), message(b, "Where shall we meet\\?")];
  await option(theirs, "radio", "here 0 votes").waitFor();
  expect(await theirs.getByRole("button", { name: "Close poll" }).count()).toBe(0);

  await option(theirs, "radio", "here 0 votes").check();
  await option(mine, "radio", "here 1 vote").waitFor();
  await option(theirs, "radio", "there 0 votes").check();
  await option(mine, "radio", "there 1 vote").waitFor();
  await option(mine, "radio", "here 0 votes").waitFor();
  await option(mine, "radio", "there 1 vote").check();
  await option(theirs, "radio", "there 2 votes").waitFor();
  await theirs.getByText("2 people voted").waitFor();
  expect(await violations(b)).toEqual([]);

  await theirs.getByRole("button", { name: "Who voted" }).click();
  const who = b.getByRole("dialog", { name: "Who voted" });
  await who.getByRole("listitem").filter({ hasText: "Alice" }).waitFor();
  await who.getByRole("listitem").filter({ hasText: "You" }).waitFor();
  await who.getByRole("button", { name: "Close" }).click();

  await theirs.getByRole("button", { name: "Take back my vote" }).click();
  await option(mine, "radio", "there 1 vote").waitFor();
  expect(await option(theirs, "radio", "there 1 vote").isChecked()).toBe(false);

  await mine.getByRole("button", { name: "Close poll" }).click();
  await a.getByRole("dialog").getByRole("button", { name: "Close poll" }).click();
  await theirs.getByText("Closed · 1 person voted").waitFor();
  await expect.poll(() => option(theirs, "radio", "there 1 vote").isDisabled()).toBe(true);
  await b.reload();
  await theirs.getByText("Closed · 1 person voted").waitFor();
  const { items } = await bob.call("event.list", { conversation, limit: 50 });
  expect(JSON.stringify(items.find(({ kind }) => kind === "message"))).toContain("Where shall we meet?\\n\\n1. here\\n2. there\\n3. nowhere");
  figure("polls", "a poll was asked, answered, corrected, counted and closed in two windows");
});

it("in an anonymous poll with several choices nobody else is told who chose what, and a vote made without a network counts later", async () => {
  const [carol, dave] = [await stage.account("carol"), await stage.account("dave")];
  const conversation = await direct(carol, dave);
  const [c, d] = [await stage.enter(carol), await stage.enter(dave)];
  await Promise.all([openChat(c, "Dave"), openChat(d, "Carol")]);
  await ask(c, "What to bring?", ["tea", "cake"], ["Several choices", "Anonymous"]);
  const [mine, theirs] = [message(c, "What to bring\\?"), message(d, "What to bring\\?")];
  await mine.getByText("Several choices · Anonymous · 0 people voted").waitFor();
  await option(theirs, "checkbox", "tea 0 votes").waitFor();

  await d.context().setOffline(true);
  await option(theirs, "checkbox", "tea 0 votes").check();
  await option(theirs, "checkbox", "cake 0 votes").check();
  await theirs.getByText("1 person voted").waitFor();
  await d.context().setOffline(false);
  await option(mine, "checkbox", "tea 1 vote").waitFor();
  await option(mine, "checkbox", "cake 1 vote").waitFor();
  expect(await mine.getByRole("button", { name: "Who voted" }).count()).toBe(0);
  expect(await option(theirs, "checkbox", "cake 1 vote").isChecked()).toBe(true);

  const { items } = await carol.call("event.list", { conversation, limit: 50 });
  const votes = items.filter(({ kind }) => kind === "vote");
  expect(votes.map(({ sender, client_ref }) => [sender, client_ref])).toEqual(votes.map(() => ["", undefined]));
  expect(votes.length).toBeGreaterThan(0);
  expect(JSON.stringify(items.find(({ kind }) => kind === "message")?.fold)).not.toContain(dave.address);

  await mine.hover();
  await mine.getByRole("button", { name: "More actions" }).click();
  await c.getByRole("menuitem", { name: "Delete" }).click();
  await c.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await feed(d).getByText("This message was deleted").waitFor();
  const left = await dave.call("event.list", { conversation, limit: 50 });
  expect(JSON.stringify(left)).not.toMatch(/tea|"vote"/);
  await say(carol, conversation, "said after");
  await message(d, "said after").waitFor();
});

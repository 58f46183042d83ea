import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "./support/axe.ts";
import { figure, Stage } from "./support/stage.ts";
import { composer, openChat, row, send, message } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

const directory = (page: Page) => page.getByRole("dialog", { name: "Public groups and channels" });

async function browse(page: Page): Promise<void> {
  await page.getByRole("button", { name: "New conversation" }).first().click();
  await page.getByRole("button", { name: /^Browse public groups/ }).click();
}

it("directory: an owner lists a group, somebody finds it there and joins; one that is not open is asked", async () => {
  const [alice, bob] = [await stage.account("alice"), await stage.account("bob")];
  const make = async (name: string, topic: string) => (await alice.call("conversation.create", { kind: "group", name, topic, members: [] })).conversation;
  const [open, closed] = [await make("Garden", "Cake and plants"), await make("Book club", "One book a month")];
  await make("Secret", "Nobody finds this");
  const a = await stage.enter(alice);
  for (const [name, isOpen] of [["Garden", true], ["Book club", false]] as const) {
    await openChat(a, name);
    await a.getByRole("button", { name: "Conversation details" }).click();
    const details = a.getByRole("dialog", { name: "Conversation details" });
    await details.getByRole("tab", { name: "Rules" }).click();
    await details.getByRole("switch", { name: "Show in the directory" }).check();
    if (isOpen) await details.getByRole("switch", { name: "Anybody may join without asking" }).check();
    await expect.poll(async () => (await alice.call("conversation.get", { conversation: isOpen ? open : closed })).settings).toMatchObject(isOpen ? { listed: true, open: true } : { listed: true });
    await details.getByRole("button", { name: "Close" }).click();
  }

  const b = await stage.enter(bob, await stage.context({ viewport: { width: 390, height: 844 } }));
  await browse(b);
  const items = directory(b).getByRole("listitem");
  await expect.poll(() => items.count()).toBe(2);
  expect(await violations(b)).toEqual([]);
  await directory(b).getByRole("searchbox", { name: "Search the directory" }).fill("cake");
  await expect.poll(() => items.count()).toBe(1);
  await items.getByText("1 member").waitFor();
  await directory(b).getByRole("button", { name: "Join Garden" }).click();
  await composer(b, "Garden").waitFor();
  await send(b, "Garden", "hello garden");
  await openChat(a, "Garden");
  await message(a, "hello garden").waitFor();

  await b.getByRole("button", { name: "Back" }).click();
  await browse(b);
  await directory(b).getByRole("button", { name: "Open Garden" }).waitFor();
  await directory(b).getByRole("button", { name: "Ask to join Book club" }).click();
  await directory(b).getByText("You asked to join. A moderator has to say yes first.").waitFor();
  await alice.call("member.add", { conversation: closed, user: bob.address });
  await directory(b).getByRole("button", { name: "Close" }).click();
  await row(b, "Book club").waitFor();
  figure("directory", "one group joined at once, one after it was asked, one never shown");
});

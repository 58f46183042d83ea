import { afterAll, beforeAll, expect, it } from "vitest";
import { holdReading } from "./support/disk.ts";
import { figure, Stage } from "./support/stage.ts";
import { direct, feed, message, nameOfRow, openChat, row, say } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

it("W12 what comes while a tab opens is shown there as well", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const conversation = await direct(alice, bob);
  await say(bob, conversation, "before");
  const context = await stage.context();
  const first = await stage.enter(alice, context);
  await expect.poll(() => nameOfRow(first, "Bob")).toBe("Bob, 1 unread message");

  const second = await context.newPage();
  const release = await holdReading(second);
  await second.goto(stage.server.url);
  await say(bob, conversation, "meanwhile");
  await expect.poll(() => nameOfRow(first, "Bob")).toBe("Bob, 2 unread messages");
  await release();
  await row(second, "Bob").waitFor();
  await expect.poll(() => nameOfRow(second, "Bob")).toBe("Bob, 2 unread messages");
  await openChat(second, "Bob");
  await message(second, "meanwhile").waitFor();
  expect(await feed(second).getByRole("article").count()).toBe(2);
  await expect.poll(() => nameOfRow(first, "Bob")).toBe("Bob");
  figure("W12", "a message that came while a second tab read from disk stood in its list and in its log");
});

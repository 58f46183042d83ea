import { afterAll, beforeAll, expect, it } from "vitest";
import { blockDisk, unreadOnDisk } from "./support/disk.ts";
import { figure, Stage } from "./support/stage.ts";
import { composer, direct, feed, message, openChat, nameOfRow, row, say, send } from "./support/talk.ts";
import { tap, type Wire } from "./support/wire.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

const UNREAD = 80;

/** Somebody who has unread messages, in a browser that from now on cannot write anything down. */
async function withBlockedDisk(names: { reader: string; writer: string; title: string }) {
  const reader = await stage.account(names.reader);
  const writer = await stage.account(names.writer);
  const conversation = await direct(reader, writer);
  for (let at = 1; at <= UNREAD; at++) await say(writer, conversation, `line ${at}`);
  let wire: Wire | undefined;
  const page = await stage.enter(reader, undefined, async (fresh) => void (wire = await tap(fresh)));
  if (!wire) throw new Error("no wire");
  await expect.poll(() => unreadOnDisk(page, conversation)).toBe(UNREAD);
  await openChat(page, names.title);
  await feed(page).getByRole("separator", { name: "New messages" }).waitFor();
  await blockDisk(page);
  const readAll = async () => {
    await page.getByRole("button", { name: /new messages?$/ }).or(page.getByRole("button", { name: "Go to the newest message" })).first().click();
    await expect.poll(() => nameOfRow(page, names.title)).toBe(names.title);
  };
  return { reader, writer, conversation, page, wire, readAll };
}

it("W22 the server learns what was read although the browser is slow to write it down", async () => {
  const { reader, conversation, readAll } = await withBlockedDisk({ reader: "alice", writer: "bob", title: "Bob" });
  await readAll();
  await expect.poll(async () => (await reader.call("conversation.get", { conversation })).unread).toBe(0);
});

it("W22 what was read is still read after a reload, although neither the browser's copy nor the server knew of it", async () => {
  const { reader, conversation, page, wire, readAll } = await withBlockedDisk({ reader: "carol", writer: "dave", title: "Dave" });
  wire.up = ({ op }) => op !== "conversation.mark_read";
  await readAll();

  wire.up = () => true;
  await page.goto(stage.server.url);
  await row(page, "Dave").waitFor();
  expect(await nameOfRow(page, "Dave")).toBe("Dave");
  await expect.poll(async () => (await reader.call("conversation.get", { conversation })).unread).toBe(0);
  await openChat(page, "Dave");
  await message(page, `line ${UNREAD}`).waitFor();
  expect(await feed(page).getByRole("separator", { name: "New messages" }).count()).toBe(0);
  expect(await nameOfRow(page, "Dave")).toBe("Dave");
  figure("W22", `${UNREAD} messages that were read in the last moment of a page were read after the reload, at the server too`);
});

it("W09 a message that was written in the last moment of a page is sent after the reload", async () => {
  const { writer, conversation, page } = await withBlockedDisk({ reader: "erin", writer: "frank", title: "Frank" });
  await send(page, "Frank", "off I go");
  await message(page, "off I go").waitFor();
  await page.reload();
  await message(page, "off I go").getByRole("img", { name: /^(Sent|Delivered|Read)$/ }).waitFor();
  const { items } = await writer.call("event.list", { conversation, limit: 5 });
  const said = items.filter((event) => event.kind === "message" && event.content.body.type === "text" && event.content.body.text === "off I go");
  expect(said).toHaveLength(1);
});

it("W12 what a tab left in its last moment is taken up by the tab that is still there, and by nobody later", async () => {
  const grace = await stage.account("grace");
  const conversation = await direct(grace, await stage.account("heidi"));
  const first = await stage.enter(grace);
  const second = await first.context().newPage();
  await second.goto(stage.server.url);
  for (const page of [first, second]) await openChat(page, "Heidi");
  await blockDisk(first);
  await composer(first, "Heidi").fill("half a thought");
  await expect.poll(() => composer(second, "Heidi").inputValue()).toBe("half a thought");
  await first.goto("about:blank");

  const draft = async () => (await grace.call("conversation.get", { conversation })).membership.draft ?? "";
  await expect.poll(draft).toBe("half a thought");
  await composer(second, "Heidi").fill("");
  await expect.poll(draft).toBe("");
  await second.goto(stage.server.url);
  await openChat(second, "Heidi");
  expect(await composer(second, "Heidi").inputValue()).toBe("");
});

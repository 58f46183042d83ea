import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "./support/axe.ts";
import { figure, Stage } from "./support/stage.ts";
import { feed, message, openChat, send } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

it("who is asked to acknowledge a message does so, and its author sees who has and who has not", async () => {
  const [alice, bob, carol] = [await stage.account("alice"), await stage.account("bob"), await stage.account("carol")];
  const group = await alice.call("conversation.create", { kind: "group", name: "Crew", members: [bob.address, carol.address] });
  const [a, b] = [await stage.enter(alice), await stage.enter(bob)];
  await Promise.all([openChat(a, "Crew"), openChat(b, "Crew")]);
  await a.getByRole("button", { name: "Poll and more" }).click();
  await a.getByRole("menuitem", { name: "Ask for acknowledgement" }).click();
  await a.getByText("Others are asked to acknowledge this message").waitFor();
  await send(a, "Crew", "Helmets from today on");
  await send(a, "Crew", "and nothing more to say");

  const [mine, theirs] = [message(a, "Helmets from today on"), message(b, "Helmets from today on")];
  await mine.getByText("Acknowledged by 0 of 2").waitFor();
  await theirs.getByText("Please acknowledge this message").waitFor();
  expect(await mine.getByRole("button", { name: "Acknowledge", exact: true }).count()).toBe(0);
  expect(await feed(b).getByRole("button", { name: "Acknowledge", exact: true }).count()).toBe(1);
  expect(await theirs.getByRole("button", { name: "Acknowledgements" }).count()).toBe(0);
  expect(await violations(b)).toEqual([]);

  await theirs.getByRole("button", { name: "Acknowledge", exact: true }).click();
  await theirs.getByText("You acknowledged this message").waitFor();
  await mine.getByText("Acknowledged by 1 of 2").waitFor();
  await mine.getByRole("button", { name: "Acknowledgements" }).click();
  const dialog = a.getByRole("dialog", { name: "Acknowledgements" });
  const listed = (name: string) => dialog.getByRole("list", { name }).getByRole("listitem").allInnerTexts();
  await expect.poll(() => listed("Not yet: 1")).toEqual(["Carol"]);
  await expect.poll(() => listed("Acknowledged: 1")).toEqual(["Bob"]);
  expect(await violations(a)).toEqual([]);

  await b.reload();
  await theirs.getByText("You acknowledged this message").waitFor();
  const { unread } = await alice.call("conversation.get", { conversation: group.conversation });
  expect(unread).toBe(0);
  figure("acknowledge", "one of two has acknowledged; the author is told that the other has not");
});

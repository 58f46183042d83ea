import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage, type Account } from "./support/stage.ts";
import { composer, direct, message, openChat, say } from "./support/talk.ts";

let stage: Stage;
let alice: Account;
let bobs: string;
beforeAll(async () => {
  stage = await Stage.set();
  const [bob, carol] = [await stage.account("bob"), await stage.account("carol")];
  alice = await stage.account("alice");
  bobs = await direct(alice, bob);
  await direct(alice, carol);
  await say(bob, bobs, "good morning");
});
afterAll(() => stage?.strike());

it("W43 back and forward lead through the conversations as they were opened", async () => {
  const page = await stage.enter(alice);
  await openChat(page, "Bob");
  await openChat(page, "Carol");
  await page.goBack();
  await composer(page, "Bob").waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Hello, Alice" }).waitFor();
  await page.goForward();
  await composer(page, "Bob").waitFor();
  await page.goForward();
  await composer(page, "Carol").waitFor();
  figure("W43", "home, Bob, Carol, and the same way back and forth");
  await page.context().close();
});

it("W43 the address of a message leads there after a sign-in", async () => {
  const { seq } = await say(alice, bobs, "the one that is linked to");
  const page = await (await stage.context()).newPage();
  await page.goto(`${stage.server.url}/c/${bobs}/${seq}`);
  await stage.signIn(page, alice);
  await message(page, "the one that is linked to").waitFor();
  expect(new URL(page.url()).pathname).toBe(`/c/${bobs}/${seq}`);
  figure("W43", "signed out, the address of a message led to a sign-in and from there to the message");
  await page.context().close();
});

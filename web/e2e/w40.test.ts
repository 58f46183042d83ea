import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage, withinBudget } from "./support/stage.ts";
import { composer, direct, openChat, say } from "./support/talk.ts";

const OPENED_MS_MAX = 50;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

it("W40 Ctrl+K goes anywhere: recent ones first, whatever the accents, also to somebody for the first time", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  await stage.account("zora");
  await direct(alice, bob);
  for (const name of ["Café Zürich", "Garden", "Harbour"]) await alice.call("conversation.create", { kind: "group", name, members: [] });
  const a = await stage.enter(alice);
  for (const title of ["Garden", "Harbour", "Bob"]) await openChat(a, title);

  await a.evaluate(() => {
    let pressed = 0;
    addEventListener("keydown", () => (pressed = performance.now()), { capture: true });
    new MutationObserver((_changes, observer) => {
      if (!document.querySelector("dialog[open]")) return;
      document.body.dataset["opened"] = String(performance.now() - pressed);
      observer.disconnect();
    }).observe(document.body, { childList: true, subtree: true, attributes: true });
  });
  await a.keyboard.press("Control+k");
  const field = a.getByRole("combobox", { name: "Go to conversation" });
  const options = a.getByRole("listbox").getByRole("option");
  await field.waitFor();
  const opened = Number(await a.evaluate(() => document.body.dataset["opened"]));
  expect((await options.allTextContents()).map((words) => words.replace(/^\S+ /, "").trim()).slice(0, 3).join()).toMatch(/Harbour.*Garden/);
  await a.keyboard.press("Enter");
  await composer(a, "Harbour").waitFor();
  await expect.poll(() => composer(a, "Harbour").evaluate((element) => element === document.activeElement)).toBe(true);

  for (const [typed, title] of [["cafe zur", "Café Zürich"], ["grdn", "Garden"], ["ob", "Bob"]] as const) {
    await a.keyboard.press("Control+k");
    await field.fill(typed);
    await options.first().getByText(title, { exact: true }).waitFor();
    await field.press("Enter");
    await composer(a, title).waitFor();
  }

  await a.keyboard.press("Control+k");
  await field.fill("zora");
  await options.filter({ hasText: "Start a conversation" }).waitFor();
  await field.press("Enter");
  await composer(a, "Zora").waitFor();
  figure("W40", `opened ${opened.toFixed(1)} ms after the keys; accents, scattered letters and a new person led where they should`);
  withinBudget(opened, OPENED_MS_MAX);
});

it("W40 N goes to the next conversation with unread messages", async () => {
  const carol = await stage.account("carol");
  const others = await Promise.all(["dan", "eve"].map((name) => stage.account(name)));
  for (const other of others) await say(other, await direct(carol, other), "hello");
  const c = await stage.enter(carol);
  await c.getByRole("link", { name: /unread/ }).nth(1).waitFor();
  await c.keyboard.press("n");
  await c.getByRole("textbox", { name: /^Message to/ }).waitFor();
  await expect.poll(() => c.getByRole("link", { name: /unread/ }).count()).toBe(1);
  await c.getByRole("article").first().waitFor();
  await c.keyboard.press("Escape");
  await expect.poll(() => c.evaluate(() => document.activeElement?.tagName)).toBe("ARTICLE");
  await c.keyboard.press("n");
  await expect.poll(() => c.getByRole("link", { name: /unread/ }).count()).toBe(0);
});

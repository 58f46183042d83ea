import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { composer, message, openChat, texts, twoPeople } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

it("W13 Enter sends or starts a line, as one prefers, and never sends while a word is being composed", async () => {
  const { a } = await twoPeople(stage);
  await openChat(a, "Bob");
  const field = composer(a, "Bob");
  await field.pressSequentially("one");
  await field.press("Shift+Enter");
  await field.pressSequentially("two");
  expect(await field.inputValue()).toBe("one\ntwo");
  await field.press("Enter");
  await message(a, "one\\s+two").waitFor();

  const devtools = await a.context().newCDPSession(a);
  await field.focus();
  await devtools.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
  await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Process", code: "Enter", windowsVirtualKeyCode: 229 });
  await field.evaluate((element) => element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true })));
  await devtools.send("Input.insertText", { text: "日本" });
  expect(await field.inputValue()).toBe("日本");
  await field.press("Enter");
  await message(a, "日本").waitFor();

  await a.getByRole("button", { name: "Settings" }).click();
  await a.getByRole("switch", { name: "Enter sends the message" }).uncheck();
  await a.keyboard.press("Escape");
  await field.fill("three");
  await field.press("Enter");
  await field.pressSequentially("four");
  expect(await field.inputValue()).toBe("three\nfour");
  await field.press("Control+Enter");
  await message(a, "three\\s+four").waitFor();
  await a.reload();
  await field.fill("five");
  await field.press("Enter");
  expect(await field.inputValue()).toBe("five\n");
  const said = await texts(a);
  figure("W13", `sent ${said.length} messages of 2 + 1 + 2 lines; nothing was sent while a word was being composed; the choice outlived a reload`);
  expect(said).toHaveLength(3);
});

import { CHAT } from "../cast/terminal.mjs";
import { COLUMNS, ROWS } from "../cast/screen.mjs";
import { join } from "node:path";
import { until } from "../support/wait.mjs";

/** Somebody at the terminal client's screen and somebody at the browser. */
export async function screen(stage, checks) {
  await stage.open();
  const ada = await stage.browser("ada");
  const { screen: dora, address } = await stage.screen("dora");
  await dora.start([CHAT, address, "--server", stage.server.url, "--data", join(stage.folder, "dora")]);
  await dora.sees(`Password of ${address}:`);
  await dora.type(stage.server.password);
  await dora.press("Enter");
  await dora.sees("● online");
  checks.that("the password is not on the screen", !(await dora.lines()).join("\n").includes(stage.server.password));

  await dora.type(`/direct ${ada.address}`);
  await dora.press("Enter");
  await dora.sees("Enter send");
  await ada.open({ title: "Dora" });
  await ada.say("Can you see this?");
  const arrived = await dora.sees("Can you see this?");
  checks.that("the message from the browser is on the screen", true);
  checks.that(`the screen is ${COLUMNS} by ${ROWS}`, arrived.length <= ROWS && arrived.every((line) => [...line].length <= COLUMNS), arrived);

  await dora.type("Clearly.");
  await dora.press("Enter");
  await ada.sees("Clearly.");
  checks.that("the answer is in the browser", true);

  await dora.press("Up");
  await dora.sees("r reply");
  await dora.press("Up");
  await dora.press("r");
  await dora.sees("Esc no reply");
  await dora.type("With a quote");
  await dora.press("Enter");
  await ada.sees("With a quote");
  const lines = await ada.read();
  checks.that("the reply is a reply", lines.at(-1).endsWith("Dora: With a quote (answers Ada: Can you see this?)"), lines);

  await dora.press("Escape");
  await dora.sees("Esc back");
  await dora.press("Escape");
  await dora.sees("Esc select");
  await dora.type("After two escapes");
  await dora.press("Enter");
  await ada.sees("After two escapes");
  checks.that("what is typed after leaving the selection is a message", true);
  await dora.press("C-q");
  await until(() => dora.hasEnded(), "the program has ended");
  checks.that("nothing went wrong in the page", ada.faults.length === 0, ada.faults);
}

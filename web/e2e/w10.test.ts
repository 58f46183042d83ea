import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { composer, message, openChat, send, texts, twoPeople } from "./support/talk.ts";
import { tap, type Frame, type Wire } from "./support/wire.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

const PROBLEM = {
  type: "/docs/errors#server.internal",
  title: "Something went wrong on the server.",
  status: 500,
  code: "server.internal",
  help: "Try again.",
  retry: "later",
};

function isBad({ op, args }: Frame): boolean {
  const body = args?.["body"] as { text?: string } | undefined;
  return op === "event.send" && body?.text?.startsWith("bad") === true;
}

it("W10 a message that the server cannot take fails alone and can be retried, edited or deleted", async () => {
  let wire: Wire | undefined;
  const { a, b } = await twoPeople(stage, async (page) => void (wire = await tap(page)));
  if (!wire) throw new Error("no wire");
  let attempts = 0;
  wire.up = (frame, line) => {
    if (!isBad(frame)) return true;
    attempts++;
    line.answer({ id: frame.id, error: PROBLEM });
    return false;
  };
  await openChat(a, "Bob");
  await openChat(b, "Alice");
  for (const text of ["one", "bad retried", "two", "bad edited", "bad deleted", "three"]) await send(a, "Bob", text);

  for (const text of ["one", "two", "three"]) await message(b, text).waitFor();
  for (const text of ["bad retried", "bad edited", "bad deleted"]) {
    const failed = message(a, text);
    await failed.getByRole("img", { name: "Not sent" }).waitFor();
    for (const name of ["Retry", "Edit", "Delete"]) expect(await failed.getByRole("button", { name, exact: true }).count()).toBe(1);
  }
  expect(await texts(b)).toEqual(["one", "two", "three"]);
  expect((await texts(a)).filter((text) => !text.startsWith("bad"))).toEqual(["one", "two", "three"]);

  await message(a, "bad deleted").getByRole("button", { name: "Delete", exact: true }).click();
  await message(a, "bad deleted").waitFor({ state: "detached" });
  wire.up = () => true;
  await message(a, "bad retried").getByRole("button", { name: "Retry" }).click();
  await message(b, "bad retried").waitFor();
  await message(a, "bad edited").getByRole("button", { name: "Edit", exact: true }).click();
  await expect.poll(() => composer(a, "Bob").inputValue()).toBe("bad edited");
  await send(a, "Bob", "good now");
  await message(b, "good now").waitFor();
  expect(await texts(b)).toEqual(["one", "two", "three", "bad retried", "good now"]);
  expect(await texts(a)).toEqual(["one", "two", "three", "bad retried", "good now"]);
  figure("W10", `3 of 6 failed after ${attempts} attempts, the other 3 arrived in order; retry, edit and delete worked`);
});

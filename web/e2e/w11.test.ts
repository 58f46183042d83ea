import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { message, openChat, send, texts, twoPeople } from "./support/talk.ts";
import { tap, type Wire } from "./support/wire.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

it("W11 a message whose acknowledgement was lost arrives once", async () => {
  let wire: Wire | undefined;
  const { a, b } = await twoPeople(stage, async (page) => void (wire = await tap(page)));
  if (!wire) throw new Error("no wire");
  await openChat(a, "Bob");
  await openChat(b, "Alice");
  await send(a, "Bob", "before");
  await message(a, "before").getByRole("img", { name: "Read" }).waitFor();

  const refs: unknown[] = [];
  let isLosing = true;
  wire.up = ({ op, args }) => {
    if (op === "event.send") refs.push(args?.["client_ref"]);
    return true;
  };
  wire.down = async (_frame, line) => {
    if (!isLosing || refs.length === 0) return true;
    isLosing = false;
    await line.cut();
    return false;
  };
  await send(a, "Bob", "lost answer");
  await message(a, "lost answer").getByRole("img", { name: "Read" }).waitFor();
  await send(a, "Bob", "after");
  await message(b, "after").waitFor();

  expect(isLosing).toBe(false);
  expect(await texts(b)).toEqual(["before", "lost answer", "after"]);
  expect(await texts(a)).toEqual(["before", "lost answer", "after"]);
  figure("W11", `one copy at both ends; its request went out ${refs.length - 1} time(s) under ${new Set(refs.slice(0, -1)).size} reference`);
});

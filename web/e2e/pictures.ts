import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { Gallery, WEB } from "./support/gallery.ts";
import { LOOKS } from "./support/looks.ts";
import { sheetOf } from "./support/sheet.ts";

const PICTURES = resolve(WEB, "../docs/images/screens");
const INDEX = resolve(WEB, "../docs/screens.md");
/** The day on which all pictures are taken, so that only what looks different changes them. */
const DAY = new Date("2027-03-04T10:30:00");

/** One screen after the other in one look. */
async function* screens(gallery: Gallery, options: (typeof LOOKS)[number]["options"]): AsyncGenerator<[string, Buffer]> {
  const { page, names } = await gallery.window(options);
  await page.clock.setFixedTime(DAY);
  for (const name of names) {
    await gallery.show(page, name);
    await page.evaluate(() => document.fonts.ready);
    yield [name, await page.screenshot({ animations: "disabled" })];
  }
  await page.context().close();
}

async function taken(gallery: Gallery): Promise<Map<string, Map<string, Buffer>>> {
  const all = new Map<string, Map<string, Buffer>>();
  for (const { look, options } of LOOKS) {
    for await (const [name, picture] of screens(gallery, options)) {
      all.set(name, (all.get(name) ?? new Map<string, Buffer>()).set(look, picture));
    }
    process.stdout.write(`${look}: ${all.size} screens\n`);
  }
  return all;
}

async function keep(page: Page, all: ReadonlyMap<string, ReadonlyMap<string, Buffer>>): Promise<void> {
  rmSync(PICTURES, { recursive: true, force: true });
  mkdirSync(PICTURES, { recursive: true });
  for (const [name, looks] of all) writeFileSync(join(PICTURES, `${name}.webp`), await sheetOf(page, looks));
  const entries = [...all.keys()].map((name) => `## ${name.replaceAll("-", " ")}\n\n![${name.replaceAll("-", " ")}](images/screens/${name}.webp)\n`);
  writeFileSync(INDEX, [HEAD, ...entries].join("\n"));
}

const HEAD = `# Every screen of the web client

On a desktop and on a phone, light and dark, in English and in Arabic, with made-up people. \`cargo xtask pictures\` takes them anew.
`;

it("every screen has its picture", async () => {
  const gallery = await Gallery.open();
  const all = await taken(gallery);
  const { page } = await gallery.window({ viewport: { width: 1280, height: 800 } });
  await keep(page, all);
  await gallery.close();
  expect(all.size).toBeGreaterThan(0);
});

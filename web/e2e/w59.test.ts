import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "./support/axe.ts";
import { Gallery, picture, WEB } from "./support/gallery.ts";
import { LOOK_MS_MAX, LOOKS } from "./support/looks.ts";
import { figure } from "./support/stage.ts";

const PICTURES = resolve(WEB, "../target/gallery");

let gallery: Gallery;
beforeAll(async () => {
  gallery = await Gallery.open();
  mkdirSync(PICTURES, { recursive: true });
});
afterAll(() => gallery?.close());

for (const { look, options } of LOOKS) {
  it(`W59 every component and every screen of the gallery is accessible: ${look}`, async () => {
    const { page, names } = await gallery.window(options);
    const found: string[] = [];
    for (const name of ["", ...names]) {
      await gallery.show(page, name);
      await picture(page, join(PICTURES, `${name || "pieces"}-${look}.png`), name === "");
      found.push(...(await violations(page)).map((what) => `${name || "pieces"}: ${what}`));
    }
    await page.context().close();
    figure("W59", `${look}: ${names.length} screens and all pieces, ${found.length} violations`);
    expect(names.length).toBeGreaterThanOrEqual(14);
    expect(found).toEqual([]);
  }, LOOK_MS_MAX);
}

it("W59 every screen of the gallery has its picture in docs/", async () => {
  const { page, names } = await gallery.window({});
  await page.context().close();
  const taken = readdirSync(resolve(WEB, "../docs/images/screens")).map((file) => file.replace(/\.webp$/, ""));
  expect([...names].sort(), "take the pictures anew: cargo xtask pictures").toEqual(taken.sort());
});

it("W59 what is built for people has no gallery", () => {
  const built = readdirSync(join(WEB, "dist/assets")).filter((name) => /\.(js|css)$/.test(name));
  expect(built.length).toBeGreaterThan(0);
  for (const name of built) expect(readFileSync(join(WEB, "dist/assets", name), "utf8")).not.toContain("Reading circle");
});

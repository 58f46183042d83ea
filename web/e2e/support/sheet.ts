import type { Page } from "playwright-core";

const DESKTOP = { width: 896, height: 560 };
const PHONE = { width: 259, height: 560 };
const GAP = 16;

interface Placed {
  readonly data: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The rows of a sheet: what stands beside each other. */
const ROWS = [
  ["desktop-light", "desktop-dark"],
  ["desktop-arabic", "phone-light", "phone-dark", "phone-arabic"],
];

/** All looks of one screen on one sheet, as WebP; `looks` are PNG pictures by name. */
export async function sheetOf(page: Page, looks: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const placed = ROWS.flatMap((row, at) => placedIn(row, at, looks));
  const width = Math.max(...placed.map(({ x, width }) => x + width)) + GAP;
  const height = Math.max(...placed.map(({ y, height }) => y + height)) + GAP;
  const sheet = await page.evaluate(painted, { placed, width, height });
  return Buffer.from(sheet.slice(sheet.indexOf(",") + 1), "base64");
}

function placedIn(row: readonly string[], at: number, looks: ReadonlyMap<string, Buffer>): Placed[] {
  let x = GAP;
  return row.map((look) => {
    const size = look.startsWith("phone") ? PHONE : DESKTOP;
    const placed = { data: (looks.get(look) ?? Buffer.alloc(0)).toString("base64"), x, y: GAP + at * (size.height + GAP), ...size };
    x += size.width + GAP;
    return placed;
  });
}

/** Runs in the page. */
async function painted({ placed, width, height }: { placed: readonly Placed[]; width: number; height: number }): Promise<string> {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.fillStyle = "#8a949b";
  context.fillRect(0, 0, width, height);
  for (const { data, x, y, width, height } of placed) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    context.imageSmoothingQuality = "high";
    context.drawImage(await createImageBitmap(new Blob([bytes], { type: "image/png" })), x, y, width, height);
  }
  return canvas.toDataURL("image/webp", 0.8);
}

/**
 * Plays the plots that are named, or all, and says how it went. `PARLANCE_SEED` plays the mishaps of an
 * earlier run, as far as the machine lets it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBrowser } from "./cast/browser.mjs";
import { Stage } from "./cast/stage.mjs";
import { everyone } from "./plots/everyone.mjs";
import { killed } from "./plots/killed.mjs";
import { screen } from "./plots/screen.mjs";
import { together } from "./plots/together.mjs";
import { Checks } from "./support/checks.mjs";
import { dice } from "./support/dice.mjs";

const PLOTS = { together, killed, screen, everyone };

const wanted = process.argv.slice(2);
const seed = Number(process.env.PARLANCE_SEED ?? Date.now() % 1_000_000);
process.stdout.write(`PARLANCE_SEED=${seed}\n`);
const checks = new Checks();
const chromium = await openBrowser();
for (const [name, plot] of Object.entries(PLOTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const folder = mkdtempSync(join(tmpdir(), `parlance-scenario-${name}-`));
  const stage = new Stage(folder, chromium);
  await checks.plot(name, () => plot(stage, checks, dice(seed)), () => stage.report());
  await stage.strike();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
await chromium.close();
process.stdout.write(`${checks.passed} passed, ${checks.failed} failed\n`);
process.exitCode = checks.failed === 0 ? 0 : 1;

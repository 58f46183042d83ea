/** Plays the plots whose names have one of the words given, or all, and says how it went. */
import { Checks } from "../scenario/support/checks.mjs";
import { converse } from "./plots/converse.mjs";
import { resume } from "./plots/resume.mjs";
import { talk } from "./plots/talk.mjs";
import { token } from "./plots/token.mjs";

const PLOTS = { talk, token, resume, converse };

const wanted = process.argv.slice(2);
const checks = new Checks();
for (const [name, plot] of Object.entries(PLOTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await checks.plot(name, () => plot(checks), () => "");
}
process.stdout.write(`${checks.passed} passed, ${checks.failed} failed\n`);
process.exit(checks.failed === 0 && checks.passed > 0 ? 0 : 1);

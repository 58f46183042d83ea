/** Counts what held and what did not. */
export class Checks {
  passed = 0;
  failed = 0;

  /** Runs a plot; one that does not come to its end is a failure too, and `report` says more about it. */
  async plot(name, play, report) {
    print(`\n${name}`);
    const [start, failedBefore] = [performance.now(), this.failed];
    try {
      await play();
    } catch (error) {
      this.#failure("comes to its end", error.stack);
    }
    if (this.failed > failedBefore) print(await report());
    print(`  ${((performance.now() - start) / 1_000).toFixed(1)} s`);
  }

  /** Something that has to be so; `detail` says what was seen instead. */
  that(claim, holds, detail = "") {
    if (!holds) return this.#failure(claim, typeof detail === "string" ? detail : JSON.stringify(detail));
    this.passed++;
    print(`  ok: ${claim}`);
  }

  /** Two lists that have to be equal. */
  equal(claim, found, expected) {
    const at = found.findIndex((line, index) => line !== expected[index]);
    const place = at >= 0 ? at : found.length;
    const isEqual = at < 0 && found.length === expected.length;
    this.that(claim, isEqual, `line ${place} is ${show(found[place])} and should be ${show(expected[place])}; ${found.length} for ${expected.length}`);
  }

  #failure(claim, detail) {
    this.failed++;
    print(`  FAILED: ${claim}\n    ${detail.replaceAll("\n", "\n    ")}`);
  }
}

export function print(text) {
  process.stdout.write(`${text}\n`);
}

function show(line) {
  return line === undefined ? "missing" : JSON.stringify(line);
}

const isBench = process.env["PARLANCE_BUDGETS"] !== undefined;

/** How much there is in the tests of speed: all of it where times are held to their budgets, less elsewhere. */
export const SCALE = isBench ? { events: 100_000, conversations: 2_000, burst: 1_000 } : { events: 1_200, conversations: 150, burst: 150 };

const AT_ONCE = 24;

/** Does something so many times, several at once. */
export async function times(count: number, work: (at: number) => Promise<unknown>): Promise<void> {
  let next = 1;
  const worker = async () => {
    for (let at = next++; at <= count; at = next++) await work(at);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, worker));
}

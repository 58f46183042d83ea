/** A new `client_ref`: 128 random bits, printable. */
export function freshRef(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

let newestOrder = 0;

/** A number that rises with every call and follows the clock, so that tabs agree about the order. */
export function nextOrder(now: number): number {
  newestOrder = Math.max(now * 1000, newestOrder + 1);
  return newestOrder;
}

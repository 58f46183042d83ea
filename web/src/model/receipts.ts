import type { Receipt } from "../api/types.ts";

/** How far a message of mine got with the others. */
export interface Reach {
  readonly others: number;
  readonly delivered: number;
  readonly read: number;
}

/** The receipts after one more; positions never move back. */
export function withReceipt(receipts: readonly Receipt[], receipt: Receipt): readonly Receipt[] {
  const known = receipts.find(({ user }) => user === receipt.user);
  if (!known) return [...receipts, receipt];
  const merged = {
    ...receipt,
    delivered_seq: Math.max(known.delivered_seq, receipt.delivered_seq),
    read_seq: Math.max(known.read_seq, receipt.read_seq),
  };
  return receipts.map((other) => (other === known ? merged : other));
}

export function reachOf(receipts: readonly Receipt[], seq: number, me: string): Reach {
  const others = receipts.filter(({ user }) => user !== me);
  return {
    others: others.length,
    delivered: others.filter((other) => Math.max(other.delivered_seq, other.read_seq) >= seq).length,
    read: others.filter((other) => other.read_seq >= seq).length,
  };
}

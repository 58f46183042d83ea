import type { ConversationRecord } from "./record.ts";

/*
 * How far was read: reading moves the position on, marking as unread moves it back. `read_here` is how it
 * stands here, `membership.read_seq` how the server knows it. A mark is said to the server before what was
 * read after it, because only the order says which of the two holds.
 */

/** The record after the person has read up to here. */
export function afterReadHere(record: ConversationRecord, seq: number): ConversationRecord {
  return seq > record.read_here ? { ...record, read_here: seq, is_uncertain: isInDoubt(record) } : record;
}

/** The record after the person has marked everything from here on as unread. */
export function afterUnreadHere(record: ConversationRecord, seq: number): ConversationRecord {
  const from = Math.max(seq, record.membership.visible_from);
  if (from > record.read_here) return record;
  const unread_here = Math.min(record.unread_here ?? from, from);
  return { ...record, read_here: from - 1, unread_here, is_uncertain: true };
}

/** The record after the server has told how far was read on this or another device. */
export function afterReadTold(record: ConversationRecord, read_seq: number): ConversationRecord {
  const told = withKnown(record, Math.max(record.membership.read_seq, read_seq));
  return record.unread_here === undefined ? afterReadHere(told, read_seq) : told;
}

/** The record after the server has told what was marked as unread on this or another device. */
export function afterUnreadTold(record: ConversationRecord, unread_from: number): ConversationRecord {
  const { unread_here, ...rest } = withKnown(record, Math.min(record.membership.read_seq, unread_from - 1));
  if (unread_here !== undefined) return unread_from <= unread_here ? rest : { ...rest, unread_here };
  const wasReadSince = record.read_here > record.membership.read_seq;
  if (wasReadSince || unread_from > record.read_here) return rest;
  return { ...rest, read_here: unread_from - 1, is_uncertain: true };
}

/** Where the position stands after the server described the conversation. */
export function positionAfterTold(read_seq: number, known: ConversationRecord | undefined): number {
  if (known?.unread_here !== undefined) return known.read_here;
  const isAhead = known !== undefined && known.read_here > known.membership.read_seq;
  return isAhead ? Math.max(known.read_here, read_seq) : read_seq;
}

/** Whether the server knows the position as it stands here, so that it counts the same. */
export function isPositionSaid({ read_here, unread_here, membership }: ConversationRecord): boolean {
  return unread_here === undefined && read_here === membership.read_seq;
}

function withKnown(record: ConversationRecord, read_seq: number): ConversationRecord {
  return { ...record, membership: { ...record.membership, read_seq } };
}

function isInDoubt({ is_uncertain, unread }: ConversationRecord): boolean {
  return is_uncertain || unread > 0;
}

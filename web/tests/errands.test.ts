import { expect, it, vi } from "vitest";
import type { Call } from "../src/api/types.ts";
import type { Fact } from "../src/model/fact.ts";
import { reduce } from "../src/model/state.ts";
import { Errands } from "../src/worker/errands.ts";
import type { Seat } from "../src/worker/leader.ts";
import { stateWith, told } from "./support/account.ts";
import { CONVERSATION, logOf } from "./support/log.ts";

/** Errands of somebody with three unread messages whose disk writes when it is told to. */
function behindDisk() {
  const log = logOf(Array.from({ length: 3 }, () => ({ do: "say", who: 1, mentions: false, inThread: null })));
  let state = stateWith(told(log));
  const tell = (fact: Fact) => void (state = reduce(state, fact));
  let write = () => {};
  const disk = new Promise<void>((resolve) => (write = resolve));
  const asked: string[] = [];
  const call = (async (op: string) => void asked.push(op)) as unknown as Call;
  const seat = { state: () => state, tell, kept: () => disk } as unknown as Seat;
  return { errands: new Errands(seat, call), tell, write, asked };
}

it("the server learns what was read and drafted at once, and what was received when it is on disk", async () => {
  const { errands, tell, write, asked } = behindDisk();
  tell({ fact: "read_here", conversation: CONVERSATION, seq: 3 });
  tell({ fact: "draft_here", conversation: CONVERSATION, text: "half a thought" });
  errands.online();
  errands.told(CONVERSATION);
  await vi.waitUntil(() => asked.length >= 2);
  expect(asked).toEqual(["conversation.mark_read", "conversation.set_draft"]);
  write();
  await vi.waitUntil(() => asked.length >= 3);
  expect(asked).toContain("conversation.mark_delivered");
  errands.stop();
});

import { describe, expect, it } from "vitest";
import { newEntry, sending, unanswered, type OutboxEntry } from "../src/model/outbox.ts";
import { reduce, type State } from "../src/model/state.ts";
import { openComposer } from "../src/viewmodel/composer.ts";
import { sentAs } from "../src/viewmodel/undo.ts";
import { stateWith, told } from "./support/account.ts";
import { gatewayWith } from "./support/gateway.ts";
import { CONVERSATION, ME } from "./support/log.ts";

const queued = newEntry("r1", CONVERSATION, 1, "2026-01-01T00:00:00.000Z", { kind: "send", body: { type: "text", text: "oh" } });
const event = { conversation: CONVERSATION, epoch: 1, seq: 1, event_id: "e1", at: queued.at, sender: ME, client_ref: "r1", kind: "message", content: { body: { type: "text", text: "oh" } } } as const;

function withOutbox(entry: OutboxEntry): State {
  return reduce(stateWith(told([])), { fact: "outbox", entry });
}

describe("taking back what was just sent", () => {
  it("knows what became of it", () => {
    expect(sentAs(withOutbox(queued), CONVERSATION, "r1")).toBe("unsent");
    expect(sentAs(withOutbox(sending(queued)), CONVERSATION, "r1")).toBe("unknown");
    expect(sentAs(withOutbox(unanswered(sending(queued))), CONVERSATION, "r1")).toBe("unknown");
    const arrived = reduce(reduce(withOutbox(queued), { fact: "opened", conversation: CONVERSATION, timeline: { epoch: 1, segments: [] } }), { fact: "event", event });
    expect(sentAs(arrived, CONVERSATION, "r1")).toEqual({ event: "e1" });
  });

  it("forgets what never left, and gives the words back before what was begun since", () => {
    const { gateway } = gatewayWith(stateWith(told([])));
    const { actions, snapshot, dispose } = openComposer(gateway, CONVERSATION);
    actions.setDraft("oh", 2);
    actions.send();
    actions.setDraft("and", 3);
    expect(snapshot.current.canUndo).toBe(true);
    actions.undo();
    expect(snapshot.current).toMatchObject({ canUndo: false, draft: "oh\nand" });
    expect(gateway.current.outbox).toEqual([]);
    dispose();
  });

  it("waits for what is on its way, and deletes it once it has arrived", () => {
    const { gateway } = gatewayWith(stateWith(told([])));
    const { actions, dispose } = openComposer(gateway, CONVERSATION);
    gateway.tell({ fact: "opened", conversation: CONVERSATION, timeline: { epoch: 1, segments: [] } });
    actions.setDraft("oh", 2);
    actions.send();
    const [entry] = gateway.current.outbox;
    if (!entry) throw new Error("nothing was sent");
    gateway.tell({ fact: "outbox", entry: sending(entry) });
    actions.undo();
    expect(gateway.current.outbox.map(({ intent }) => intent.kind)).toEqual(["send"]);
    gateway.tell({ fact: "event", event: { ...event, client_ref: entry.ref } });
    expect(gateway.current.outbox.map(({ intent }) => intent)).toEqual([{ kind: "delete", event: "e1" }]);
    dispose();
  });
});

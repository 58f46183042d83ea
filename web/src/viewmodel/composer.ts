import type { NewPoll } from "../api/types.ts";
import type { Intent } from "../model/outbox.ts";
import { sentAs } from "./undo.ts";
import { may } from "../model/permission.ts";
import { draftOf, type ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { spoken, text } from "../text/text.ts";
import { displayOf, knownItems } from "../model/threads.ts";
import { enqueue } from "./deeds.ts";
import { freshRef } from "./fresh.ts";
import type { Gateway } from "./gateway.ts";
import { isoOf } from "./later.ts";
import { bodyOf, calledBy, mentionAt, suggestionsFor, type Suggestion } from "./mention.ts";
import { excerpt, titleOf } from "./names.ts";
import { explain } from "./problem.ts";
import { both, Observable, projection, type Readable } from "./observable.ts";
import type { MessageRow, Row } from "./rows.ts";

export type ComposerMode =
  | { readonly kind: "new" }
  | {
      readonly kind: "reply";
      readonly event: string;
      readonly author: string;
      readonly text: string;
      /** The thread that the answer goes into. */
      readonly thread?: string;
    }
  | { readonly kind: "edit"; readonly event: string; readonly before: string };

export interface ComposerSnapshot {
  readonly label: string;
  readonly placeholder: string;
  readonly draft: string;
  readonly mode: ComposerMode;
  readonly canSend: boolean;
  /** Whether what is written can be sent at a later time. */
  readonly canSendLater: boolean;
  /** Whether others are asked to acknowledge what is written. */
  readonly isImportant: boolean;
  /** Whether what is written becomes a new message, which may be more than words. */
  readonly canAddMore: boolean;
  /** How many people a message would call that waits to be confirmed. */
  readonly calls: number | null;
  /** Whether what was just sent can be taken back. */
  readonly canUndo: boolean;
  /** Why nothing can be written here. */
  readonly closed: string | null;
  readonly problem: string | null;
  readonly suggestions: readonly Suggestion[];
}

export interface ComposerActions {
  setDraft(text: string, caret: number): void;
  /** Sends what is written; what calls everybody in a large conversation waits for `confirm`. */
  send(): void;
  confirm(): void;
  unconfirm(): void;
  /** Asks others to acknowledge what is written, or no longer. */
  setImportant(isImportant: boolean): void;
  /** Sends a poll. */
  ask(question: string, poll: NewPoll): void;
  /** Has the server send what is written at a later time (Unix milliseconds). */
  sendLater(at: number): Promise<void>;
  /** Shares the draft at once, for a window that is about to end. */
  keep(): void;
  /** Names somebody at the end of what is written. */
  mention(address: string): void;
  /** Takes back what was just sent, also from the others, into the composer. */
  undo(): void;
  /** Answers a message; what is in a thread is answered there. */
  reply(row: MessageRow): void;
  /** Answers a message in the thread that it is in, or begins. */
  replyInThread(row: MessageRow): void;
  edit(row: MessageRow): void;
  /** Takes an unsent message back into the composer. */
  takeBack(row: MessageRow): void;
  editLast(rows: readonly Row[]): boolean;
  /** Leaves editing or replying; false when there was nothing to leave. */
  cancel(): boolean;
  /** The text with a suggestion taken over, and where the caret goes. */
  complete(suggestion: Suggestion): { text: string; caret: number };
}

export interface ComposerModel {
  readonly snapshot: Readable<ComposerSnapshot>;
  readonly actions: ComposerActions;
  dispose(): void;
}

interface Local {
  readonly draft: string;
  readonly caret: number;
  readonly mode: ComposerMode;
  readonly isImportant: boolean;
  readonly problem: string | null;
  readonly justSent: Sending | null;
  readonly calls: number | null;
}

/** What was said, to be said again. */
interface Sending {
  readonly ref: string;
  readonly said: string;
  readonly mode: ComposerMode;
}

/** Calling so many people or fewer needs no second thought. */
const CALLED_MAX = 10;
const UNDO_MS = 5_000;
const DRAFT_MS = 250;
const TYPING_MS = 4_000;

/** What writes into a conversation, or into one of its threads. */
export function openComposer(gateway: Gateway, conversation: string, now: () => number = Date.now, thread: string | null = null): ComposerModel {
  const record = () => gateway.current.conversations.get(conversation);
  const kept = () => (record() ? draftOf(record() as ConversationRecord, thread) : "");
  const local = new Observable<Local>({ draft: kept(), caret: 0, mode: { kind: "new" }, isImportant: false, problem: null, justSent: null, calls: null });
  /** Messages to be deleted as soon as it is known what they became. */
  const unwanted = new Set<string>();
  let undoTimer: ReturnType<typeof setTimeout> | undefined;
  /** The draft as the other tabs and devices know it. */
  let shared = local.current.draft;
  let draftTimer: ReturnType<typeof setTimeout> | undefined;
  let typingSince = 0;
  /** What was last asked to be sent later, so that asking again makes no second message. */
  let lastLater = { what: "", ref: "" };

  const snapshot = projection(both(gateway, local), ([state, mine]) => snapshotOf(state, conversation, thread, mine));

  const share = () => {
    clearTimeout(draftTimer);
    draftTimer = undefined;
    const { draft, mode } = local.current;
    if (mode.kind === "edit" || draft === shared) return;
    shared = draft;
    gateway.tell({ fact: "draft_here", conversation, text: draft, ...(thread === null ? {} : { thread }) });
  };

  /** Takes over a draft from elsewhere, unless something else is being written here. */
  const stopFollowing = gateway.subscribe(() => {
    for (const ref of [...unwanted]) takeAway(ref);
    const draft = kept();
    if (draft === shared) return;
    const isUntouched = local.current.draft === shared && local.current.mode.kind !== "edit";
    shared = draft;
    if (isUntouched) local.change({ draft, caret: draft.length });
  });

  const typing = (active: boolean) => {
    const isDue = active ? now() - typingSince > TYPING_MS : typingSince > 0;
    if (!isDue || record()?.kind === "notes") return;
    typingSince = active ? now() : 0;
    gateway.call("conversation.typing", { conversation, active }).catch(() => undefined);
  };

  const ask = (intent: Intent) => enqueue(gateway, conversation, now(), intent);

  /** What a message says of others: which one it answers, and the thread it goes into. */
  const ties = (mode: ComposerMode): { reply_to?: string; thread?: string } => {
    const root = thread ?? threadIn(mode);
    const isAnswer = mode.kind === "reply" && mode.event !== root;
    return { ...(isAnswer ? { reply_to: mode.event } : {}), ...(root === null ? {} : { thread: root }) };
  };

  const set = (mode: ComposerMode, draft: string) => local.change({ draft, caret: draft.length, mode, problem: null, calls: null });

  function takeAway(ref: string): void {
    const fate = sentAs(gateway.current, conversation, ref);
    if (fate === "unknown") return void unwanted.add(ref);
    unwanted.delete(ref);
    if (fate === "unsent") gateway.tell({ fact: "outbox_dropped", ref });
    else ask({ kind: "delete", event: fate.event });
  }

  const offerUndo = (justSent: Sending) => {
    clearTimeout(undoTimer);
    undoTimer = setTimeout(() => local.change({ justSent: null }), UNDO_MS);
    local.change({ justSent });
  };

  function answer(row: MessageRow, into: string | null): void {
    if (row.id === null) return;
    const author = row.isOwn ? text("you") : row.author;
    const event = knownItems(gateway.current.timelines.get(conversation)).find(({ event_id }) => event_id === row.id);
    const draft = local.current.mode.kind === "edit" ? kept() : local.current.draft;
    const said = event ? excerpt(event) : (row.text ?? "");
    set({ kind: "reply", event: row.id, author, text: said, ...(into === null ? {} : { thread: into }) }, draft);
  }

  const actions: ComposerActions = {
    setDraft(draft, caret) {
      const isEdit = local.current.mode.kind === "edit";
      const hasGrown = draft.length > local.current.draft.length;
      local.change({ draft, caret, problem: null });
      if (isEdit) return;
      typing(draft.trim() !== "" && hasGrown ? true : draft.trim() !== "" && typingSince > 0);
      draftTimer ??= setTimeout(share, DRAFT_MS);
    },
    send() {
      const { draft, mode } = local.current;
      const said = draft.trim();
      if (said === "") return;
      const calls = mode.kind === "edit" ? 0 : calledBy(gateway.current, conversation, said);
      if (calls > CALLED_MAX) local.change({ calls });
      else actions.confirm();
    },
    keep: share,
    unconfirm: () => local.change({ calls: null }),
    mention(address) {
      const { draft } = local.current;
      const said = `${draft}${draft === "" || /\s$/.test(draft) ? "" : " "}@${address.split("@")[0]} `;
      actions.setDraft(said, said.length);
    },
    confirm() {
      const { draft, mode, isImportant } = local.current;
      const said = draft.trim();
      const state = gateway.current;
      if (new TextEncoder().encode(said).length > (state.server?.limits.body_bytes_max ?? Infinity)) {
        return local.change({ problem: text("too_long"), calls: null });
      }
      const body = bodyOf(state, conversation, said);
      if (mode.kind === "edit") ask({ kind: "edit", event: mode.event, body });
      else offerUndo({ ref: ask({ kind: "send", body, ...ties(mode), ...(isImportant ? { needs_acknowledgement: true } : {}) }), said, mode });
      local.change({ isImportant: false });
      set({ kind: "new" }, mode.kind === "edit" ? kept() : "");
      typingSince = 0;
      share();
    },
    setImportant: (isImportant) => local.change({ isImportant }),
    ask(question, poll) {
      const { mode, draft } = local.current;
      enqueue(gateway, conversation, now(), { kind: "send", body: bodyOf(gateway.current, conversation, question), poll, ...ties(mode) });
      if (mode.kind === "reply") set({ kind: "new" }, draft);
    },
    async sendLater(at) {
      const { draft, mode } = local.current;
      const said = draft.trim();
      if (said === "" || mode.kind === "edit") return;
      const due_at = isoOf(at);
      if (lastLater.what !== due_at + said) lastLater = { what: due_at + said, ref: freshRef() };
      const body = bodyOf(gateway.current, conversation, said);
      const args = { conversation, client_ref: lastLater.ref, body, due_at, ...ties(mode) };
      const problem = await gateway.call("scheduled.add", args).then(() => null, explain);
      if (problem !== null) return local.change({ problem });
      lastLater = { what: "", ref: "" };
      if (local.current.draft.trim() === said) set({ kind: "new" }, "");
      typingSince = 0;
      share();
    },
    undo() {
      const { justSent, draft } = local.current;
      if (!justSent) return;
      local.change({ justSent: null });
      takeAway(justSent.ref);
      set(justSent.mode, [justSent.said, draft].filter((part) => part !== "").join("\n"));
      share();
    },
    reply(row) {
      const isInThread = row.root !== null && row.root !== row.id;
      answer(row, thread === null && isInThread ? row.root : null);
    },
    replyInThread(row) {
      answer(row, row.root);
    },
    edit(row) {
      if (row.id === null || row.text === null) return;
      share();
      set({ kind: "edit", event: row.id, before: row.text }, row.text);
    },
    takeBack(row) {
      if (row.ref === null) return;
      gateway.tell({ fact: "outbox_dropped", ref: row.ref });
      const { reply, root } = row;
      const isAnswer = thread === null && reply !== null && root !== null;
      set(isAnswer ? { kind: "reply", event: root, author: reply.author, text: reply.text, thread: root } : { kind: "new" }, row.text ?? "");
      share();
    },
    editLast(rows) {
      const last = rows.findLast((row): row is MessageRow => row.kind === "message" && row.canEdit);
      if (!last || local.current.draft !== "") return false;
      actions.edit(last);
      return true;
    },
    cancel() {
      const { mode, draft } = local.current;
      if (mode.kind === "new") return false;
      set({ kind: "new" }, mode.kind === "edit" ? kept() : draft);
      return true;
    },
    complete(suggestion) {
      const { draft, caret } = local.current;
      const start = mentionAt(draft, caret)?.start ?? caret;
      const head = `${draft.slice(0, start)}@${suggestion.handle} `;
      local.change({ draft: head + draft.slice(caret), caret: head.length });
      return { text: head + draft.slice(caret), caret: head.length };
    },
  };

  return {
    snapshot,
    actions,
    dispose() {
      share();
      clearTimeout(undoTimer);
      stopFollowing();
    },
  };
}

function snapshotOf(state: State, conversation: string, thread: string | null, { draft, caret, mode, isImportant, problem, justSent, calls }: Local): ComposerSnapshot {
  const record = state.conversations.get(conversation);
  const closed = record ? closedBecause(record, thread ?? threadIn(mode)) : null;
  const isTopic = thread === null && record !== undefined && displayOf(record) === "topics";
  return {
    label: record ? labelOf(state, record, thread, isTopic) : "",
    placeholder: text(thread !== null ? "thread_reply" : isTopic ? "topic_compose" : "compose_placeholder"),
    draft,
    mode,
    canSend: closed === null && draft.trim() !== "",
    canSendLater: closed === null && draft.trim() !== "" && mode.kind !== "edit" && !isImportant,
    isImportant: isImportant && mode.kind !== "edit",
    canAddMore: closed === null && mode.kind !== "edit",
    calls,
    canUndo: justSent !== null,
    closed,
    problem,
    suggestions: record && record.kind !== "direct" ? suggestionsFor(state, record, draft, caret) : [],
  };
}

/** The thread that an answer goes into. */
function threadIn(mode: ComposerMode): string | null {
  return (mode.kind === "reply" ? mode.thread : undefined) ?? null;
}

function labelOf(state: State, record: ConversationRecord, thread: string | null, isTopic: boolean): string {
  if (thread !== null) return text("thread_reply");
  return spoken(isTopic ? "topic_compose_in" : "compose", { name: titleOf(state, record) });
}

function closedBecause(record: ConversationRecord, thread: string | null): string | null {
  if (record.settings.archived) return text("archived");
  if (thread !== null) return may(record, "comment") ? null : text("cannot_comment");
  return may(record, "post") ? null : text("cannot_post");
}

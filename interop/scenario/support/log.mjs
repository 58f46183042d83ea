import { createHash } from "node:crypto";

/** Kinds of events that have no line of their own. */
const FOLDED = new Set(["edit", "delete", "reaction"]);

/** One line of a conversation, in the words that everybody is compared in. */
export function line({ at, who, text, isDeleted, isEdited, reactions, reply }) {
  if (isDeleted) return `${at} ${who} (deleted)`;
  return [
    `${at} ${who}: ${text}`,
    isEdited ? " (edited)" : "",
    reply ? ` (answers ${reply})` : "",
    ...reactions.map(({ emoji, count }) => ` [${emoji} ${count}]`),
  ].join("");
}

/** What the server tells of a log, event by event, brought to the form of the terminal's timeline. */
export function entriesOfServer(events) {
  return events
    .filter(({ kind }) => !FOLDED.has(kind))
    .map(({ seq, event_id, at, sender, kind, content, fold }) => ({
      seq,
      event_id,
      at,
      sender,
      kind,
      ...contentOf(kind, content, fold),
    }));
}

function contentOf(kind, content, fold) {
  if (kind === "message") return messageOf(content, fold);
  return kind === "settings" ? { settings: content } : content;
}

function messageOf(content, fold) {
  return {
    text: content.body.text,
    edited: fold?.edited_at !== undefined,
    reply_to: content.reply_to ?? null,
    reactions: fold?.reactions ?? [],
  };
}

/** The lines of entries, as a person reads them. `names` are those of the addresses. */
export function linesOf(entries, names, { isDirect }) {
  const byId = new Map(entries.map((entry) => [entry.event_id, entry]));
  const shown = isDirect ? entries.filter(({ kind }) => kind === "message" || kind === "deleted") : entries;
  return shown.map((entry) => lineOf(entry, byId, names));
}

function lineOf(entry, byId, names) {
  const who = names.get(entry.sender);
  switch (entry.kind) {
    case "message":
    case "deleted": {
      const { text, edited: isEdited, reactions } = entry;
      const isDeleted = entry.kind === "deleted";
      return line({ at: entry.at.slice(11, 16), who, text, isDeleted, isEdited, reactions, reply: answered(entry, byId, names) });
    }
    case "membership":
      return `${names.get(entry.user)} ${entry.change}`;
    case "settings":
      return `${who} named the conversation “${entry.settings.name}”`;
    default:
      throw new Error(`nobody said how to read ${JSON.stringify(entry)}`);
  }
}

function answered({ reply_to }, byId, names) {
  const target = reply_to && byId.get(reply_to);
  return target && `${names.get(target.sender)}: ${target.kind === "deleted" ? "Message deleted" : target.text}`;
}

/** A log in a few letters. */
export function hashOf(lines) {
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 32);
}

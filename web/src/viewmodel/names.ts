import type { Event } from "../api/types.ts";
import type { ConversationRecord } from "../model/record.ts";
import type { State } from "../model/state.ts";
import { text } from "../text/text.ts";

/** How somebody or something is pictured where there is no picture. */
export interface Face {
  readonly initials: string;
  /** A colour of their own, as an angle. */
  readonly hue: number;
}

export function nameOf(state: State, address: string): string {
  if (address === state.me?.address) return state.me.display_name;
  return state.users.get(address)?.display_name || (address.split("@")[0] ?? address);
}

export function titleOf(state: State, record: ConversationRecord): string {
  if (record.kind === "direct" && record.peer) return nameOf(state, record.peer.address);
  if (record.kind === "notes") return text("notes");
  return record.settings.name || text("unnamed_group");
}

export function faceOf(name: string, identity: string): Face {
  const words = name.split(/[\s._-]+/).filter((word) => word !== "");
  const letters = words.slice(0, 2).map((word) => [...word][0] ?? "");
  return { initials: letters.join("").toUpperCase() || "?", hue: hueOf(identity) };
}

export function faceOfConversation(state: State, record: ConversationRecord): Face {
  return faceOf(titleOf(state, record), record.peer?.address ?? record.conversation);
}

function hueOf(identity: string): number {
  let hash = 0;
  for (const char of identity) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % 360;
}

/** One line that stands for a message: no line breaks, no markdown marks. */
export function excerpt(event: Event): string {
  if (event.kind !== "message") return text("deleted_preview");
  if (event.content.body.type !== "text") return text("opaque_preview");
  return plain(event.content.body.text);
}

/** What has to be opened to be read is told nowhere else. */
export function withoutSpoilers(markdown: string): string {
  return markdown.replace(/\|\|(?!\s)[^\n]+?(?<!\s)\|\|/gu, "▒▒▒");
}

export function plain(markdown: string): string {
  return withoutSpoilers(markdown)
    .replace(/```\w*\n?|[*~`]{1,3}|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])|^>\s?/gmu, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
}

import type { Role } from "../api/types.ts";
import type { ConversationRecord } from "./record.ts";

/** Things a role is needed for. */
export type Permission = "post" | "comment" | "react" | "mention_all" | "pin" | "invite" | "settings" | "moderate";

const ORDER: readonly Role[] = ["owner", "moderator", "member", "reader"];

/** Whether my role is enough for this; the server has the last word. */
export function may({ membership, settings }: ConversationRecord, permission: Permission): boolean {
  const needed = settings.permissions[permission] ?? (permission === "comment" ? settings.permissions.post : undefined);
  return needed === undefined || ORDER.indexOf(membership.role) <= ORDER.indexOf(needed);
}

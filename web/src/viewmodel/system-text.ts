import type { Event } from "../api/types.ts";
import type { Item } from "../model/item.ts";
import type { State } from "../model/state.ts";
import { text, type TextKey } from "../text/text.ts";
import { duration } from "./durations.ts";
import { nameOf } from "./names.ts";

/** What happened to a conversation, in words. */
export function systemText(state: State, item: Item): string {
  const who = nameOf(state, item.sender);
  if (item.kind === "pin") return text(item.content.pinned ? "sys_pinned" : "sys_unpinned", { who });
  if (item.kind === "settings") return settingsText(who, item.content);
  if (item.kind !== "membership") return "";
  const { user, change, role } = item.content;
  const key: TextKey = `sys_${change}`;
  return text(key, { name: nameOf(state, user), role: role ? text(`role_${role}`) : "" });
}

function settingsText(who: string, change: Extract<Event, { kind: "settings" }>["content"]): string {
  if (change.expire_after_s === 0) return text("sys_timer_off", { who });
  if (change.expire_after_s != null) return text("sys_timer", { who, time: duration(change.expire_after_s) });
  if (change.thread_display != null) return text(`sys_threads_${change.thread_display}`, { who });
  if (change.name != null) return text("sys_renamed", { who, name: change.name });
  if (change.topic != null) return text("sys_topic", { who, topic: change.topic });
  return text("sys_settings", { who });
}

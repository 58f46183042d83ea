import type { PlainTextKey } from "../text/text.ts";

export type ShortcutId =
  | "switcher" | "search" | "new" | "settings" | "help" | "next_unread" | "compose" | "favourite_up" | "favourite_down"
  | "message_next" | "message_previous" | "reply" | "thread" | "edit" | "react";

export interface Shortcut {
  readonly id: ShortcutId;
  /** Where it works: in the whole window, or on messages. */
  readonly scope: "anywhere" | "messages";
  /** The keys as they come, for example `mod+shift+f` or `j`; `mod` is Ctrl, or Command on a Mac. */
  readonly combo: string;
  readonly text: PlainTextKey;
}

/** Every shortcut that can be given other keys. */
export const SHORTCUTS: readonly Shortcut[] = [
  { id: "switcher", scope: "anywhere", combo: "mod+k", text: "shortcut_switcher" },
  { id: "search", scope: "anywhere", combo: "mod+shift+f", text: "shortcut_search" },
  { id: "new", scope: "anywhere", combo: "alt+n", text: "shortcut_new" },
  { id: "settings", scope: "anywhere", combo: "mod+,", text: "shortcut_settings" },
  { id: "help", scope: "anywhere", combo: "?", text: "shortcut_help" },
  { id: "next_unread", scope: "anywhere", combo: "n", text: "shortcut_next_unread" },
  { id: "compose", scope: "anywhere", combo: "c", text: "shortcut_compose" },
  { id: "favourite_up", scope: "anywhere", combo: "alt+arrowup", text: "shortcut_favourite_up" },
  { id: "favourite_down", scope: "anywhere", combo: "alt+arrowdown", text: "shortcut_favourite_down" },
  { id: "message_next", scope: "messages", combo: "j", text: "shortcut_message_next" },
  { id: "message_previous", scope: "messages", combo: "k", text: "shortcut_message_previous" },
  { id: "reply", scope: "messages", combo: "r", text: "shortcut_reply" },
  { id: "thread", scope: "messages", combo: "t", text: "shortcut_thread" },
  { id: "edit", scope: "messages", combo: "e", text: "shortcut_edit_message" },
  { id: "react", scope: "messages", combo: "a", text: "shortcut_react" },
];

/** What the same keys mean everywhere on a computer, and so stays as it is. */
export const FIXED: readonly { readonly combos: readonly string[]; readonly text: PlainTextKey }[] = [
  { combos: ["arrowup"], text: "shortcut_edit" },
  { combos: ["escape"], text: "shortcut_escape" },
];

export type Keys = Readonly<Partial<Record<ShortcutId, string>>>;

/** What of a key press tells which keys were pressed. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** The pressed keys as a shortcut names them; a sign that needs Shift stands for itself. */
export function comboOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyPress): string {
  const name = key === " " ? "space" : key.toLowerCase();
  const isSign = [...name].length === 1 && name === key.toUpperCase();
  const parts = [ctrlKey || metaKey ? "mod" : "", altKey ? "alt" : "", shiftKey && !isSign ? "shift" : "", name];
  return parts.filter((part) => part !== "").join("+");
}

/** Whether a shortcut is one character, which somebody may type or say without meaning it (WCAG 2.2, 2.1.4). */
export function isSingle(combo: string): boolean {
  return [...combo].length === 1;
}

export function comboFor(shortcut: Shortcut, keys: Keys): string {
  return keys[shortcut.id] ?? shortcut.combo;
}

/** The shortcut that was pressed. Single characters are text while somebody types, and can be switched off. */
export function pressed(press: KeyPress, keys: Keys, hasSingleKeys: boolean): ShortcutId | null {
  const combo = comboOf(press);
  if (isSingle(combo) && !hasSingleKeys) return null;
  return SHORTCUTS.find((shortcut) => comboFor(shortcut, keys) === combo)?.id ?? null;
}

/** The shortcut that has these keys already, other than `id`. */
export function takenBy(combo: string, id: ShortcutId, keys: Keys): Shortcut | null {
  return SHORTCUTS.find((other) => other.id !== id && comboFor(other, keys) === combo) ?? null;
}

/** Whether keys can be a shortcut: not a modifier alone, and not what writing or moving needs. */
export function isUsable(combo: string): boolean {
  if (/^(mod\+)?alt\+arrow(up|down)$/.test(combo)) return true;
  const last = combo.split("+").at(-1) ?? "";
  return !/^(control|shift|alt|meta|tab|enter|escape|space|arrow\w+|dead|process)$/.test(last);
}

import { text } from "../text/text.ts";

/** The keys of a shortcut as they stand on a keyboard. */
export function keysOf(combo: string): readonly string[] {
  return combo.split("+").map(nameOfKey);
}

function nameOfKey(key: string): string {
  switch (key) {
    case "mod":
      return /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : text("key_ctrl");
    case "alt":
    case "shift":
    case "escape":
    case "enter":
      return text(`key_${key}`);
    case "arrowup":
      return "↑";
    case "arrowdown":
      return "↓";
    default:
      return key.toUpperCase();
  }
}

/** Whether a key press goes to something that takes text, or to a dialog, which has keys of its own. */
export function isElsewhere({ target }: KeyboardEvent): "text" | "dialog" | null {
  if (!(target instanceof Element)) return null;
  if (document.querySelector("dialog[open]")) return "dialog";
  return target.closest("input, textarea, select, [contenteditable]") ? "text" : null;
}

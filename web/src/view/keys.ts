const NAMES: Readonly<Record<string, string>> = { alt: "Alt", shift: "Shift", arrowup: "↑", arrowdown: "↓", escape: "Esc", enter: "Enter" };

/** The keys of a shortcut as they stand on a keyboard. */
export function keysOf(combo: string): readonly string[] {
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  return combo.split("+").map((key) => (key === "mod" ? (isMac ? "⌘" : "Ctrl") : (NAMES[key] ?? key.toUpperCase())));
}

/** Whether a key press goes to something that takes text, or to a dialog, which has keys of its own. */
export function isElsewhere({ target }: KeyboardEvent): "text" | "dialog" | null {
  if (!(target instanceof Element)) return null;
  if (document.querySelector("dialog[open]")) return "dialog";
  return target.closest("input, textarea, select, [contenteditable]") ? "text" : null;
}

import { describe, expect, it } from "vitest";
import { DEFAULTS, openPreferences } from "../src/viewmodel/preferences.ts";
import { comboOf, isUsable, pressed, SHORTCUTS, takenBy } from "../src/viewmodel/shortcuts.ts";

function press(key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) {
  return { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held };
}

describe("shortcuts", () => {
  it("are named after their keys, with Command for Ctrl and without the Shift that a sign needs", () => {
    expect(comboOf(press("k", { ctrlKey: true }))).toBe("mod+k");
    expect(comboOf(press("k", { metaKey: true }))).toBe("mod+k");
    expect(comboOf(press("F", { ctrlKey: true, shiftKey: true }))).toBe("mod+shift+f");
    expect(comboOf(press("?", { shiftKey: true }))).toBe("?");
    expect(comboOf(press("J", { shiftKey: true }))).toBe("shift+j");
  });

  it("have keys of their own each", () => {
    expect(new Set(SHORTCUTS.map(({ combo }) => combo)).size).toBe(SHORTCUTS.length);
    expect(SHORTCUTS.every(({ combo }) => isUsable(combo))).toBe(true);
  });

  it("follow the keys that a person gave them", () => {
    const keys = { reply: "y" };
    expect(pressed(press("y"), keys, true)).toBe("reply");
    expect(pressed(press("r"), keys, true)).toBeNull();
    expect(takenBy("y", "edit", keys)?.id).toBe("reply");
    expect(takenBy("y", "reply", keys)).toBeNull();
  });

  it("of a single letter can be switched off, others stay", () => {
    expect(pressed(press("j"), {}, false)).toBeNull();
    expect(pressed(press("k", { ctrlKey: true }), {}, false)).toBe("switcher");
  });

  it("leave alone what writing and moving need", () => {
    for (const combo of ["tab", "enter", "mod+enter", "arrowup", "shift", "space"]) expect(isUsable(combo)).toBe(false);
  });
});

describe("preferences of a browser", () => {
  function storage(kept: Record<string, string> = {}) {
    return { kept, getItem: (key: string) => kept[key] ?? null, setItem: (key: string, value: string) => void (kept[key] = value) };
  }

  it("are kept, and what was never chosen follows the defaults", () => {
    const place = storage();
    openPreferences(place).change({ enterSends: false });
    expect(openPreferences(place).current).toEqual({ ...DEFAULTS, enterSends: false });
  });

  it("are the defaults where what is kept cannot be read", () => {
    expect(openPreferences(storage({ "parlance-preferences": "{" })).current).toEqual(DEFAULTS);
  });
});

import type { Density, TextSize } from "../viewmodel/preferences.ts";

/** Which colours a person wants; kept per browser. */
export type Theme = "system" | "light" | "dark";

const KEY = "parlance-theme";
/** The colours of the window around the page, as in index.html. */
const AROUND = { light: "#f7f9fa", dark: "#14191d" };

export function currentTheme(): Theme {
  const theme = document.documentElement.dataset["theme"];
  return theme === "light" || theme === "dark" ? theme : "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") {
    delete document.documentElement.dataset["theme"];
    localStorage.removeItem(KEY);
  } else {
    document.documentElement.dataset["theme"] = theme;
    localStorage.setItem(KEY, theme);
  }
  paintAround(theme);
}

function paintAround(theme: Theme): void {
  const scheme = document.querySelector<HTMLMetaElement>("meta[name=color-scheme]");
  if (scheme) scheme.content = theme === "system" ? "light dark" : theme;
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) {
    meta.content = AROUND[theme === "system" ? (meta.media.includes("dark") ? "dark" : "light") : theme];
  }
}

/** Gives everything this much room, and writes it this large. */
export function setLooks(density: Density, textSize: TextSize): void {
  const { dataset } = document.documentElement;
  dataset["density"] = density;
  dataset["textSize"] = textSize;
}

import type { BrowserContextOptions } from "playwright-core";

const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** A look at every screen takes most of a minute, and longer while something else is being built. */
export const LOOK_MS_MAX = 600_000;

/** The ways in which every screen has to look well. */
export const LOOKS: readonly { readonly look: string; readonly options: BrowserContextOptions }[] = [
  { look: "desktop-light", options: { ...DESKTOP, colorScheme: "light" } },
  { look: "desktop-dark", options: { ...DESKTOP, colorScheme: "dark" } },
  { look: "phone-light", options: { ...PHONE, colorScheme: "light" } },
  { look: "phone-dark", options: { ...PHONE, colorScheme: "dark" } },
  { look: "desktop-arabic", options: { ...DESKTOP, colorScheme: "light", locale: "ar" } },
  { look: "phone-arabic", options: { ...PHONE, colorScheme: "dark", locale: "ar" } },
];

import { mount } from "svelte";
import { startApp } from "../viewmodel/app.ts";
import type { LanguageModel } from "../viewmodel/language.ts";
import type { PreferencesModel } from "../viewmodel/preferences.ts";
import App from "../view/App.svelte";
import Gallery from "./Gallery.svelte";
import { DOORSTEP, screensOf, type Screen } from "./screens.ts";

export function showIn(target: HTMLElement, path: string, preferences: PreferencesModel, language: LanguageModel): void {
  const screens = screensOf(preferences, language);
  const screen = screens.find(({ name }) => path === `/gallery/${name}`);
  if (screen) showScreen(target, screen);
  else mount(Gallery, { target, props: { screens } });
}

function showScreen(target: HTMLElement, { path, gateway, dialog }: Screen): void {
  const stay = () => undefined;
  const app = startApp({
    restore: async () => gateway,
    enter: () => Promise.reject(new Error("There is no server in the gallery.")),
    doorstep: DOORSTEP,
    languages: navigator.languages,
    install: { onChange: stay, ask: stay },
    updates: null,
    storage: { getItem: () => null, setItem: stay },
    address: { path: () => path, push: stay, replace: stay, onBack: stay },
  });
  mount(App, { target, props: { app } });
  if (dialog) mount(dialog.component, { target, props: dialog.props });
}

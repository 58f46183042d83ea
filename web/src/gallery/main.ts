import { mount } from "svelte";
import { startApp } from "../viewmodel/app.ts";
import App from "../view/App.svelte";
import Gallery from "./Gallery.svelte";
import { DOORSTEP, SCREENS, type Screen } from "./screens.ts";

/** Shows every component in every state, or one window of the client, without a server. */
export function show(target: HTMLElement, path: string): void {
  const screen = SCREENS.find(({ name }) => path === `/gallery/${name}`);
  if (screen) showScreen(target, screen);
  else mount(Gallery, { target });
}

function showScreen(target: HTMLElement, { path, gateway, dialog }: Screen): void {
  const stay = () => undefined;
  const app = startApp({
    restore: async () => gateway,
    enter: () => Promise.reject(new Error("There is no server in the gallery.")),
    doorstep: DOORSTEP,
    storage: { getItem: () => null, setItem: stay },
    address: { path: () => path, push: stay, replace: stay, onBack: stay },
  });
  mount(App, { target, props: { app } });
  if (dialog) mount(dialog.component, { target, props: dialog.props });
}

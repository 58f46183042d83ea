import { mount } from "svelte";
import { doorstep } from "./api/http.ts";
import { startApp, type Surroundings } from "./viewmodel/app.ts";
import App from "./view/App.svelte";
import "./view/style/tokens.css";
import "./view/style/base.css";
import "./view/style/controls.css";
import { AccountTab } from "./worker/account.ts";
import { Database } from "./worker/database.ts";
import { installer } from "./worker/install.ts";
import { keepClient, registerServiceWorker } from "./worker/register.ts";

const surroundings: Surroundings = {
  async restore() {
    const database = new Database();
    const account = await database.account();
    return account && AccountTab.open(database, account);
  },
  async enter({ token, me }) {
    const database = new Database();
    const account = { token, me, server: null };
    await database.setAccount(account);
    keepClient();
    return AccountTab.open(database, account);
  },
  doorstep,
  languages: navigator.languages,
  install: installer(),
  updates: import.meta.env.PROD ? registerServiceWorker() : null,
  storage: localStorage,
  address: {
    path: () => location.pathname,
    push: (path) => history.pushState(null, "", path),
    replace: (path) => history.replaceState(null, "", path),
    onBack: (listener) => addEventListener("popstate", listener),
  },
};

const target = document.getElementById("app");
if (target && import.meta.env.DEV && location.pathname.startsWith("/gallery")) {
  void import("./gallery/main.ts").then(({ show }) => show(target, location.pathname));
} else if (target) {
  mount(App, { target, props: { app: startApp(surroundings) } });
}

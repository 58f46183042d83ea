import { mount } from "svelte";
import { startApp, type Surroundings } from "./viewmodel/app.ts";
import App from "./view/App.svelte";
import "./view/style/tokens.css";
import "./view/style/base.css";
import "./view/style/controls.css";
import { AccountTab } from "./worker/account.ts";
import { Database, type Account } from "./worker/database.ts";
import { registerServiceWorker } from "./worker/register.ts";

async function open(database: Database, account: Account): Promise<AccountTab> {
  return new AccountTab(database, account, await database.state(account));
}

const surroundings: Surroundings = {
  async restore() {
    const database = new Database();
    const account = await database.account();
    return account && open(database, account);
  },
  async enter({ token, me }) {
    const database = new Database();
    const account = { token, me, server: null };
    await database.setAccount(account);
    return open(database, account);
  },
  address: {
    path: () => location.pathname,
    push: (path) => history.pushState(null, "", path),
    replace: (path) => history.replaceState(null, "", path),
    onBack: (listener) => addEventListener("popstate", listener),
  },
};

const target = document.getElementById("app");
if (target) mount(App, { target, props: { app: startApp(surroundings) } });
if (import.meta.env.PROD) registerServiceWorker();

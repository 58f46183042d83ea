import type { Component } from "svelte";
import type { Doorstep } from "../api/http.ts";
import { reduce } from "../model/state.ts";
import CheatSheet from "../view/CheatSheet.svelte";
import Confirm from "../view/Confirm.svelte";
import DateDialog from "../view/DateDialog.svelte";
import Details from "../view/Details.svelte";
import DirectoryDialog from "../view/DirectoryDialog.svelte";
import FoldersDialog from "../view/FoldersDialog.svelte";
import MessageInfo from "../view/MessageInfo.svelte";
import MessageMenu from "../view/MessageMenu.svelte";
import NewConversation from "../view/NewConversation.svelte";
import Acknowledgements from "../view/Acknowledgements.svelte";
import ComposerMenu from "../view/ComposerMenu.svelte";
import PersonCard from "../view/PersonCard.svelte";
import PollDialog from "../view/PollDialog.svelte";
import PollVotes from "../view/PollVotes.svelte";
import ReportDialog from "../view/ReportDialog.svelte";
import RowMenu from "../view/RowMenu.svelte";
import SearchDialog from "../view/SearchDialog.svelte";
import ScheduledDialog from "../view/ScheduledDialog.svelte";
import SendLater from "../view/SendLater.svelte";
import Settings from "../view/Settings.svelte";
import Switcher from "../view/Switcher.svelte";
import Tour from "../view/Tour.svelte";
import UpdateNotice from "../view/UpdateNotice.svelte";
import { conversationsOf } from "../viewmodel/conversations.ts";
import type { Gateway } from "../viewmodel/gateway.ts";
import { openInstall } from "../viewmodel/install.ts";
import type { LanguageModel } from "../viewmodel/language.ts";
import type { PreferencesModel } from "../viewmodel/preferences.ts";
import { messageRow, poll } from "./pieces.ts";
import { BOB, DOMAIN, minutesAgo, PEOPLE } from "./log.ts";
import { CONVERSATIONS, gatewayWith, SERVER, stateWith, withThreads } from "./world.ts";

/** A window of the client: where it is, who is signed in, and the dialog that is open in it. */
export interface Screen {
  readonly name: string;
  readonly path: string;
  readonly gateway: Gateway | null;
  readonly dialog?: { readonly component: Component<any>; readonly props: Record<string, unknown> };
}

const nothing = () => undefined;
const full = gatewayWith(stateWith(CONVERSATIONS));
const offline = gatewayWith(reduce(stateWith(CONVERSATIONS), { fact: "link", link: "offline", since: 0 }));
const favourite = conversationsOf(full).current.rows.find(({ isFavourite }) => isFavourite);
const dialog = (component: Component<any>, props: Record<string, unknown> = {}) => ({
  component,
  props: { gateway: full, onopen: nothing, onclose: nothing, ...props },
});

/** A browser that would install the client. */
const OFFERED = openInstall({ onChange: (tell) => tell(true), ask: nothing });

export const screensOf = (preferences: PreferencesModel, language: LanguageModel): readonly Screen[] => [
  { name: "sign-in", path: "/", gateway: null },
  { name: "register", path: "/invite/5fK2", gateway: null },
  { name: "home", path: "/", gateway: full },
  { name: "nothing-yet", path: "/", gateway: gatewayWith(stateWith([])) },
  { name: "group", path: "/c/plans", gateway: full },
  { name: "direct", path: "/c/bob", gateway: full },
  { name: "threads", path: "/c/garden", gateway: full },
  { name: "thread", path: "/c/garden/t/garden-1", gateway: full },
  { name: "thread-list", path: "/c/garden/threads", gateway: full },
  { name: "threads-inline", path: "/c/garden", gateway: gatewayWith(stateWith(withThreads("inline"))) },
  { name: "topics", path: "/c/garden", gateway: gatewayWith(stateWith(withThreads("topics"))) },
  { name: "topic", path: "/c/garden/t/garden-2", gateway: gatewayWith(stateWith(withThreads("topics"))) },
  { name: "read-only", path: "/c/news", gateway: full },
  { name: "empty-conversation", path: "/c/notes", gateway: full },
  { name: "unknown-conversation", path: "/c/nowhere", gateway: full },
  { name: "offline", path: "/c/carol", gateway: offline },
  { name: "join", path: "/join/5fK2", gateway: full },
  { name: "settings", path: "/", gateway: full, dialog: dialog(Settings, { preferences, language, install: OFFERED, onshortcuts: nothing }) },
  { name: "details", path: "/c/plans", gateway: full, dialog: dialog(Details, { conversation: "plans", onleft: nothing, onfolders: nothing }) },
  ...(["members", "joining", "rules", "reports"] as const).map((tab) => ({ name: `details-${tab}`, path: "/c/plans", gateway: full, dialog: dialog(Details, { conversation: "plans", tab, onleft: nothing, onfolders: nothing }) })),
  { name: "request", path: "/c/stranger", gateway: full },
  { name: "report", path: "/c/plans", gateway: full, dialog: dialog(ReportDialog, { address: BOB, name: "Bob Bramble", message: { conversation: "plans", event: "x" } }) },
  { name: "directory", path: "/", gateway: full, dialog: dialog(DirectoryDialog) },
  { name: "folders", path: "/", gateway: full, dialog: dialog(FoldersDialog, { conversation: "plans" }) },
  { name: "conversation-menu", path: "/", gateway: full, dialog: dialog(RowMenu, { row: favourite, place: { x: 320, y: 120, isOwn: true }, canUp: true, canDown: true, isArchived: false, onact: nothing }) },
  { name: "new-conversation", path: "/", gateway: full, dialog: dialog(NewConversation, { onbrowse: nothing }) },
  { name: "switcher", path: "/", gateway: full, dialog: dialog(Switcher, { recent: [] }) },
  { name: "shortcuts", path: "/", gateway: full, dialog: { component: CheatSheet, props: { preferences, onclose: nothing } } },
  { name: "search", path: "/", gateway: full, dialog: dialog(SearchDialog, { conversation: null }) },
  { name: "message-menu", path: "/c/plans", gateway: full, dialog: dialog(MessageMenu, { row: messageRow({ canEdit: true, canDelete: true }), place: { x: 420, y: 200, isOwn: false }, onreact: nothing, onact: nothing }) },
  { name: "person", path: "/c/plans", gateway: full, dialog: dialog(PersonCard, { address: BOB, onmention: nothing }) },
  { name: "message-info", path: "/c/plans", gateway: full, dialog: { component: MessageInfo, props: { row: messageRow({ saidAt: minutesAgo(90_000), editedAt: minutesAgo(3), status: { state: "read", label: "Read" } }), onclose: nothing } } },
  { name: "update", path: "/c/plans", gateway: full, dialog: { component: UpdateNotice, props: { onuse: nothing, onlater: nothing } } },
  { name: "tour", path: "/", gateway: full, dialog: { component: Tour, props: { onend: nothing } } },
  { name: "date", path: "/c/plans", gateway: full, dialog: { component: DateDialog, props: { ongo: nothing, onclose: nothing } } },
  { name: "composer-menu", path: "/c/plans", gateway: full, dialog: { component: ComposerMenu, props: { place: { x: 320, y: 600, isOwn: false }, onclose: nothing, onpoll: nothing, onimportant: nothing } } },
  { name: "poll", path: "/c/plans", gateway: full, dialog: { component: PollDialog, props: { optionsMax: 20, onask: nothing, onclose: nothing } } },
  { name: "poll-votes", path: "/c/plans", gateway: full, dialog: { component: PollVotes, props: { poll: poll({}), onclose: nothing } } },
  { name: "acknowledgements", path: "/c/plans", gateway: full, dialog: dialog(Acknowledgements, { conversation: "plans", event: "plans-4" }) },
  { name: "send-later", path: "/c/plans", gateway: full, dialog: { component: SendLater, props: { onchoose: nothing, onclose: nothing } } },
  { name: "scheduled", path: "/c/plans", gateway: full, dialog: dialog(ScheduledDialog, { conversation: "plans" }) },
  { name: "confirm", path: "/c/plans", gateway: full, dialog: dialog(Confirm, { title: "Delete this message?", hint: "It will be deleted for everyone.", action: "Delete", onconfirm: nothing }) },
];

const [, inviter] = PEOPLE;

/** What a stranger is told, without a server. */
export const DOORSTEP: Doorstep = {
  server: async () => SERVER,
  invitation: async () => ({ domain: DOMAIN, admin: false, contact: true, ...(inviter ? { inviter } : {}) }),
  signIn: () => Promise.reject(new Error("There is no server in the gallery.")),
  register: () => Promise.reject(new Error("There is no server in the gallery.")),
};

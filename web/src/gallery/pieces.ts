import type { Component } from "svelte";
import Avatar from "../view/Avatar.svelte";
import ConversationRow from "../view/ConversationRow.svelte";
import CopyField from "../view/CopyField.svelte";
import Message from "../view/Message.svelte";
import NewsPill from "../view/NewsPill.svelte";
import DetailsLink from "../view/DetailsLink.svelte";
import DetailsMember from "../view/DetailsMember.svelte";
import LinkForm from "../view/LinkForm.svelte";
import PersonRow from "../view/PersonRow.svelte";
import QrCode from "../view/QrCode.svelte";
import StatusIcon from "../view/StatusIcon.svelte";
import TimelineDivider from "../view/TimelineDivider.svelte";
import { conversationsOf } from "../viewmodel/conversations.ts";
import { faceOf } from "../viewmodel/names.ts";
import type { PollView } from "../viewmodel/poll.ts";
import { rowsOf, type MessageRow, type Row, type Status } from "../viewmodel/rows.ts";
import { BOB } from "./log.ts";
import { CONVERSATIONS, eventsOf, gatewayWith, stateWith } from "./world.ts";

/** One component in one state. */
export interface Piece {
  readonly name: string;
  readonly component: Component<any>;
  readonly props: Record<string, unknown>;
}

const nothing = () => undefined;
const state = stateWith(CONVERSATIONS);

function rows(): readonly Row[] {
  const record = state.conversations.get("plans");
  if (!record) return [];
  return rowsOf({ state, record, items: eventsOf("plans"), isFromStart: true, isToEnd: true, divider: 9, highlight: null, answered: new Map(), now: Date.now() });
}

const first = rows().find((row): row is MessageRow => row.kind === "message");

/** A message that is like the first one but for this. */
export function messageRow(change: Partial<MessageRow>): MessageRow {
  if (!first) throw new Error("The gallery has no message.");
  return { ...first, ...change };
}

function messagePiece(name: string, change: Partial<MessageRow>): Piece {
  return { name: `Message: ${name}`, component: Message, props: { row: messageRow(change), me: BOB, onreact: nothing, onanswer: nothing, onreply: nothing, onmenu: nothing, onthread: nothing, onretry: nothing, ondiscard: nothing, ontakeback: nothing, ongoto: nothing } };
}

const STATUSES: readonly Status[] = ["queued", "sending", "sent", "delivered", "read", "failed"];
const status = (of: Status) => ({ state: of, label: of });
const reactions = ["👍", "❤️", "😂"].map((emoji, index) => ({ key: emoji, emoji, count: index + 1, isMine: index === 1, label: `${emoji}, ${index + 1} reactions`, names: "Bob" }));

export function poll(change: Partial<PollView>): PollView {
  const option = (text: string, count: number, share: number, isMine: boolean) => ({ text, count, share, isMine, names: ["Bob Bramble", "You"] });
  const options = [option("The reading room", 7, 58, true), option("A place outside that has a name which is much too long for one line", 5, 42, false), option("في أي مكان", 0, 0, false)];
  return { question: "Where shall we meet on Thursday?", isMultiple: false, options, chosen: [0], hint: "12 people voted", canVote: true, canClose: true, canSeeWho: true, ...change };
}

const avatars: readonly Piece[] = (["online", "away", "do_not_disturb", "offline"] as const).map((presence) => ({
  name: `Avatar: ${presence}`,
  component: Avatar,
  props: { face: faceOf("Bob Bramble", BOB), size: 56, presence },
}));

const messages: readonly Piece[] = [
  messagePiece("of somebody", {}),
  messagePiece("with author", { showsAuthor: true }),
  ...STATUSES.map((of) => messagePiece(`own, ${of}`, { isOwn: true, status: status(of) })),
  messagePiece("failed with advice", { isOwn: true, seq: null, status: status("failed"), problem: "The server cannot take this." }),
  messagePiece("answering", { reply: { id: "x", seq: 1, author: "Carol", text: "A question that is long enough to need two lines when there is not much room for it." } }),
  messagePiece("edited and pinned", { isEdited: true, isPinned: true }),
  messagePiece("forwarded", { forwardedFrom: "Carol" }),
  messagePiece("with reactions", { reactions }),
  messagePiece("poll", { poll: poll({}) }),
  messagePiece("poll, own, several choices, closed", { isOwn: true, poll: poll({ isMultiple: true, canVote: false, canClose: false, hint: "Several choices · Closed · 12 people voted" }) }),
  messagePiece("to be acknowledged", { acknowledgement: { words: "Please acknowledge this message", canAcknowledge: true, canSeeWho: true } }),
  messagePiece("with a thread", { thread: { count: "3 replies", last: "Last reply 10:21", faces: ["Alice", "Bob"].map((name) => ({ ...faceOf(name, name), key: name })), isNew: true } }),
  messagePiece("own, with a thread that nobody here has", { isOwn: true, status: status("sent"), thread: { count: "1 reply", last: null, faces: [], isNew: false } }),
  messagePiece("deleted", { isDeleted: true }),
  messagePiece("encrypted", { text: null }),
  messagePiece("highlighted", { isHighlighted: true }),
];

const others: readonly Piece[] = [
  { name: "Divider: day", component: TimelineDivider, props: { ondate: nothing, row: { kind: "day", key: "d", text: "Thursday, 26 November" } } },
  { name: "Divider: unread", component: TimelineDivider, props: { ondate: nothing, row: { kind: "unread", key: "unread" } } },
  { name: "Divider: event", component: TimelineDivider, props: { ondate: nothing, row: { kind: "system", key: "s", seq: 1, text: "Bob joined", time: "today" } } },
  { name: "Pill: news", component: NewsPill, props: { count: 12, onclick: nothing } },
  { name: "Pill: newest", component: NewsPill, props: { count: 0, onclick: nothing } },
  { name: "Person", component: PersonRow, props: { name: "Bob Bramble", hint: BOB, face: faceOf("Bob Bramble", BOB), onclick: nothing } },
  { name: "Link to copy", component: CopyField, props: { label: "Invitation link", value: "https://example.org/invite/5fK2" } },
  { name: "Invite link", component: DetailsLink, props: { link: { key: "a", url: "https://example.org/join/8hGq2LpTzv0Yx4rB6nWcKd", terms: "Until Friday · 3 uses left" }, isBusy: false, onrevoke: nothing } },
  { name: "Invite link, new", component: LinkForm, props: { isBusy: false, onmake: nothing, oncancel: nothing } },
  { name: "QR code", component: QrCode, props: { label: "QR code of the invite link", value: "https://example.org/join/8hGq2LpTzv0Yx4rB6nWcKd" } },
  { name: "Member", component: DetailsMember, props: { member: { key: BOB, name: "Bob Bramble", address: BOB, face: faceOf("Bob Bramble", BOB), role: "moderator", roleLabel: "Moderator", roles: [{ role: "member", label: "Member" }, { role: "moderator", label: "Moderator" }], canRemove: true }, onrole: nothing, onremove: nothing, onban: nothing } },
  ...STATUSES.map((of) => ({ name: `Status: ${of}`, component: StatusIcon, props: { status: status(of) } })),
];

/** The rows of the list, in every state that there is. */
export const ROWS: readonly Piece[] = conversationsOf(gatewayWith(state)).current.rows.map((row, index) => ({
  name: `Conversation: ${row.title}`,
  component: ConversationRow,
  props: { row, isSelected: index === 1, edge: null, isDragged: false, onopen: nothing, onmenu: nothing, ondrag: nothing, onover: () => false, ondrop: nothing },
}));

export const PIECES: readonly Piece[] = [...avatars, ...messages, ...others];

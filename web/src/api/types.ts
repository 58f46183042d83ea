/** The names of the wire, taken from the server's own description. */
import type { components } from "./types.gen.ts";

type Schemas = components["schemas"];

export type Arrangement = Schemas["Arrangement"];
export type Acknowledgements = Schemas["Acknowledgements"];
export type Availability = Schemas["Availability"];
export type Body = Schemas["Body"];
export type Choice = Schemas["Choice"];
export type Contact = Schemas["Contact"];
export type Conversation = Schemas["Conversation"];
export type ConversationKind = Schemas["ConversationKind"];
export type Device = Schemas["Device"];
export type DirectoryEntry = Schemas["DirectoryEntry"];
export type Event = Schemas["Event"];
export type EventPage = Schemas["EventPage"];
export type Folder = Schemas["Folder"];
export type Fold = Schemas["Fold"];
export type InvitationView = Schemas["InvitationView"];
export type InviteLink = Schemas["InviteLink"];
export type LinkView = Schemas["LinkView"];
export type Me = Schemas["Me"];
export type Member = Schemas["Member"];
export type Membership = Schemas["Membership"];
export type MembershipChange = Schemas["MembershipChange"];
export type Mention = Schemas["Mention"];
export type Message = Schemas["Message"];
export type NewPoll = Schemas["NewPoll"];
export type Poll = Schemas["Poll"];
export type Position = Schemas["Position"];
export type Preferences = Schemas["Preferences"];
export type Presence = Schemas["Presence"];
export type Problem = Schemas["Problem"];
export type Push = Schemas["Push"];
export type Reaction = Schemas["Reaction"];
export type Receipt = Schemas["Receipt"];
export type Report = Schemas["Report"];
export type Role = Schemas["Role"];
export type Scheduled = Schemas["Scheduled"];
export type ScheduledRefusal = Schemas["ScheduledRefusal"];
export type SearchPage = Schemas["SearchPage"];
export type Sent = Schemas["Sent"];
export type ServerInfo = Schemas["ServerInfo"];
export type SettingsChange = Schemas["SettingsChange"];
export type SignedIn = Schemas["SignedIn"];
export type Synced = Schemas["Synced"];
export type Tally = Schemas["Tally"];
export type User = Schemas["User"];
export type Welcome = Schemas["Welcome"];

export type AccountChange = Extract<Push, { push: "account" }>;

type Operations = Schemas["Operations"];
export type OperationName = keyof Operations & string;
export type Args<Op extends OperationName> = Operations[Op]["args"];
export type Answer<Op extends OperationName> = Operations[Op]["answer"];

/** Asks the server one thing. Rejects with {@link Refused} or {@link Unreachable}. */
export type Call = <Op extends OperationName>(op: Op, args: Args<Op>) => Promise<Answer<Op>>;

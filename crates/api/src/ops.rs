//! The table of operations; the requests stand in one file per family.

mod account;
mod arrangement;
mod conversation;
mod directory;
mod event;
mod link;
mod member;
mod report;
mod scheduled;
mod sync;

pub use account::*;
pub use arrangement::*;
pub use conversation::*;
pub use directory::*;
pub use event::*;
pub use link::*;
pub use member::*;
pub use report::*;
pub use scheduled::*;
pub use sync::*;

use crate::{event::Event, model::*, operation::operations};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Nothing to say beyond "done".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Done {}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Ask again with this as `cursor` for what follows; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

operations! {
    GetServer => ServerInfo, "server.get", Get "/v1/server", Nobody, Read, "What this server is.";
    SignIn => SignedIn, "auth.sign_in", Post "/v1/auth/sign-in", Nobody, SignIn, "Signs in with a password and makes a device.";
    Register => SignedIn, "auth.register", Post "/v1/auth/register", Nobody, Register, "Makes an account and signs in.";
    SignOut => Done, "auth.sign_out", Post "/v1/auth/sign-out", User, Write, "Revokes this device.";
    LookAtInvitation => InvitationView, "invitation.look", Get "/v1/invitations/{code}", Nobody, Link, "What an invitation is for.";
    CreateInvitation => Invitation, "invitation.create", Post "/v1/invitations", User, Write, "Invites people to this server.";
    ListInvitations => Page<Invitation>, "invitation.list", Get "/v1/invitations", User, Read, "My invitations that still work.";
    RevokeInvitation => Done, "invitation.revoke", Delete "/v1/invitations/{code}", User, Write, "Ends an invitation of mine.";

    GetMe => Me, "me.get", Get "/v1/me", User, Read, "My account.";
    UpdateMe => Me, "me.update", Patch "/v1/me", User, Write, "Changes my display name or privacy.";
    ChangePassword => Done, "me.change_password", Post "/v1/me/password", User, SignIn, "Changes my password.";
    ListDevices => Page<Device>, "device.list", Get "/v1/me/devices", User, Read, "My devices.";
    RevokeDevice => Done, "device.revoke", Delete "/v1/me/devices/{device}", User, Write, "Signs a device of mine out; its connections close.";
    SetPresence => Done, "presence.set", Put "/v1/me/presence", User, Signal, "Says whether I am there, until I say otherwise.";
    GetPresence => Page<Presence>, "presence.get", Post "/v1/presence", User, Read, "Whether these people are there; over a socket also watches them from now on.";
    ListContacts => Page<Contact>, "contact.list", Get "/v1/me/contacts", User, Read, "My contacts and the people I block.";
    GetContact => Contact, "contact.get", Get "/v1/me/contacts/{user}", User, Read, "What I keep about one person.";
    SetContact => Contact, "contact.set", Put "/v1/me/contacts/{user}", User, Write, "Adds or changes a contact, or blocks somebody.";
    RemoveContact => Done, "contact.remove", Delete "/v1/me/contacts/{user}", User, Write, "Removes a contact and any block.";
    FindUsers => Page<User>, "user.find", Get "/v1/users", User, Lookup, "People whose name or address begins like this.";
    GetUser => User, "user.get", Get "/v1/users/{user}", User, Lookup, "One person.";
    SendReport => Done, "report.send", Post "/v1/reports", User, Report, "Tells administrators, and moderators of where it was said, about somebody.";
    ListReports => Page<Report>, "report.list", Get "/v1/conversations/{conversation}/reports", User, Read, "What was reported about messages of a conversation I moderate.";
    DismissReport => Done, "report.dismiss", Delete "/v1/conversations/{conversation}/reports/{report}", User, Write, "Takes a report off the list of a conversation I moderate.";

    Sync => Synced, "sync", Post "/v1/sync", User, Read, "What changed since a mark: newest conversations first.";
    ListConversations => Page<Conversation>, "conversation.list", Get "/v1/conversations", User, Read, "My conversations, newest first.";
    CreateConversation => Conversation, "conversation.create", Post "/v1/conversations", User, Write, "Makes a group or a channel.";
    OpenDirect => Conversation, "conversation.direct", Put "/v1/direct/{user}", User, Write, "The direct conversation with somebody; made when there is none.";
    OpenNotes => Conversation, "conversation.notes", Put "/v1/notes", User, Write, "My notes to self.";
    GetConversation => Conversation, "conversation.get", Get "/v1/conversations/{conversation}", User, Read, "One conversation.";
    ChangeSettings => Conversation, "conversation.change_settings", Patch "/v1/conversations/{conversation}", User, Write, "Changes name, topic, permissions and the like.";
    SetPreferences => Done, "conversation.set_preferences", Put "/v1/conversations/{conversation}/preferences", User, Write, "Mutes, favours or hides a conversation for me.";
    ChangePreferences => Done, "conversation.change_preferences", Patch "/v1/conversations/{conversation}/preferences", User, Write, "Mutes, favours or hides a conversation for me and leaves the rest as it is.";
    SetDraft => Done, "conversation.set_draft", Put "/v1/conversations/{conversation}/draft", User, Write, "Keeps what I have not sent yet for my other devices.";
    MarkRead => Done, "conversation.mark_read", Put "/v1/conversations/{conversation}/read", User, Write, "Says how far I have read; never moves back.";
    MarkUnread => Done, "conversation.mark_unread", Put "/v1/conversations/{conversation}/unread", User, Write, "Makes a place and all after it unread for me again; receipts stay.";
    MarkDelivered => Done, "conversation.mark_delivered", Put "/v1/conversations/{conversation}/delivered", User, Signal, "Says how far this device has received; never moves back.";
    SetTyping => Done, "conversation.typing", Post "/v1/conversations/{conversation}/typing", User, Signal, "Says that I am typing; fades after six seconds.";

    ListMembers => Page<Member>, "member.list", Get "/v1/conversations/{conversation}/members", User, Read, "The members.";
    AddMember => Done, "member.add", Put "/v1/conversations/{conversation}/members/{user}", User, Write, "Adds somebody, or says yes to their request.";
    ChangeMember => Done, "member.change", Patch "/v1/conversations/{conversation}/members/{user}", User, Write, "Gives a member another role.";
    RemoveMember => Done, "member.remove", Delete "/v1/conversations/{conversation}/members/{user}", User, Write, "Leaves, removes a member, or declines a request.";
    BanMember => Done, "member.ban", Put "/v1/conversations/{conversation}/bans/{user}", User, Write, "Removes somebody for good.";
    UnbanMember => Done, "member.unban", Delete "/v1/conversations/{conversation}/bans/{user}", User, Write, "Lets somebody come back.";
    ListBans => Page<User>, "member.bans", Get "/v1/conversations/{conversation}/bans", User, Read, "Who is banned.";
    ListRequests => Page<User>, "member.requests", Get "/v1/conversations/{conversation}/requests", User, Read, "Who has asked to join.";
    CreateLink => InviteLink, "link.create", Post "/v1/conversations/{conversation}/links", User, Write, "Makes an invite link.";
    ListLinks => Page<InviteLink>, "link.list", Get "/v1/conversations/{conversation}/links", User, Read, "The invite links that still work.";
    RevokeLink => Done, "link.revoke", Delete "/v1/conversations/{conversation}/links/{code}", User, Write, "Ends an invite link.";
    LookAtLink => LinkView, "link.look", Get "/v1/links/{code}", User, Link, "Where an invite link leads.";
    JoinByLink => Joined, "link.join", Post "/v1/links/{code}/join", User, Link, "Joins by a link, or asks to.";
    ListDirectory => Page<DirectoryEntry>, "directory.list", Get "/v1/directory", User, Search, "Public groups and channels of this server.";
    JoinListed => Joined, "directory.join", Post "/v1/directory/{conversation}/join", User, Write, "Joins a public group or channel, or asks to.";

    Send => Sent, "event.send", Post "/v1/conversations/{conversation}/events", User, Message, "Sends a message.";
    ListEvents => EventPage, "event.list", Get "/v1/conversations/{conversation}/events", User, Read, "Events before, after or around a place.";
    GetEvent => Event, "event.get", Get "/v1/conversations/{conversation}/events/{event}", User, Read, "One event.";
    Edit => Sent, "event.edit", Put "/v1/conversations/{conversation}/events/{event}/body", User, Message, "Replaces the body of a message of mine.";
    ListEdits => Page<EditedBody>, "event.edits", Get "/v1/conversations/{conversation}/events/{event}/edits", User, Read, "Every body a message has had, oldest first.";
    DeleteEvent => Sent, "event.delete", Delete "/v1/conversations/{conversation}/events/{event}", User, Write, "Deletes a message for everyone.";
    React => Sent, "event.react", Put "/v1/conversations/{conversation}/events/{event}/reactions/{emoji}", User, Message, "Puts an emoji on a message.";
    Unreact => Sent, "event.unreact", Delete "/v1/conversations/{conversation}/events/{event}/reactions/{emoji}", User, Message, "Takes an emoji away.";
    CastVote => Sent, "event.vote", Put "/v1/conversations/{conversation}/events/{event}/vote", User, Message, "Chooses in a poll, or takes the choice back.";
    ClosePoll => Sent, "event.close_poll", Post "/v1/conversations/{conversation}/events/{event}/close", User, Write, "Closes a poll before its time.";
    Acknowledge => Sent, "event.acknowledge", Put "/v1/conversations/{conversation}/events/{event}/acknowledgement", User, Write, "Confirms a message that asks for it.";
    ListAcknowledgements => Acknowledgements, "event.acknowledgements", Get "/v1/conversations/{conversation}/events/{event}/acknowledgements", User, Read, "Who has confirmed a message and who has not.";
    Pin => Sent, "event.pin", Put "/v1/conversations/{conversation}/pins/{event}", User, Write, "Pins a message.";
    Unpin => Sent, "event.unpin", Delete "/v1/conversations/{conversation}/pins/{event}", User, Write, "Unpins a message.";
    ListPins => Page<Event>, "event.pins", Get "/v1/conversations/{conversation}/pins", User, Read, "The pinned messages.";
    ListThread => EventPage, "event.thread", Get "/v1/conversations/{conversation}/events/{event}/thread", User, Read, "The messages of a thread.";
    ListReceipts => Page<Receipt>, "event.receipts", Get "/v1/conversations/{conversation}/receipts", User, Read, "How far the other members have received and read.";
    Schedule => Scheduled, "scheduled.add", Post "/v1/conversations/{conversation}/scheduled", User, Message, "Keeps a message on the server and sends it at a later time.";
    ListScheduled => Page<Scheduled>, "scheduled.list", Get "/v1/me/scheduled", User, Read, "My messages that wait to be sent, the next one first.";
    ChangeScheduled => Scheduled, "scheduled.change", Patch "/v1/me/scheduled/{scheduled}", User, Write, "Changes a message of mine that waits, or when it is sent.";
    CancelScheduled => Done, "scheduled.cancel", Delete "/v1/me/scheduled/{scheduled}", User, Write, "Forgets a message of mine that waits.";
    SendScheduled => Sent, "scheduled.send", Post "/v1/me/scheduled/{scheduled}/send", User, Message, "Sends a message of mine that waits, before its time.";
    GetArrangement => Arrangement, "arrangement.get", Get "/v1/me/arrangement", User, Read, "My folders, and the order of my favourites.";
    OrderFavourites => Done, "arrangement.order_favourites", Put "/v1/me/favourites", User, Write, "Gives my favourites an order.";
    SetFolder => Done, "folder.set", Put "/v1/me/folders/{folder}", User, Write, "Makes a folder, or gives it another name.";
    DeleteFolder => Done, "folder.delete", Delete "/v1/me/folders/{folder}", User, Write, "Deletes a folder; the conversations in it stay.";
    OrderFolders => Done, "folder.order", Put "/v1/me/folders", User, Write, "Gives my folders an order.";
    AddToFolder => Done, "folder.add", Put "/v1/me/folders/{folder}/conversations/{conversation}", User, Write, "Puts a conversation into a folder.";
    RemoveFromFolder => Done, "folder.remove", Delete "/v1/me/folders/{folder}/conversations/{conversation}", User, Write, "Takes a conversation out of a folder.";
    Search => SearchPage, "search", Get "/v1/search", User, Search, "Finds messages.";
}

//! One file per use case; the verbs of Parlance.

mod account_log;
mod acknowledge;
mod answer;
mod answer_request;
mod archive;
mod arrange;
mod bound_conversations;
mod change_settings;
mod commit;
mod contacts;
mod create_conversation;
mod delete;
mod edit;
mod expire;
mod find;
mod find_by_ref;
mod find_people;
mod import;
mod import_room;
mod links;
mod look;
mod manage_members;
mod mark_delivered;
mod mark_read;
mod mark_unread;
mod moderate;
mod names;
mod open_direct;
mod open_rooms;
mod pin;
mod post;
mod post_foreign;
mod publish;
mod react;
mod read_history;
mod report;
mod roster;
mod schedule;
mod send_scheduled;
mod set_reactions;
mod share_presence;
mod sync;
mod turns;
mod typing;
mod undelivered;
mod vote;

pub(crate) use mark_delivered::DeliveredQueue;
pub(crate) use turns::Turns;

pub use acknowledge::Acknowledgements;
pub use archive::{ARCHIVE_EVENTS_MAX, ArchiveEnd, ArchivePage, ArchiveQuery};
pub use commit::{Attached, Turn};
pub use create_conversation::NewConversation;
pub use expire::run_expiry;
pub use find::Hits;
pub use import::{Import, importer};
pub use import_room::RoomImport;
pub use links::NewLink;
pub use moderate::ConversationReport;
pub use post::{ForwardSource, Post};
pub use publish::{
    NODE_CONFIG_BYTES_MAX, NODE_ITEMS_MAX, NODE_NAME_BYTES_MAX, NODE_PAYLOAD_BYTES_MAX, NODE_SUBSCRIBERS_MAX,
    NODES_MAX, NewItem, OwnedNodes,
};
pub use read_history::{History, HistoryPlace};
pub use report::{NewReport, REPORT_MESSAGES_MAX, REPORT_TEXT_BYTES_MAX};
pub use roster::RosterVersion;
pub use schedule::NewScheduled;
pub use send_scheduled::run_schedule;
pub use share_presence::PresenceAnswer;
pub use sync::{Position, SyncCursor, SyncRequest, SyncedConversation, SyncedPage};
pub use undelivered::UNDELIVERED_MAX;

#[cfg(test)]
mod tests;

use super::{core::Core, notice::ConnectionState, room::Room};
use crate::model::{Entry, Line, OutboxEntry, Receipts};
use parlance_api::model::{Availability, Conversation, ConversationKind, Me, Presence};
use std::collections::HashMap;

/// A conversation as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationView {
    /// What the server tells of it, with everything folded in that came since.
    pub info: Conversation,
    /// What to call it.
    pub title: String,
    /// The newest thing to show.
    pub last: Option<Entry>,
    /// Whether the other person of a direct conversation is there, when that is known.
    pub presence: Option<Presence>,
    /// Who is typing, by address.
    pub typing: Vec<String>,
    /// How many actions are not sent yet.
    pub unsent: usize,
}

/// A conversation as a person reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineView {
    /// What stands in the list as well.
    pub conversation: ConversationView,
    /// What is known, oldest first, with holes where something is missing.
    pub lines: Vec<Line>,
    /// What is not sent yet, in order.
    pub unsent: Vec<OutboxEntry>,
    /// Whether there is something older than the first line.
    pub has_older: bool,
    /// How far the others have received and read.
    pub receipts: Receipts,
    /// The names people see, by address.
    pub names: HashMap<String, String>,
    /// The reader's address.
    pub me: String,
}

impl TimelineView {
    /// The first place in `lines`.
    pub fn oldest(&self) -> Option<u64> {
        self.lines.first().map(|line| match line {
            Line::Entry(entry) => entry.seq,
            Line::Hole(hole) => hole.from,
        })
    }

    /// What to call somebody.
    pub fn name<'a>(&'a self, address: &'a str) -> &'a str {
        self.names.get(address).map_or_else(|| local_part(address), String::as_str)
    }
}

impl Core {
    /// How the connection stands.
    pub(crate) fn connection_state(&self) -> ConnectionState {
        self.link.clone()
    }

    /// The reader's own account.
    pub(crate) fn me(&self) -> Me {
        self.me.clone()
    }

    /// Every conversation: favourites first, then the newest.
    pub(crate) fn conversations(&self, now_ms: u64) -> Vec<ConversationView> {
        let mut views: Vec<ConversationView> =
            self.rooms.values().map(|room| self.conversation_view(now_ms, room)).collect();
        let rank = |view: &ConversationView| view.info.membership.preferences.favourite;
        views.sort_by(|left, right| {
            let by_time = right.info.changed_at.cmp(&left.info.changed_at);
            rank(right).cmp(&rank(left)).then(by_time).then_with(|| left.title.cmp(&right.title))
        });
        views
    }

    /// Everything in memory of one conversation, when it is one's own.
    pub(crate) fn timeline_view(&self, now_ms: u64, conversation: &str) -> Option<TimelineView> {
        let room = self.rooms.get(conversation)?;
        let unsent = self.outbox.entries().iter();
        let unsent = unsent.filter(|entry| entry.action.conversation() == conversation);
        Some(TimelineView {
            conversation: self.conversation_view(now_ms, room),
            lines: room.timeline.lines(0, room.timeline.head()),
            unsent: unsent.cloned().collect(),
            has_older: room.timeline.has_older(),
            receipts: room.receipts.clone(),
            names: self.names.clone(),
            me: self.me.user.address.clone(),
        })
    }

    /// Everything not sent yet, in whatever conversation.
    pub(crate) fn unsent(&self) -> Vec<OutboxEntry> {
        self.outbox.entries().to_vec()
    }

    fn conversation_view(&self, now_ms: u64, room: &Room) -> ConversationView {
        let info = &room.info;
        let newest = room.timeline.events().rev();
        let unsent = self.outbox.entries().iter();
        ConversationView {
            title: self.title(info),
            last: newest.filter_map(|event| room.timeline.entry(event.seq)).next(),
            presence: info.peer.as_ref().and_then(|peer| self.presence_of(&peer.address)),
            typing: self.typing.in_conversation(now_ms, &info.conversation),
            unsent: unsent.filter(|entry| entry.action.conversation() == info.conversation).count(),
            info: info.clone(),
        }
    }

    /// Presence is only known while connected.
    fn presence_of(&self, address: &str) -> Option<Presence> {
        let presence = self.presence.get(address).filter(|_| self.is_connected())?;
        Some(presence.clone()).filter(|presence| presence.availability != Availability::Invisible)
    }

    fn title(&self, info: &Conversation) -> String {
        match (&info.peer, info.kind) {
            (Some(peer), _) => self.names.get(&peer.address).unwrap_or(&peer.display_name).clone(),
            (None, ConversationKind::Notes) if info.settings.name.is_empty() => "Notes".to_owned(),
            (None, _) => info.settings.name.clone(),
        }
    }
}

/// The part of an address before the `@`.
pub(crate) fn local_part(address: &str) -> &str {
    address.split('@').next().unwrap_or(address)
}

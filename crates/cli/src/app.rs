//! What the screen shows and what keys do to it. Pure: keys and news in, intents out.

mod actions;
mod command;
mod completion;
mod composer;
mod keys;
mod mentions;
mod scroll;
mod selection;
mod thread;

pub(crate) use command::COMMANDS;
pub(crate) use composer::Composer;
pub(crate) use scroll::{RowKey, Scroll};

use crate::times::Times;
use parlance_client::{
    ConnectionState, ConversationView, Draft, Found, TimelineView,
    api::{event::Event, model::Hole},
};

/// Emoji offered for a reaction, by digit.
pub(crate) const REACTIONS: [&str; 8] = ["👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀"];

/// Everything the screen shows.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) me: String,
    pub(crate) connection: ConnectionState,
    pub(crate) conversations: Vec<ConversationView>,
    pub(crate) current: Option<String>,
    pub(crate) timeline: Option<TimelineView>,
    pub(crate) composer: Composer,
    pub(crate) purpose: Purpose,
    /// The first message of the thread that is shown instead of the conversation.
    pub(crate) thread: Option<String>,
    pub(crate) mode: Mode,
    pub(crate) scroll: Scroll,
    /// The first unread place when the conversation was opened.
    pub(crate) new_from: Option<u64>,
    pub(crate) status: Option<String>,
    pub(crate) has_focus: bool,
    pub(crate) times: Times,
    intents: Vec<Intent>,
    /// What was asked for last; the same is not asked for twice, whatever came of it.
    asked: Option<Missing>,
    /// Whether looking at the end reads nothing, because something was marked as unread meanwhile.
    is_left_unread: bool,
}

/// Events that are not in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Before(Option<u64>),
    Between(Hole),
}

/// What the composer is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Purpose {
    #[default]
    Message,
    Reply {
        event_id: String,
    },
    Edit {
        event_id: String,
    },
}

/// What keys mean.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mode {
    Compose,
    Select { seq: u64 },
    ConfirmDelete { seq: u64 },
    React { seq: u64, typed: String },
    Switch { query: String, index: usize },
    Search(Search),
    Help { from: u16 },
}

/// A search and what it found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Search {
    pub(crate) query: String,
    /// `None` while there is no answer.
    pub(crate) hits: Option<Vec<Event>>,
    /// Whether only what is stored here was searched.
    pub(crate) is_local: bool,
    pub(crate) index: usize,
}

/// What has to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Intent {
    Send { conversation: String, draft: Draft },
    Edit { conversation: String, event_id: String, draft: Draft },
    Delete { conversation: String, event_id: String },
    React { conversation: String, event_id: String, emoji: String },
    Unreact { conversation: String, event_id: String, emoji: String },
    Vote { conversation: String, event_id: String, options: Vec<u32> },
    ClosePoll { conversation: String, event_id: String },
    Acknowledge { conversation: String, event_id: String },
    LoadOlder(String),
    Fill(String, Hole),
    Jump(String, u64),
    MarkRead(String, u64),
    MarkUnread(String, u64),
    Typing(String, bool),
    SaveDraft(String, String),
    Search(String),
    Direct(String),
    Group { name: String, users: Vec<String> },
    RetryFailed(String),
    DiscardFailed(String),
    Quit,
}

/// What was seen while drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Drawn {
    pub(crate) is_at_top: bool,
    pub(crate) is_at_bottom: bool,
    pub(crate) holes: Vec<Hole>,
}

impl App {
    pub(crate) fn new(me: String, times: Times) -> Self {
        Self {
            me,
            connection: ConnectionState::Connecting,
            conversations: Vec::new(),
            current: None,
            timeline: None,
            composer: Composer::default(),
            purpose: Purpose::Message,
            thread: None,
            mode: Mode::Compose,
            scroll: Scroll::default(),
            new_from: None,
            status: None,
            has_focus: true,
            times,
            intents: Vec::new(),
            asked: None,
            is_left_unread: false,
        }
    }

    /// The connection stands like this now; what could not be fetched before may be tried again.
    pub(crate) fn set_connection(&mut self, connection: ConnectionState) {
        if self.connection != connection {
            self.asked = None;
            self.connection = connection;
        }
    }

    /// What has to be done outside since the last time.
    pub(crate) fn take_intents(&mut self) -> Vec<Intent> {
        std::mem::take(&mut self.intents)
    }

    /// The list is as it is now; the first conversation opens by itself.
    pub(crate) fn set_conversations(&mut self, conversations: Vec<ConversationView>) {
        self.conversations = conversations;
        let is_there = |id: &String| self.conversations.iter().any(|view| view.info.conversation == *id);
        if !self.current.as_ref().is_some_and(is_there) {
            self.current = None;
            self.timeline = None;
            if let Some(first) = self.conversations.first() {
                let id = first.info.conversation.clone();
                self.open(&id);
            }
        }
    }

    /// The open conversation is as it is now.
    pub(crate) fn set_timeline(&mut self, timeline: TimelineView) {
        if self.current.as_deref() != Some(&timeline.conversation.info.conversation) {
            return;
        }
        if self.timeline.is_none() {
            let membership = &timeline.conversation.info.membership;
            self.new_from = (timeline.conversation.info.unread > 0).then_some(membership.read_seq + 1);
            self.composer.set(&membership.draft);
        }
        self.notice_mark(&timeline);
        self.timeline = Some(timeline);
    }

    /// What was marked as unread, here or on another device, stays so until the conversation is opened
    /// again or something is said in it.
    fn notice_mark(&mut self, timeline: &TimelineView) {
        let position = timeline.conversation.info.membership.read_seq;
        let known = self.timeline.as_ref().map(|known| known.conversation.info.membership.read_seq);
        if known.is_some_and(|known| position < known) {
            self.new_from = Some(position + 1);
            self.is_left_unread = true;
        }
    }

    /// Opens a conversation; what was being written stays where it was written.
    pub(crate) fn open(&mut self, conversation: &str) {
        if self.current.as_deref() == Some(conversation) {
            return;
        }
        self.keep_draft();
        self.current = Some(conversation.to_owned());
        self.timeline = None;
        self.composer.set("");
        self.purpose = Purpose::Message;
        self.thread = None;
        self.mode = Mode::Compose;
        self.scroll = Scroll::default();
        self.asked = None;
        self.is_left_unread = false;
    }

    /// The hits of a search came.
    pub(crate) fn set_hits(&mut self, query: &str, found: Found) {
        if let Mode::Search(search) = &mut self.mode
            && search.query == query
        {
            search.hits = Some(found.hits);
            search.is_local = !found.is_from_server;
            search.index = 0;
        }
    }

    /// Shows a hit that has been brought in, unless the person has turned to something else.
    pub(crate) fn show_hit(&mut self, conversation: &str, seq: u64) {
        if !matches!(self.mode, Mode::Search(_)) {
            return;
        }
        self.open(conversation);
        self.scroll.center(seq);
        self.mode = Mode::Select { seq };
    }

    /// Fetches what was seen to be missing, and says what was read.
    pub(crate) fn after_draw(&mut self, drawn: &Drawn) {
        let (Some(id), Some(timeline)) = (self.current.clone(), &self.timeline) else { return };
        let head = timeline.conversation.info.head;
        let is_unread = head > timeline.conversation.info.membership.read_seq && self.thread.is_none();
        if is_unread && drawn.is_at_bottom && self.has_focus && !self.is_left_unread {
            self.intents.push(Intent::MarkRead(id.clone(), head));
        }
        let (missing, intent) = match drawn.holes.last() {
            Some(hole) => (Missing::Between(*hole), Intent::Fill(id, *hole)),
            None if drawn.is_at_top && timeline.has_older && !self.has_thread_begin() => {
                (Missing::Before(timeline.oldest()), Intent::LoadOlder(id))
            }
            None => return,
        };
        if self.asked.replace(missing) != Some(missing) {
            self.intents.push(intent);
        }
    }

    /// The shown name of somebody.
    pub(crate) fn name<'a>(&'a self, address: &'a str) -> &'a str {
        match &self.timeline {
            Some(timeline) => timeline.name(address),
            None => address.split('@').next().unwrap_or(address),
        }
    }

    /// Keeps what is being written, for later and for other devices.
    pub(crate) fn keep_draft(&mut self) {
        if self.thread.is_some() {
            return;
        }
        if let (Some(id), Some(timeline), Purpose::Message) = (&self.current, &self.timeline, &self.purpose) {
            let text = self.composer.text();
            if !text.starts_with('/') && timeline.conversation.info.membership.draft != text {
                self.intents.push(Intent::SaveDraft(id.clone(), text.to_owned()));
            }
        }
    }

    fn intend(&mut self, intent: Intent) {
        self.intents.push(intent);
    }
}

#[cfg(test)]
mod tests;

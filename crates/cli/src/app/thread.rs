use super::{App, Mode, Purpose};
use parlance_client::model::{Action, Entry, Line, OutboxEntry, What};

impl App {
    /// Shows the thread of a message alone, and writes into it.
    pub(super) fn open_thread(&mut self, seq: u64) {
        let Some((entry, message)) = self.message(seq) else { return };
        let root = message.thread.clone().unwrap_or_else(|| entry.event_id.clone());
        self.keep_draft();
        self.composer.set("");
        self.purpose = Purpose::Message;
        self.thread = Some(root);
        self.mode = Mode::Compose;
        self.scroll.follow_end();
    }

    /// Shows the whole conversation again; its draft comes back.
    pub(super) fn leave_thread(&mut self) {
        self.thread = None;
        let draft = self.timeline.as_ref().map(|view| view.conversation.info.membership.draft.clone());
        self.composer.set(&draft.unwrap_or_default());
        self.scroll.follow_end();
    }

    /// Whether an event stands in what is shown: the conversation, or one thread of it.
    pub(crate) fn is_shown(&self, entry: &Entry) -> bool {
        let Some(root) = &self.thread else { return true };
        let is_in = |thread: &Option<String>| thread.as_ref() == Some(root);
        entry.event_id == *root || matches!(&entry.what, What::Message(message) if is_in(&message.thread))
    }

    /// The same for what has not been sent.
    pub(crate) fn is_shown_unsent(&self, unsent: &OutboxEntry) -> bool {
        let Some(root) = &self.thread else { return true };
        matches!(&unsent.action, Action::Send(op) if op.thread.as_ref() == Some(root))
    }

    /// Whether a thread is shown that is here from its beginning.
    pub(super) fn has_thread_begin(&self) -> bool {
        let is_root =
            |line: &Line| matches!(line, Line::Entry(entry) if Some(&entry.event_id) == self.thread.as_ref());
        self.timeline.as_ref().is_some_and(|timeline| timeline.lines.iter().any(is_root))
    }
}

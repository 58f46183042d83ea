use super::{App, Mode};
use parlance_client::model::{Entry, Line, MessageView, What};

impl App {
    /// The messages in memory, oldest first, with their places.
    pub(crate) fn messages(&self) -> impl DoubleEndedIterator<Item = (&Entry, &MessageView)> {
        self.timeline.iter().flat_map(|timeline| &timeline.lines).filter_map(|line| match line {
            Line::Entry(entry) => match &entry.what {
                What::Message(message) if self.is_shown(entry) => Some((entry, &**message)),
                _ => None,
            },
            Line::Hole(_) => None,
        })
    }

    /// The message at a place.
    pub(crate) fn message(&self, seq: u64) -> Option<(&Entry, &MessageView)> {
        self.messages().find(|(entry, _)| entry.seq == seq)
    }

    /// The place that is selected, if any.
    pub(crate) fn selected(&self) -> Option<u64> {
        match self.mode {
            Mode::Select { seq } | Mode::ConfirmDelete { seq } | Mode::React { seq, .. } => Some(seq),
            _ => None,
        }
    }

    /// The selected message, or else the newest that `fits`.
    pub(super) fn chosen(&self, fits: impl Fn(&Entry) -> bool) -> Option<u64> {
        self.selected()
            .or_else(|| self.messages().rev().find(|(entry, _)| fits(entry)).map(|(entry, _)| entry.seq))
    }

    /// Where the selected message is, or else the newest that `fits`, and its id.
    pub(super) fn chosen_message(
        &self,
        fits: impl Fn(&Entry, &MessageView) -> bool,
    ) -> Option<(String, String)> {
        let found = match self.selected() {
            Some(seq) => self.message(seq),
            None => self.messages().rev().find(|(entry, message)| fits(entry, message)),
        };
        Some((self.current.clone()?, found?.0.event_id.clone()))
    }

    /// Selects the newest message.
    pub(super) fn select_newest(&mut self) {
        if let Some(seq) = self.chosen(|_| true) {
            self.mode = Mode::Select { seq };
        }
    }

    /// Selects the next older message.
    pub(super) fn select_older(&mut self, seq: u64) {
        let older = self.messages().rev().find(|(entry, _)| entry.seq < seq).map(|(entry, _)| entry.seq);
        match older {
            Some(seq) => self.mode = Mode::Select { seq },
            None => self.scroll.page(-1),
        }
    }

    /// Selects the next newer message; after the newest one there is the composer.
    pub(super) fn select_newer(&mut self, seq: u64) {
        let newer = self.messages().find(|(entry, _)| entry.seq > seq).map(|(entry, _)| entry.seq);
        self.mode = newer.map_or(Mode::Compose, |seq| Mode::Select { seq });
    }
}

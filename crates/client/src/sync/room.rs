use crate::model::{Baseline, Counts, Receipts, Tally, Timeline, apply_to_conversation, tally};
use parlance_api::{
    event::Event,
    model::{Conversation, Receipt},
};

/// Everything known of one conversation.
#[derive(Debug)]
pub(super) struct Room {
    /// As the server tells it, with everything folded in that came since; without events.
    pub(super) info: Conversation,
    pub(super) timeline: Timeline,
    pub(super) receipts: Receipts,
    /// Whether the newest stored events are in the timeline.
    pub(super) is_loaded: bool,
    /// Whether the counters have to be asked for.
    pub(super) is_stale: bool,
    /// Head and read position for which the counters have been asked for.
    pub(super) asked_about: Option<(u64, u64)>,
    baseline: Baseline,
}

impl Room {
    pub(super) fn new(info: Conversation, me: &str) -> Self {
        let mut timeline = Timeline::new(me, info.epoch);
        timeline.set_bounds(info.epoch, info.head, info.membership.visible_from);
        let mut room = Self {
            baseline: baseline(&info),
            receipts: Receipts::default(),
            is_loaded: false,
            is_stale: false,
            asked_about: None,
            timeline,
            info,
        };
        room.take_receipts();
        room
    }

    /// Takes in the server's present picture; what is known beyond it stays on top, and so does the read
    /// position when the server does not know it yet.
    ///
    /// Returns whether this is another life of the log, so that stored events must be forgotten.
    pub(super) fn renew(&mut self, info: Conversation, keeps_position: bool) -> bool {
        let is_other = self.timeline.set_bounds(info.epoch, info.head, info.membership.visible_from);
        let read_seq = self.info.membership.read_seq;
        self.baseline = baseline(&info);
        self.info = info;
        if is_other {
            self.receipts = Receipts::default();
        }
        self.take_receipts();
        if is_other {
            return true;
        }
        if keeps_position {
            self.info.membership.read_seq = read_seq;
        }
        let me = self.timeline.me().to_owned();
        let later: Vec<&Event> =
            self.timeline.events().filter(|event| event.seq > self.baseline.head).collect();
        for event in later {
            apply_to_conversation(&mut self.info, event, &me);
        }
        false
    }

    /// Folds one event in; returns the places whose stored copy changed.
    pub(super) fn apply(&mut self, event: &Event) -> Vec<u64> {
        let changed = self.timeline.apply(event.clone());
        apply_to_conversation(&mut self.info, event, self.timeline.me());
        changed
    }

    /// What is kept of it; [`Room::new`] takes it up again.
    pub(super) fn stored(&self) -> Conversation {
        let receipts = self.receipts.list(&self.info.conversation);
        Conversation { receipts, ..self.info.clone() }
    }

    pub(super) fn apply_receipt(&mut self, receipt: &Receipt) -> bool {
        self.receipts.apply(receipt)
    }

    /// Counts again; returns whether the counters changed.
    pub(super) fn recount(&mut self) -> bool {
        let tally = tally(&self.timeline, &self.baseline, self.info.membership.read_seq);
        let Counts { unread, mentions } = tally.counts();
        self.is_stale = matches!(tally, Tally::Stale(_));
        let is_changed = (self.info.unread, self.info.mentions) != (unread, mentions);
        (self.info.unread, self.info.mentions) = (unread, mentions);
        is_changed
    }

    fn take_receipts(&mut self) {
        for receipt in std::mem::take(&mut self.info.receipts) {
            self.receipts.apply(&receipt);
        }
    }
}

fn baseline(info: &Conversation) -> Baseline {
    Baseline {
        counts: Counts { unread: info.unread, mentions: info.mentions },
        head: info.head,
        read_seq: info.membership.read_seq,
    }
}

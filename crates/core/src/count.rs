//! Unread and mention counts: one pure reducer, the same in meaning on the server and in every
//! client. `vectors/unread.json` of the api crate holds the examples that all of them pass.

use crate::{
    event::{Content, Event},
    id::{PrincipalId, Seq},
};
use std::collections::BTreeMap;

/// What waits to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages after the read position that are neither one's own nor deleted.
    pub unread: u64,
    /// Those of them that mention the reader, by name or all at once.
    pub mentions: u64,
}

/// One reader's view of one conversation, as far as counting goes.
#[derive(Clone, Debug)]
pub struct Counter {
    reader: PrincipalId,
    read: Seq,
    /// The messages of others that were not deleted, and whether each mentions the reader.
    messages: BTreeMap<Seq, bool>,
}

impl Counter {
    /// Begins before the first event, with nothing read.
    pub fn new(reader: PrincipalId) -> Self {
        Self { reader, read: Seq::ZERO, messages: BTreeMap::new() }
    }

    /// Folds an event in. Folding the same event again changes nothing.
    pub fn apply(&mut self, event: &Event) {
        match &event.content {
            Content::Message(message) if event.sender != self.reader => {
                self.messages.insert(event.seq, message.body.does_mention(self.reader));
            }
            Content::Edit { target, body, .. } if self.messages.contains_key(&target.seq) => {
                self.messages.insert(target.seq, body.does_mention(self.reader));
            }
            Content::Delete { target } => drop(self.messages.remove(&target.seq)),
            _ => {}
        }
    }

    /// Moves the read position on; never back.
    pub fn mark_read(&mut self, seq: Seq) {
        self.read = self.read.max(seq);
    }

    /// Moves the read position back, so that this place and all after it are unread; never on.
    pub fn mark_unread(&mut self, from: Seq) {
        self.read = self.read.min(from.previous());
    }

    /// What waits to be read.
    pub fn counts(&self) -> Counts {
        let waiting = self.messages.range(self.read.next()..).map(|(_, mentions_me)| *mentions_me);
        waiting.fold(Counts::default(), |counts, mentions_me| Counts {
            unread: counts.unread + 1,
            mentions: counts.mentions + u64::from(mentions_me),
        })
    }
}

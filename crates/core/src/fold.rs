//! What has become of messages: the fold of edits, deletions, reactions, pins, votes, acknowledgements and
//! threads.

use crate::{
    body::Body,
    event::{Content, Event},
    id::{PrincipalId, Seq, UnixMillis},
    poll::{AnswerBefore, Ballot, OptionNumber},
};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// What has become of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// The newest body and when it was written, for edited messages.
    pub edited: Option<(Body, UnixMillis)>,
    /// Who put which emoji on it, in the order in which each emoji and each person came.
    pub reactions: Vec<(SmolStr, Vec<PrincipalId>)>,
    /// How many messages its thread has that were not deleted.
    pub replies: u64,
    /// Whether it is pinned.
    pub is_pinned: bool,
    /// What people chose in it, in the order in which they chose.
    pub votes: Vec<Ballot>,
    /// Whether it was closed before its time.
    pub is_closed: bool,
    /// Who confirmed it, in the order in which they did.
    pub acknowledged: Vec<PrincipalId>,
    /// The place of the newest event that is in this fold.
    pub changed: Seq,
}

impl Fold {
    /// Whether nothing has become of it.
    pub fn is_empty(&self) -> bool {
        *self == Self { changed: self.changed, ..Self::default() }
    }

    /// What stays of it when the message goes: the answers to it.
    pub fn of_deleted(&self) -> Option<Self> {
        (self.replies > 0).then(|| Self { replies: self.replies, changed: self.changed, ..Self::default() })
    }

    /// What somebody has answered to it.
    pub fn answer_of(&self, who: PrincipalId) -> AnswerBefore {
        let ballot = self.votes.iter().find(|ballot| ballot.who == who);
        AnswerBefore {
            chosen: ballot.map_or_else(Vec::new, |ballot| ballot.options.clone()),
            has_acknowledged: self.acknowledged.contains(&who),
        }
    }

    /// Puts somebody's choice in the place of the one they made before; an empty one takes it back.
    pub fn set_vote(&mut self, who: PrincipalId, options: &[OptionNumber]) {
        self.votes.retain(|ballot| ballot.who != who);
        if !options.is_empty() {
            self.votes.push(Ballot { who, options: options.to_vec() });
        }
    }

    /// Remembers that somebody confirmed it; doing it again changes nothing.
    pub fn acknowledge(&mut self, who: PrincipalId) {
        if !self.acknowledged.contains(&who) {
            self.acknowledged.push(who);
        }
    }

    /// Puts somebody's emoji on or takes it away; doing it again changes nothing.
    pub fn set_reaction(&mut self, emoji: &SmolStr, who: PrincipalId, added: bool) {
        let place = self.reactions.iter().position(|(known, _)| known == emoji);
        match (place, added) {
            (Some(place), true) if !self.reactions[place].1.contains(&who) => {
                self.reactions[place].1.push(who)
            }
            (None, true) => self.reactions.push((emoji.clone(), vec![who])),
            (Some(place), false) => {
                self.reactions[place].1.retain(|id| *id != who);
                if self.reactions[place].1.is_empty() {
                    self.reactions.remove(place);
                }
            }
            _ => {}
        }
    }
}

/// The folds of a whole log, in memory.
#[derive(Clone, Debug, Default)]
pub struct Folds {
    folds: BTreeMap<Seq, Fold>,
    deleted: BTreeMap<Seq, UnixMillis>,
    thread_of: BTreeMap<Seq, Seq>,
}

impl Folds {
    /// Folds the next event in.
    pub fn apply(&mut self, event: &Event) {
        match &event.content {
            Content::Message(message) => {
                if let Some(root) = message.thread {
                    self.thread_of.insert(event.seq, root.seq);
                    self.change(root.seq, event).replies += 1;
                }
            }
            Content::Edit { target, body, .. } if !self.is_deleted(target.seq) => {
                self.change(target.seq, event).edited = Some((body.clone(), event.at));
            }
            Content::Delete { target } if !self.is_deleted(target.seq) => self.delete(target.seq, event),
            Content::Reaction { target, emoji, added } if !self.is_deleted(target.seq) => {
                self.change(target.seq, event).set_reaction(emoji, event.sender, *added);
            }
            Content::Pin { target, pinned } if !self.is_deleted(target.seq) => {
                self.change(target.seq, event).is_pinned = *pinned;
            }
            Content::Vote { target, vote } if !self.is_deleted(target.seq) && !self.is_closed(target.seq) => {
                self.change(target.seq, event).set_vote(event.sender, &vote.options);
            }
            Content::PollClosed { target } if !self.is_deleted(target.seq) => {
                self.change(target.seq, event).is_closed = true;
            }
            Content::Acknowledgement { target, .. } if !self.is_deleted(target.seq) => {
                self.change(target.seq, event).acknowledge(event.sender);
            }
            _ => {}
        }
    }

    /// What has become of the message at this place; `None` when nothing has.
    pub fn get(&self, seq: Seq) -> Option<&Fold> {
        self.folds.get(&seq).filter(|fold| !fold.is_empty())
    }

    /// Whether the message at this place was deleted.
    pub fn is_deleted(&self, seq: Seq) -> bool {
        self.deleted.contains_key(&seq)
    }

    /// Whether the poll at this place was closed before its time.
    pub fn is_closed(&self, seq: Seq) -> bool {
        self.folds.get(&seq).is_some_and(|fold| fold.is_closed)
    }

    fn change(&mut self, seq: Seq, event: &Event) -> &mut Fold {
        let fold = self.folds.entry(seq).or_default();
        fold.changed = event.seq;
        fold
    }

    fn delete(&mut self, seq: Seq, event: &Event) {
        self.deleted.insert(seq, event.at);
        let replies = self.folds.remove(&seq).map_or(0, |fold| fold.replies);
        if replies > 0 {
            self.change(seq, event).replies = replies;
        }
        if let Some(root) = self.thread_of.get(&seq).copied() {
            let fold = self.change(root, event);
            fold.replies = fold.replies.saturating_sub(1);
        }
    }
}

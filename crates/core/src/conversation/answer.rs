//! Whether a message may be answered by a vote or an acknowledgement.

use super::{Asking, Permission, State};
use crate::{
    Rejection,
    event::{Content, Event, Message},
    fold::Fold,
    id::PrincipalId,
    poll::{OptionNumber, Poll, Vote},
};
use std::collections::HashSet;

impl State {
    /// May this be chosen in a poll? Who may react may vote; nothing chosen takes the choice back.
    ///
    /// # Errors
    /// `ConversationNotFound`, `Archived`, `Forbidden`, `EventNotFound`, `WrongEventKind`, `PollClosed`,
    /// `InvalidValue`.
    pub fn decide_vote(
        &self,
        asking: Asking,
        event: &Event,
        fold: Option<&Fold>,
        options: Vec<OptionNumber>,
    ) -> Result<Content, Rejection> {
        self.check_writable(asking.who, Permission::React)?;
        let poll = self.open_poll(asking, event, fold)?;
        let options = poll.sorted_choice(options)?;
        let vote = Vote { options, was: Vec::new(), secret: poll.anonymous };
        Ok(Content::Vote { target: event.as_target(), vote })
    }

    /// May a poll be closed before its time? By its author, or by who moderates.
    ///
    /// # Errors
    /// `ConversationNotFound`, `Archived`, `EventNotFound`, `WrongEventKind`, `PollClosed`, `NotYours`.
    pub fn decide_close_poll(
        &self,
        asking: Asking,
        event: &Event,
        fold: Option<&Fold>,
    ) -> Result<Content, Rejection> {
        self.member(asking.who)?;
        self.check_not_archived()?;
        self.open_poll(asking, event, fold)?;
        self.check_answers_for(asking.who, event)?;
        Ok(Content::PollClosed { target: event.as_target() })
    }

    /// May somebody confirm a message? Everybody but its author may who reads it, when it asks for that.
    ///
    /// # Errors
    /// `ConversationNotFound`, `Archived`, `EventNotFound`, `WrongEventKind`.
    pub fn decide_acknowledge(&self, asking: Asking, event: &Event) -> Result<Content, Rejection> {
        self.member(asking.who)?;
        self.check_not_archived()?;
        self.asking_message(asking.who, event)?;
        if event.sender == asking.who {
            return Err(Rejection::WrongEventKind);
        }
        Ok(Content::Acknowledgement { target: event.as_target(), again: false })
    }

    /// Who of the members has not confirmed a message, for its author and for who moderates.
    ///
    /// # Errors
    /// `ConversationNotFound`, `EventNotFound`, `WrongEventKind`, `NotYours`.
    pub fn unacknowledged(
        &self,
        who: PrincipalId,
        event: &Event,
        fold: Option<&Fold>,
    ) -> Result<Vec<PrincipalId>, Rejection> {
        self.asking_message(who, event)?;
        self.check_answers_for(who, event)?;
        let confirmed: HashSet<_> = fold.into_iter().flat_map(|fold| &fold.acknowledged).collect();
        let is_asked = self.members.iter().filter(|(id, member)| {
            **id != event.sender && member.visible_from <= event.seq && !confirmed.contains(id)
        });
        let mut missing: Vec<_> = is_asked.map(|(id, _)| *id).collect();
        missing.sort_unstable();
        Ok(missing)
    }

    fn open_poll<'a>(
        &self,
        asking: Asking,
        event: &'a Event,
        fold: Option<&Fold>,
    ) -> Result<&'a Poll, Rejection> {
        self.check_sees(asking.who, event)?;
        let poll = event.poll().ok_or(Rejection::WrongEventKind)?;
        if poll.is_closed(fold, asking.now) { Err(Rejection::PollClosed) } else { Ok(poll) }
    }

    fn asking_message(&self, who: PrincipalId, event: &Event) -> Result<(), Rejection> {
        self.check_sees(who, event)?;
        match &event.content {
            Content::Message(Message { needs_acknowledgement: true, .. }) => Ok(()),
            _ => Err(Rejection::WrongEventKind),
        }
    }

    fn check_sees(&self, who: PrincipalId, event: &Event) -> Result<(), Rejection> {
        let is_visible = event.seq >= self.member(who)?.visible_from;
        if is_visible { Ok(()) } else { Err(Rejection::EventNotFound) }
    }

    fn check_answers_for(&self, who: PrincipalId, event: &Event) -> Result<(), Rejection> {
        if event.sender == who || self.moderates(who) { Ok(()) } else { Err(Rejection::NotYours) }
    }
}

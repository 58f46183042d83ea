use parlance_core::{
    conversation::{Kind, Permission, State},
    event::Event,
    id::{ConversationId, DomainId, Epoch, PrincipalId, Seq},
};
use parlance_hub::ports::EventLog;
use std::sync::Arc;

/// A log with the rules state after each of its events.
pub(super) struct Replay {
    pub(super) events: Vec<Arc<Event>>,
    /// The state after the event of the same place; the first one is before all of them.
    pub(super) states: Vec<State>,
}

impl Replay {
    /// Plays a log again.
    pub(super) async fn of(store: &dyn EventLog, id: ConversationId) -> Option<Self> {
        let kind = store.load_state(id).await.ok()??.kind;
        let events = store.read_after(id, Seq::ZERO, usize::MAX).await.ok()?;
        let mut states = vec![State::new(id, DomainId(1), kind, Epoch(1))];
        for event in &events {
            let mut state = states[states.len() - 1].clone();
            state.apply(event);
            states.push(state);
        }
        Some(Self { events, states })
    }

    /// Whether it is a log that nobody asks for as a conversation.
    pub(super) fn is_account(&self) -> bool {
        self.states[0].kind == Kind::Account
    }

    /// The state when the log had come so far.
    pub(super) fn at(&self, head: Seq) -> &State {
        &self.states[(head.0 as usize).min(self.states.len() - 1)]
    }

    /// Whether somebody could see a place when the log had come so far.
    pub(super) fn could_see(&self, who: PrincipalId, seq: Seq, head: Seq) -> bool {
        (seq.0..=head.0)
            .map(|head| self.at(Seq(head)))
            .any(|state| state.visible_range(who).is_some_and(|(from, until)| (from..=until).contains(&seq)))
    }

    /// Whether somebody was in, with a permission, all the time between two places.
    pub(super) fn could_always(
        &self,
        who: PrincipalId,
        permission: Option<Permission>,
        from: Seq,
        to: Seq,
    ) -> bool {
        (from.0..=to.0).map(|head| self.at(Seq(head))).all(|state| {
            state.members.contains_key(&who)
                && permission.is_none_or(|permission| state.may(who, permission) && !state.settings.archived)
        })
    }
}

use super::Writer;
use crate::{
    pace,
    sim::{
        journal::{Outcome, Refused, Sent},
        world::{NODES, Unanswered},
    },
};
use parlance_core::{
    Rejection,
    conversation::Permission,
    event::Event,
    id::{ClientRef, ConversationId},
};
use parlance_hub::{
    Hub, HubError,
    ports::{EventLog, Place},
    usecase::HistoryPlace,
};
use std::sync::Arc;

/// How often something is tried before it is given up.
const ATTEMPTS_MAX: u64 = 6;

impl Writer {
    /// Sends something with a reference until it is answered, as a client does.
    pub(super) async fn send<F: Future<Output = Result<Arc<Event>, HubError>>>(
        &self,
        conversation: ConversationId,
        permission: Permission,
        attempt: impl Fn(Arc<Hub>, ClientRef) -> F,
    ) {
        let client_ref = self.device.fresh_ref();
        let mut sent = Sent {
            device: self.device.caller.device,
            who: self.device.caller.who,
            conversation,
            client_ref: client_ref.clone(),
            began: self.world.journal.step(),
            ended: 0,
            outcome: Outcome::Unknown,
            was_in_doubt: false,
        };
        for _ in 0..ATTEMPTS_MAX {
            match self.try_once(&sent, permission, &attempt).await {
                Some(outcome) => {
                    sent.outcome = outcome;
                    break;
                }
                None => sent.was_in_doubt = true,
            }
            pace::pause(self.chance.below(8)).await;
        }
        sent.ended = self.world.journal.step();
        self.note(&format!("{} in {conversation}: {:?}", client_ref.as_str(), place_of(&sent.outcome)));
        self.world.journal.sent(sent.clone());
        if self.chance.happens(150) {
            self.retry_accepted(&sent, &attempt).await;
        }
        if self.chance.happens(150) {
            self.read_own_write(&sent).await;
        }
    }

    async fn try_once<F: Future<Output = Result<Arc<Event>, HubError>>>(
        &self,
        sent: &Sent,
        permission: Permission,
        attempt: &impl Fn(Arc<Hub>, ClientRef) -> F,
    ) -> Option<Outcome> {
        let memory = &self.world.disk.memory;
        let earlier = memory.find_ref(sent.conversation, sent.device, &sent.client_ref).await;
        let is_there = earlier.is_ok_and(|found| found.is_some());
        let answer =
            self.ask(sent.conversation, Some(permission), |hub| attempt(hub, sent.client_ref.clone())).await;
        match answer {
            Answer::Yes(event) => Some(Outcome::Accepted {
                seq: event.seq,
                id: event.id,
                content: Box::new(event.content.clone()),
            }),
            Answer::No if is_there => {
                let reference = sent.client_ref.as_str();
                self.world.journal.violation(format!("{reference} is in the log and its retry was refused"));
                Some(Outcome::Refused)
            }
            Answer::No => Some(Outcome::Refused),
            Answer::None => None,
        }
    }

    /// The answer got lost on the way to the device, which sends the same thing again.
    async fn retry_accepted<F: Future<Output = Result<Arc<Event>, HubError>>>(
        &self,
        sent: &Sent,
        attempt: &impl Fn(Arc<Hub>, ClientRef) -> F,
    ) {
        let Outcome::Accepted { seq, id, .. } = sent.outcome else { return };
        let answer = self.ask(sent.conversation, None, |hub| attempt(hub, sent.client_ref.clone())).await;
        let is_same = match &answer {
            Answer::Yes(event) => (event.seq, event.id) == (seq, id),
            Answer::No => false,
            Answer::None => true,
        };
        if !is_same {
            let reference = sent.client_ref.as_str();
            self.world
                .journal
                .violation(format!("a retry of {reference}, accepted at {seq}, got another answer"));
        }
    }

    /// What was accepted can be read at once, on any node.
    async fn read_own_write(&self, sent: &Sent) {
        let Outcome::Accepted { seq, id, .. } = sent.outcome else { return };
        let (caller, conversation) = (self.device.caller, sent.conversation);
        let place = HistoryPlace::At(Place::After(parlance_core::id::Seq(seq.0 - 1)));
        let answer =
            self.ask(conversation, None, async |hub| hub.history(caller, conversation, place, 1).await).await;
        if let Answer::Yes(history) = answer
            && history.items.first().map(|item| item.event.id) != Some(id)
        {
            let reference = sent.client_ref.as_str();
            self.world.journal.violation(format!("{reference} was accepted at {seq} and could not be read"));
        }
    }

    /// Asks some node once; a refusal is written down to be judged later.
    pub(super) async fn ask<T, F: Future<Output = Result<T, HubError>>>(
        &self,
        conversation: ConversationId,
        permission: Option<Permission>,
        ask: impl FnOnce(Arc<Hub>) -> F,
    ) -> Answer<T> {
        let number = self.chance.below(NODES as u64) as usize;
        let head_before = self.world.disk.head(conversation);
        let answer = self.world.call(number, ask).await;
        match answer {
            Ok(answer) => Answer::Yes(answer),
            Err(Unanswered::Gone | Unanswered::No(HubError::Unavailable(_))) => Answer::None,
            Err(Unanswered::No(error)) => {
                self.note(&format!("was refused by node {number} in {conversation}: {error}"));
                if let HubError::Rule(
                    why @ (Rejection::ConversationNotFound | Rejection::Forbidden | Rejection::Archived),
                ) = error
                {
                    let head_after = self.world.disk.head(conversation);
                    let who = self.device.caller.who;
                    self.world.journal.refused(Refused {
                        who,
                        conversation,
                        permission,
                        why,
                        head_before,
                        head_after,
                    });
                }
                Answer::No
            }
        }
    }

    /// Asks until there is an answer, or not any more.
    pub(super) async fn insist<T, F: Future<Output = Result<T, HubError>>>(
        &self,
        conversation: ConversationId,
        ask: impl Fn(Arc<Hub>) -> F,
    ) -> Option<T> {
        for _ in 0..ATTEMPTS_MAX {
            match self.ask(conversation, None, &ask).await {
                Answer::Yes(answer) => return Some(answer),
                Answer::No => return None,
                Answer::None => pace::pause(self.chance.below(8)).await,
            }
        }
        None
    }
}

/// What came back.
pub(super) enum Answer<T> {
    Yes(T),
    No,
    /// Nothing: it happened or not.
    None,
}

fn place_of(outcome: &Outcome) -> Option<u64> {
    match outcome {
        Outcome::Accepted { seq, .. } => Some(seq.0),
        Outcome::Refused => Some(0),
        Outcome::Unknown => None,
    }
}

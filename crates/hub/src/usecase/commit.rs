use super::import::Import;
use crate::{
    Caller, Hub, HubError,
    live::{Room, parties},
    ports::{Append, AppendError, Appended, Draft, Wake},
};
use futures_util::future::poll_immediate;
use parlance_core::{
    Rejection,
    conversation::{Kind, State},
    event::{Content, Event, Extras},
    id::{ClientRef, ConversationId},
};
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

/// How often a decision is made again when the rules change under it.
const ATTEMPTS_MAX: usize = 8;

/// What goes with the events besides their contents.
#[derive(Clone, Debug, Default)]
pub struct Attached {
    /// The sender's reference, kept with the first event.
    pub client_ref: Option<ClientRef>,
    /// What only one front end understands, kept with the first event.
    pub extras: Option<Extras>,
    /// What is known of it when it was not done here; the first event keeps the id.
    pub import: Option<Import>,
}

impl From<Option<ClientRef>> for Attached {
    fn from(client_ref: Option<ClientRef>) -> Self {
        Self { client_ref, ..Self::default() }
    }
}

/// Held by one of several calls that are to reach the log in the order in which they were made: given back
/// as soon as this one has its place in the store's queue, long before it is on disk.
pub type Turn = OwnedMutexGuard<()>;

impl Hub {
    /// The path of every change of a conversation: load the rules, decide, append, fold in, wake.
    /// The answer is made after the commit; a refusal, after looking at the newest rules.
    pub(crate) async fn commit(
        &self,
        caller: Caller,
        conversation: ConversationId,
        attached: Attached,
        decide: impl Fn(&State) -> Result<Vec<Content>, Rejection> + Send + Sync,
    ) -> Result<Appended, HubError> {
        self.commit_in_turn(caller, conversation, attached, None, decide).await
    }

    /// The same for one of several calls that have an order.
    pub(crate) async fn commit_in_turn(
        &self,
        caller: Caller,
        conversation: ConversationId,
        attached: Attached,
        mut turn: Option<Turn>,
        decide: impl Fn(&State) -> Result<Vec<Content>, Rejection> + Send + Sync,
    ) -> Result<Appended, HubError> {
        if let Some(extras) = &attached.extras {
            extras.check(self.settings.bounds.body_bytes_max)?;
        }
        let mut is_fresh = false;
        for _ in 0..ATTEMPTS_MAX {
            let room = self.room(conversation).await?;
            let decided = room.with(|state| decide(state).map(|contents| (contents, state.rules_version)));
            let (contents, rules_version) = match decided {
                Ok(decided) => decided,
                Err(rejection) if is_fresh => return Err(rejection.into()),
                Err(_) => {
                    room.catch_up(&*self.world.store).await?;
                    is_fresh = true;
                    continue;
                }
            };
            let parties = room.with(|state| parties(state, caller.who));
            let addressee = self.addressee(caller, parties, &contents).await?;
            let mut append = Append {
                rules_version: Some(rules_version),
                ..self.new_append(caller, conversation, attached.clone(), contents)
            };
            append.work = addressee.as_ref().map_or_else(Vec::new, |addressee| addressee.work(&append));
            let push_work = self.push_work(&room, &append);
            let wakes_devices = !push_work.is_empty();
            append.work.extend(push_work);
            let mut appending = self.world.store.append(append);
            let appended = match poll_immediate(&mut appending).await {
                Some(appended) => appended,
                None => {
                    drop(turn.take());
                    appending.await
                }
            };
            match appended {
                Ok(appended) => {
                    self.publish(&room, &appended);
                    if let Some(addressee) = addressee.filter(|_| !appended.is_duplicate) {
                        addressee.wake(self, appended.events.len());
                    }
                    if wakes_devices {
                        self.wake_push();
                    }
                    return Ok(appended);
                }
                Err(AppendError::Conflict) => {
                    room.catch_up(&*self.world.store).await?;
                    is_fresh = true;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(AppendError::Conflict.into())
    }

    /// Reads a conversation into memory, so that what follows does not have to wait for it.
    pub async fn warm_up(&self, conversation: ConversationId) {
        if let Err(error) = self.rooms.load(&*self.world.store, conversation).await {
            tracing::debug!(conversation.id = %conversation, %error, "not read ahead");
        }
    }

    /// The room, or the answer that strangers get. An account log is no conversation, not even for its
    /// owner.
    pub(crate) async fn room(&self, conversation: ConversationId) -> Result<Arc<Room>, HubError> {
        let room = self.rooms.load(&*self.world.store, conversation).await?;
        let is_conversation = |room: &Arc<Room>| room.with(|state| state.kind != Kind::Account);
        Ok(room.filter(is_conversation).ok_or(Rejection::ConversationNotFound)?)
    }

    /// The room, for somebody who is in it. Whom memory does not know is looked for in the log.
    pub(crate) async fn room_with(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<Arc<Room>, HubError> {
        let room = self.room(conversation).await?;
        let is_member = room.with(|state| state.members.contains_key(&caller.who));
        if !is_member {
            room.catch_up(&*self.world.store).await?;
            room.with(|state| state.member(caller.who).map(|_| ()))?;
        }
        Ok(room)
    }

    pub(crate) fn new_append(
        &self,
        caller: Caller,
        conversation: ConversationId,
        attached: Attached,
        contents: Vec<Content>,
    ) -> Append {
        let at = attached.import.as_ref().map_or_else(|| self.now(), |import| import.at);
        let mut extras = attached.extras;
        let mut first_id = attached.import.and_then(|import| import.event_id());
        let events = contents
            .into_iter()
            .map(|content| {
                let id = first_id.take().unwrap_or_else(|| self.world.entropy.event_id(at));
                Draft { id, content, extras: extras.take() }
            })
            .collect();
        Append {
            conversation,
            create: None,
            rules_version: None,
            sender: caller.who,
            // What the server does for somebody is done with no device of theirs.
            device: (!caller.device.0.is_nil()).then_some(caller.device),
            client_ref: attached.client_ref,
            at,
            events,
            work: Vec::new(),
        }
    }

    /// Folds committed events into the room and wakes everybody who follows.
    pub(crate) fn publish(&self, room: &Room, appended: &Appended) {
        if appended.is_duplicate {
            return;
        }
        for event in &appended.events {
            room.offer(Arc::clone(event));
            self.wake(event);
        }
    }

    pub(crate) fn wake(&self, event: &Arc<Event>) {
        self.world.bus.publish(Wake {
            conversation: event.conversation,
            seq: event.seq,
            event: Some(Arc::clone(event)),
        });
    }

    /// A retry of something that was accepted is answered with its place, even when the same thing
    /// would be refused by now. A reference that stands for something of another kind is no retry;
    /// what a deletion has left counts as what it was.
    pub(crate) async fn or_earlier(
        &self,
        caller: Caller,
        conversation: ConversationId,
        client_ref: Option<&ClientRef>,
        is_same_kind: fn(&Content) -> bool,
        answer: Result<Arc<Event>, HubError>,
    ) -> Result<Arc<Event>, HubError> {
        let (Err(HubError::Rule(refusal)), Some(client_ref)) = (&answer, client_ref) else { return answer };
        if *refusal == Rejection::ClientRefReused {
            return answer;
        }
        match self.world.store.find_ref(conversation, caller.device, client_ref).await? {
            Some(earlier) if is_same_kind(&earlier.content) => Ok(earlier),
            Some(_) => Err(Rejection::ClientRefReused.into()),
            None => answer,
        }
    }
}

/// The one event of an append that was made of one content.
pub(crate) fn single(appended: Appended) -> Arc<Event> {
    appended.events.into_iter().next().expect("invariant: an append answers with at least one event")
}

use crate::{
    Caller, Hub, HubError,
    ports::{Scheduled, ScheduledChange, ScheduledId, ScheduledMessage, ScheduledState},
    usecase::Post,
};
use parlance_core::{
    Rejection,
    account::AccountChange,
    conversation::PostFacts,
    id::{ClientRef, ConversationId, PrincipalId, UnixMillis},
};

/// How far ahead a message can be written, in milliseconds: 366 days.
const AHEAD_MS_MAX: u64 = 366 * 24 * 60 * 60 * 1_000;

/// A message to keep until its time.
#[derive(Clone, Debug)]
pub struct NewScheduled {
    /// Where it is sent to.
    pub conversation: ConversationId,
    /// The reference it is sent under.
    pub client_ref: ClientRef,
    /// What to say.
    pub message: ScheduledMessage,
    /// When; at once when that is over.
    pub due_at: UnixMillis,
}

impl Hub {
    /// Keeps a message until its time. Only what could be sent now is kept, slow mode aside; it is decided again
    /// when it is sent.
    ///
    /// # Errors
    /// Those of [`Hub::post`], `InvalidValue` for more than a year ahead, `TooMany`.
    pub async fn schedule(&self, caller: Caller, new: NewScheduled) -> Result<Scheduled, HubError> {
        self.check_is_near(new.due_at)?;
        self.check_could_be_posted(caller, &new).await?;
        let scheduled = Scheduled {
            id: ScheduledId(self.world.entropy.uuid_v7(self.now())),
            owner: caller.who,
            device: caller.device,
            conversation: new.conversation,
            client_ref: new.client_ref,
            due_at: new.due_at,
            message: new.message,
            state: ScheduledState::Waiting,
        };
        let bound = self.settings.bounds.scheduled_max;
        let Some(kept) = self.world.store.keep_scheduled(scheduled, bound).await? else {
            metrics::counter!("parlance_scheduled_refused_total").increment(1);
            return Err(HubError::TooMany);
        };
        self.tell_scheduled(caller, kept.conversation).await?;
        Ok(kept)
    }

    /// What the caller has written for later, the next one first.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn scheduled(&self, caller: Caller) -> Result<Vec<Scheduled>, HubError> {
        Ok(self.world.store.list_scheduled(caller.who).await?)
    }

    /// Changes a message that waits. One that was refused waits again.
    ///
    /// # Errors
    /// `ScheduledNotFound`, also while it is being sent; those of a body; `InvalidValue` for more than a year ahead.
    pub async fn change_scheduled(
        &self,
        caller: Caller,
        id: ScheduledId,
        change: ScheduledChange,
    ) -> Result<Scheduled, HubError> {
        change.due_at.map_or(Ok(()), |due_at| self.check_is_near(due_at))?;
        if let Some(body) = &change.body {
            body.check(self.settings.bounds.body_bytes_max)?;
        }
        let changed = self.world.store.change_scheduled(caller.who, id, change).await?;
        let changed = changed.ok_or(Rejection::ScheduledNotFound)?;
        self.tell_scheduled(caller, changed.conversation).await?;
        Ok(changed)
    }

    /// Forgets a message that waits.
    ///
    /// # Errors
    /// `ScheduledNotFound`, also while it is being sent.
    pub async fn cancel_scheduled(&self, caller: Caller, id: ScheduledId) -> Result<(), HubError> {
        let cancelled = self.world.store.cancel_scheduled(caller.who, id).await?;
        let cancelled = cancelled.ok_or(Rejection::ScheduledNotFound)?;
        self.tell_scheduled(caller, cancelled.conversation).await
    }

    async fn tell_scheduled(&self, caller: Caller, conversation: ConversationId) -> Result<(), HubError> {
        self.append_account(caller, AccountChange::Scheduled { conversation }).await
    }

    /// Tells somebody's devices what the server did with a message of theirs.
    pub(super) async fn tell_scheduled_of(
        &self,
        owner: PrincipalId,
        conversation: ConversationId,
    ) -> Result<(), HubError> {
        self.append_account_of(owner, None, AccountChange::Scheduled { conversation }).await
    }

    fn check_is_near(&self, due_at: UnixMillis) -> Result<(), Rejection> {
        match due_at.ms_since(self.now()) > AHEAD_MS_MAX {
            true => Err(Rejection::InvalidValue("due_at: up to a year ahead")),
            false => Ok(()),
        }
    }

    async fn check_could_be_posted(&self, caller: Caller, new: &NewScheduled) -> Result<(), HubError> {
        let room = self.room_with(caller, new.conversation).await?;
        let post = Post::scheduled(new.conversation, new.client_ref.clone(), new.message.clone());
        let message = self.compose(caller, &post).await?;
        let facts = PostFacts {
            last_post_at: None,
            is_blocked: match room.with(|state| state.peer_of(caller.who)) {
                Some(peer) => self.is_blocked(caller.who, peer).await?,
                None => false,
            },
        };
        let asking = self.asking(caller);
        room.with(|state| state.decide_post(asking, &self.settings.bounds, facts, message))?;
        Ok(())
    }
}

impl Post {
    /// The message that is posted when its time has come.
    pub(super) fn scheduled(
        conversation: ConversationId,
        client_ref: ClientRef,
        message: ScheduledMessage,
    ) -> Self {
        Self {
            conversation,
            client_ref: Some(client_ref),
            body: message.body,
            reply_to: message.reply_to,
            thread: message.thread,
            forward: None,
            poll: None,
            needs_acknowledgement: false,
            extras: None,
        }
    }
}

use super::commit::{Attached, Turn, single};
use crate::{Caller, Hub, HubError};
use parlance_core::{
    Rejection,
    body::Body,
    conversation::{Kind, PostFacts},
    event::{Content, Event, Extras, Forwarded, Message, Target},
    id::{ClientRef, ConversationId, EventId},
    poll::Poll,
};
use std::sync::Arc;

/// A message to post.
#[derive(Clone, Debug)]
pub struct Post {
    /// Where.
    pub conversation: ConversationId,
    /// The sender's reference.
    pub client_ref: Option<ClientRef>,
    /// What to say.
    pub body: Body,
    /// The message this one answers.
    pub reply_to: Option<EventId>,
    /// The first message of the thread this one belongs to.
    pub thread: Option<EventId>,
    /// The message whose body is taken instead.
    pub forward: Option<ForwardSource>,
    /// What the body asks, when it is the question of a poll; its own question is taken from the body.
    pub poll: Option<Poll>,
    /// Whether each other member is asked to confirm it.
    pub needs_acknowledgement: bool,
    /// What only one front end understands.
    pub extras: Option<Extras>,
}

/// A message to forward.
#[derive(Clone, Copy, Debug)]
pub struct ForwardSource {
    /// Where it is.
    pub conversation: ConversationId,
    /// Which one.
    pub event: EventId,
}

impl Hub {
    /// Posts a message. The answer comes after it is on disk; the same `client_ref` from the same
    /// device is answered with the same event.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_post`], `EventNotFound`.
    pub async fn post(&self, caller: Caller, post: Post) -> Result<Arc<Event>, HubError> {
        self.post_with(caller, post, None).await
    }

    /// Posts a message that comes before or after others of the same client.
    ///
    /// # Errors
    /// Those of [`Hub::post`].
    pub async fn post_in_turn(&self, caller: Caller, post: Post, turn: Turn) -> Result<Arc<Event>, HubError> {
        self.post_with(caller, post, Some(turn)).await
    }

    async fn post_with(
        &self,
        caller: Caller,
        post: Post,
        turn: Option<Turn>,
    ) -> Result<Arc<Event>, HubError> {
        let (conversation, client_ref) = (post.conversation, post.client_ref.clone());
        let answer = self.post_once(caller, post, turn).await;
        let is_message = |content: &Content| matches!(content, Content::Message(_) | Content::Deleted);
        self.or_earlier(caller, conversation, client_ref.as_ref(), is_message, answer).await
    }

    async fn post_once(
        &self,
        caller: Caller,
        post: Post,
        turn: Option<Turn>,
    ) -> Result<Arc<Event>, HubError> {
        let message = self.compose(caller, &post).await?;
        let room = self.room(post.conversation).await?;
        let (kind, peer, is_slow) =
            room.with(|state| (state.kind, state.peer_of(caller.who), state.settings.slow_mode_s > 0));
        let _turn = if is_slow { Some(room.slow_mode_turn.lock().await) } else { None };
        let facts = PostFacts {
            last_post_at: match is_slow {
                true => self.world.store.last_post_at(post.conversation, caller.who).await?,
                false => None,
            },
            is_blocked: match peer.filter(|_| kind == Kind::Direct) {
                Some(peer) => self.is_blocked(caller.who, peer).await?,
                None => false,
            },
        };
        let attached = Attached { client_ref: post.client_ref, extras: post.extras, import: None };
        let appended = self
            .commit_in_turn(caller, post.conversation, attached, turn, |state| {
                let asking = self.asking(caller);
                Ok(vec![state.decide_post(asking, &self.settings.bounds, facts, message.clone())?])
            })
            .await?;
        Ok(single(appended))
    }

    pub(super) async fn compose(&self, caller: Caller, post: &Post) -> Result<Message, HubError> {
        let (body, forwarded) = match post.forward {
            Some(source) => self.forwarded(caller, source).await?,
            None => (post.body.clone(), None),
        };
        let message = match &post.poll {
            Some(_) if forwarded.is_some() => {
                return Err(Rejection::InvalidValue("poll: a forwarded message asks nothing").into());
            }
            Some(poll) => poll.clone().into_message(body)?,
            None => Message::plain(body),
        };
        Ok(Message {
            reply_to: self.message_target(caller, post.conversation, post.reply_to).await?,
            thread: self.thread_root(caller, post.conversation, post.thread).await?,
            forwarded,
            needs_acknowledgement: post.needs_acknowledgement,
            ..message
        })
    }

    async fn forwarded(
        &self,
        caller: Caller,
        source: ForwardSource,
    ) -> Result<(Body, Option<Forwarded>), HubError> {
        let found = self.visible_event(caller, source.conversation, source.event).await?;
        let Content::Message(message) = &found.event.content else {
            return Err(Rejection::WrongEventKind.into());
        };
        let newest = found.fold.and_then(|fold| fold.edited).map(|(body, _)| body);
        let first = message.forwarded.unwrap_or(Forwarded { sender: found.event.sender, at: found.event.at });
        Ok((newest.unwrap_or_else(|| message.body.clone()), Some(first)))
    }

    async fn message_target(
        &self,
        caller: Caller,
        conversation: ConversationId,
        id: Option<EventId>,
    ) -> Result<Option<Target>, HubError> {
        let Some(id) = id else { return Ok(None) };
        let event = self.visible_log_event(caller, conversation, id).await?;
        match event.content {
            Content::Message(_) | Content::Deleted => Ok(Some(event.as_target())),
            _ => Err(Rejection::WrongEventKind.into()),
        }
    }

    /// Threads are one level deep: a thread below a message of a thread is that thread.
    async fn thread_root(
        &self,
        caller: Caller,
        conversation: ConversationId,
        id: Option<EventId>,
    ) -> Result<Option<Target>, HubError> {
        let Some(id) = id else { return Ok(None) };
        let event = self.visible_log_event(caller, conversation, id).await?;
        match &event.content {
            Content::Message(message) => Ok(Some(message.thread.unwrap_or(event.as_target()))),
            Content::Deleted => Ok(Some(event.as_target())),
            _ => Err(Rejection::WrongEventKind.into()),
        }
    }
}

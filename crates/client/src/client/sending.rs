use super::Client;
use crate::{
    error::ClientError,
    model::{Action, OutboxEntry},
};
use parlance_api::{
    event::{Body, Mention},
    ops,
};

/// What to send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Markdown source.
    pub text: String,
    /// Who is mentioned, and where.
    pub mentions: Vec<Mention>,
    /// The message this one answers.
    pub reply_to: Option<String>,
    /// The first message of the thread this one belongs to.
    pub thread: Option<String>,
    /// The options, when the text is the question of a poll.
    pub poll: Option<ops::NewPoll>,
    /// Whether each other member is asked to confirm it.
    pub needs_acknowledgement: bool,
}

impl Draft {
    /// Plain words.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    fn into_body(self) -> Body {
        Body::Text { text: self.text, mentions: self.mentions }
    }
}

impl Client {
    /// Sends a message. It is kept when this returns, and sent once as soon as that is possible.
    /// Returns the reference under which it stands among the unsent until then.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn send(&self, conversation: &str, draft: Draft) -> Result<String, ClientError> {
        let client_ref = new_ref();
        let (reply_to, thread) = (draft.reply_to.clone(), draft.thread.clone());
        let (poll, needs_acknowledgement) = (draft.poll.clone(), draft.needs_acknowledgement);
        let action = Action::Send(ops::Send {
            conversation: conversation.to_owned(),
            client_ref: client_ref.clone(),
            body: draft.into_body(),
            reply_to,
            thread,
            poll,
            needs_acknowledgement,
            forward: None,
        });
        self.enqueue(client_ref, action).await
    }

    /// Replaces the text of a message of one's own; kept and done once, like [`Client::send`].
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn edit(&self, conversation: &str, event: &str, draft: Draft) -> Result<String, ClientError> {
        let client_ref = new_ref();
        let action = Action::Edit(ops::Edit {
            conversation: conversation.to_owned(),
            event: event.to_owned(),
            body: draft.into_body(),
            client_ref: Some(client_ref.clone()),
        });
        self.enqueue(client_ref, action).await
    }

    /// Deletes a message for everyone; kept and done once, like [`Client::send`].
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn delete(&self, conversation: &str, event: &str) -> Result<String, ClientError> {
        let client_ref = new_ref();
        let action = Action::Delete(ops::DeleteEvent {
            conversation: conversation.to_owned(),
            event: event.to_owned(),
            client_ref: Some(client_ref.clone()),
        });
        self.enqueue(client_ref, action).await
    }

    /// Puts an emoji on a message; kept and done once, like [`Client::send`].
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn react(&self, conversation: &str, event: &str, emoji: &str) -> Result<String, ClientError> {
        let client_ref = new_ref();
        let action = Action::React(ops::React {
            conversation: conversation.to_owned(),
            event: event.to_owned(),
            emoji: emoji.to_owned(),
            client_ref: Some(client_ref.clone()),
        });
        self.enqueue(client_ref, action).await
    }

    /// Takes an emoji away; kept and done once, like [`Client::send`].
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn unreact(&self, conversation: &str, event: &str, emoji: &str) -> Result<String, ClientError> {
        let client_ref = new_ref();
        let action = Action::Unreact(ops::Unreact {
            conversation: conversation.to_owned(),
            event: event.to_owned(),
            emoji: emoji.to_owned(),
            client_ref: Some(client_ref.clone()),
        });
        self.enqueue(client_ref, action).await
    }

    /// Chooses in a poll, in the place of what was chosen there before; nothing takes the choice back. Kept and
    /// done once, like [`Client::send`].
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn vote(
        &self,
        conversation: &str,
        event: &str,
        options: Vec<u32>,
    ) -> Result<String, ClientError> {
        let client_ref = new_ref();
        let action = Action::Vote(ops::CastVote {
            conversation: conversation.to_owned(),
            event: event.to_owned(),
            options,
            client_ref: Some(client_ref.clone()),
        });
        self.enqueue(client_ref, action).await
    }

    /// Closes a poll before its time; kept and done once, like [`Client::send`].
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn close_poll(&self, conversation: &str, event: &str) -> Result<String, ClientError> {
        let client_ref = new_ref();
        let action = Action::ClosePoll(ops::ClosePoll {
            conversation: conversation.to_owned(),
            event: event.to_owned(),
            client_ref: Some(client_ref.clone()),
        });
        self.enqueue(client_ref, action).await
    }

    /// Confirms a message that asks for it; kept and done once, like [`Client::send`].
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn acknowledge(&self, conversation: &str, event: &str) -> Result<String, ClientError> {
        let client_ref = new_ref();
        let action = Action::Acknowledge(ops::Acknowledge {
            conversation: conversation.to_owned(),
            event: event.to_owned(),
            client_ref: Some(client_ref.clone()),
        });
        self.enqueue(client_ref, action).await
    }

    /// Everything that is not sent yet, in whatever conversation.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn unsent(&self) -> Result<Vec<OutboxEntry>, ClientError> {
        self.handle.ask(|core, _| Ok(core.unsent())).await
    }

    /// Tries again what the server had refused for good. Returns whether there was such a thing.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn retry(&self, client_ref: &str) -> Result<bool, ClientError> {
        let client_ref = client_ref.to_owned();
        self.handle.ask(move |core, now_ms| core.retry(now_ms, &client_ref)).await
    }

    /// Gives up something unsent and returns it; `None` when it is on its way or gone.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn discard(&self, client_ref: &str) -> Result<Option<OutboxEntry>, ClientError> {
        let client_ref = client_ref.to_owned();
        self.handle.ask(move |core, _| core.discard(&client_ref)).await
    }

    async fn enqueue(&self, client_ref: String, action: Action) -> Result<String, ClientError> {
        let kept_as = client_ref.clone();
        self.handle.ask(move |core, now_ms| core.enqueue(now_ms, kept_as, action)).await?;
        Ok(client_ref)
    }
}

/// A reference that no other action has.
pub(super) fn new_ref() -> String {
    uuid::Uuid::now_v7().to_string()
}

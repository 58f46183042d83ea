use crate::{
    connection::Connection,
    error::CallError,
    model::{Action, Verdict},
    store::Unsaid,
};
use parlance_api::{model, ops};

/// Something to ask or tell the server.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// One page of a pass through what changed; the number says which pass.
    Sync(u64, ops::Sync),
    Get(String),
    List(ops::ListEvents),
    Members(String),
    Receipts(String),
    Act {
        client_ref: String,
        action: Action,
    },
    Say(String, Unsaid),
    Delivered {
        conversation: String,
        seq: u64,
    },
    Typing(ops::SetTyping),
    Watch(Vec<String>),
}

/// What came of an effect.
#[derive(Debug)]
pub(crate) enum Done {
    Synced(u64, Result<ops::Synced, CallError>),
    Got(String, Result<Box<model::Conversation>, CallError>),
    Listed(ops::ListEvents, Result<ops::EventPage, CallError>),
    Members(String, Result<ops::Page<model::Member>, CallError>),
    Receipts(String, Result<ops::Page<model::Receipt>, CallError>),
    Acted(String, Verdict),
    Said(String, Unsaid, Result<ops::Done, CallError>),
    Delivered(String, Result<ops::Done, CallError>),
    Watched(Result<ops::Page<model::Presence>, CallError>),
    Signalled,
}

impl Effect {
    /// Asks the server and waits for the answer.
    pub(crate) async fn perform(self, connection: Connection) -> Done {
        match self {
            Self::Sync(pass, op) => Done::Synced(pass, connection.call(&op).await),
            Self::Get(conversation) => {
                let op = ops::GetConversation { conversation };
                let result = connection.call(&op).await.map(Box::new);
                Done::Got(op.conversation, result)
            }
            Self::List(op) => {
                let result = connection.call(&op).await;
                Done::Listed(op, result)
            }
            Self::Members(conversation) => {
                let op = ops::ListMembers { conversation, cursor: None, limit: 200 };
                let result = connection.call(&op).await;
                Done::Members(op.conversation, result)
            }
            Self::Receipts(conversation) => {
                let op = ops::ListReceipts { conversation };
                let result = connection.call(&op).await;
                Done::Receipts(op.conversation, result)
            }
            Self::Act { client_ref, action } => Done::Acted(client_ref, act(&connection, action).await),
            Self::Say(conversation, unsaid) => {
                let result = say(&connection, conversation.clone(), unsaid.clone()).await;
                Done::Said(conversation, unsaid, result)
            }
            Self::Delivered { conversation, seq } => {
                let op = ops::MarkDelivered { conversation, seq };
                let result = connection.call(&op).await;
                Done::Delivered(op.conversation, result)
            }
            Self::Typing(op) => {
                if let Err(error) = connection.call(&op).await {
                    tracing::debug!(%error, "typing was not told");
                }
                Done::Signalled
            }
            Self::Watch(users) => Done::Watched(connection.call(&ops::GetPresence { users }).await),
        }
    }
}

async fn act(connection: &Connection, action: Action) -> Verdict {
    let result = match action {
        Action::Send(op) => connection.call(&op).await,
        Action::Edit(op) => connection.call(&op).await,
        Action::Delete(op) => connection.call(&op).await,
        Action::React(op) => connection.call(&op).await,
        Action::Vote(op) => connection.call(&op).await,
        Action::ClosePoll(op) => connection.call(&op).await,
        Action::Acknowledge(op) => connection.call(&op).await,
        Action::Unreact(op) => connection.call(&op).await,
    };
    match result {
        Ok(sent) => Verdict::Done(sent),
        Err(CallError::Refused(problem)) => Verdict::Refused(*problem),
        Err(_) => Verdict::Unknown,
    }
}

async fn say(connection: &Connection, conversation: String, unsaid: Unsaid) -> Result<ops::Done, CallError> {
    match unsaid {
        Unsaid::Read(seq) => connection.call(&ops::MarkRead { conversation, seq }).await,
        Unsaid::Unread(seq) => connection.call(&ops::MarkUnread { conversation, seq }).await,
        Unsaid::Draft(text) => connection.call(&ops::SetDraft { conversation, text }).await,
    }
}

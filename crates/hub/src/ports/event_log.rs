use super::{Naming, StoreError};
use async_trait::async_trait;
use parlance_core::{
    conversation::{Kind, State, TargetFacts},
    event::{Content, Event, Extras, Offset, Target},
    id::{
        ClientRef, ConversationId, DeviceId, DomainId, EventId, PrincipalId, RulesVersion, Seq, UnixMillis,
    },
};
use smol_str::SmolStr;
use std::sync::Arc;

/// One log per conversation: the truth.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Makes events durable, together with everything that follows from them: the conversation's
    /// row, memberships, folds, counters, mentions, work. All or nothing.
    ///
    /// Inside one transaction, in this order: a `client_ref` that this device has used in this
    /// conversation answers with the events it made then (`is_duplicate`); a `rules_version` that
    /// is not the current one is a `Conflict`; each event then takes the next dense `seq`, and a
    /// time that is not earlier than its predecessor's. The answer comes after the commit is on
    /// disk. A new conversation claims its name in the same transaction.
    ///
    /// A message gets the time at which it disappears, by its own time and the settings; an edit that of its
    /// message.
    ///
    /// A `Delete` turns the content of its message and of all its edits to `Deleted` and drops
    /// their extras; an `Edit` that comes after the deletion is stored as `Deleted` itself.
    async fn append(&self, append: Append) -> Result<Appended, AppendError>;

    /// The rules state of a conversation with all its members; `None` when there is none.
    async fn load_state(&self, conversation: ConversationId) -> Result<Option<State>, StoreError>;

    /// Events after a place, oldest first, without a gap. Deleted messages come as `Deleted`.
    async fn read_after(
        &self,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError>;

    /// The first event that a device made with this reference.
    async fn find_ref(
        &self,
        conversation: ConversationId,
        device: DeviceId,
        client_ref: &ClientRef,
    ) -> Result<Option<Arc<Event>>, StoreError>;

    /// The newest event that any device of somebody made with this reference.
    async fn find_ref_of(
        &self,
        conversation: ConversationId,
        sender: PrincipalId,
        client_ref: &ClientRef,
    ) -> Result<Option<Arc<Event>>, StoreError>;

    /// An event by its id.
    async fn find_event(
        &self,
        conversation: ConversationId,
        id: EventId,
    ) -> Result<Option<Arc<Event>>, StoreError>;

    /// What decisions about an event need to know of it; `emoji` for decisions about a reaction.
    async fn find_target(
        &self,
        conversation: ConversationId,
        id: EventId,
        emoji: Option<&str>,
    ) -> Result<Option<TargetFacts>, StoreError>;

    /// When somebody last posted a message here, deleted or not.
    async fn last_post_at(
        &self,
        conversation: ConversationId,
        who: PrincipalId,
    ) -> Result<Option<UnixMillis>, StoreError>;

    /// Messages whose time has come at this moment and that were not deleted, those that are due longest first.
    async fn expired(&self, now: UnixMillis, limit: usize) -> Result<Vec<Expired>, StoreError>;

    /// Where the store stands.
    async fn mark(&self) -> Result<Mark, StoreError>;

    /// The last place of a conversation whose offset is not above this one; zero when there is none.
    async fn seq_at(&self, conversation: ConversationId, offset: Offset) -> Result<Seq, StoreError>;

    /// Conversations (account logs included) with events after an offset and not after another,
    /// each with the last place of these events.
    async fn changed_between(
        &self,
        after: Offset,
        up_to: Offset,
    ) -> Result<Vec<(ConversationId, Seq)>, StoreError>;
}

/// A message whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expired {
    /// The conversation.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub sender: PrincipalId,
    /// The message.
    pub target: Target,
}

/// Where a store stands: how often it was restored, and the newest committed offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Another number means that everything a client knows may be wrong.
    pub life: u32,
    /// Everything up to here is committed.
    pub offset: Offset,
}

/// Events to make durable, all in one conversation.
#[derive(Clone, Debug)]
pub struct Append {
    /// The conversation.
    pub conversation: ConversationId,
    /// What to make when the conversation does not exist yet. When it does, this is ignored and the
    /// answer is `Conflict`, so that the caller looks again.
    pub create: Option<Create>,
    /// The rules version it was decided on; `None` where rules do not matter (account logs).
    pub rules_version: Option<RulesVersion>,
    /// Who did it.
    pub sender: PrincipalId,
    /// With which device.
    pub device: Option<DeviceId>,
    /// The sender's own reference, kept with the first event.
    pub client_ref: Option<ClientRef>,
    /// When, by the server's clock.
    pub at: UnixMillis,
    /// What happened, in order, each with its fresh id.
    pub events: Vec<Draft>,
    /// Work that must not be forgotten once the events are durable.
    pub work: Vec<NewWork>,
}

/// An event without its place.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The fresh id.
    pub id: EventId,
    /// What happened.
    pub content: Content,
    /// What only one front end understands.
    pub extras: Option<Extras>,
}

/// A conversation to make.
#[derive(Clone, Debug)]
pub struct Create {
    /// The tenant.
    pub domain: DomainId,
    /// What kind.
    pub kind: Kind,
    /// Which name it gets.
    pub naming: Naming,
}

impl Create {
    /// One without a name.
    pub fn new(domain: DomainId, kind: Kind) -> Self {
        Self { domain, kind, naming: Naming::Nameless }
    }
}

/// Work to do later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWork {
    /// Who will do it: `push`, `webhook`, ...
    pub queue: SmolStr,
    /// What the worker needs to know.
    pub payload: String,
    /// Not before.
    pub due_at: UnixMillis,
}

/// Events at their places.
#[derive(Clone, Debug)]
pub struct Appended {
    /// The events, as they are in the log.
    pub events: Vec<Arc<Event>>,
    /// Whether they were there before.
    pub is_duplicate: bool,
}

/// Why events were not made durable.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The rules have changed since the decision, or the conversation exists already: decide again.
    #[error("the rules have changed")]
    Conflict,
    /// There is no such conversation and none was to be made.
    #[error("no such conversation")]
    NoConversation,
    /// The name that the conversation was to get is another one's; nothing was made.
    #[error("the name is taken")]
    NameTaken,
    /// The `client_ref` was used for an event of another kind.
    #[error("the client_ref was used for something else")]
    ClientRefReused,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

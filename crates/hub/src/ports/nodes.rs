use super::StoreError;
use async_trait::async_trait;
use parlance_core::id::{ConversationId, PrincipalId, UnixMillis};

/// What somebody, or a conversation, keeps for protocols under names of their own: nodes with items.
///
/// What a configuration says and what is in an item only front ends understand; nobody else looks
/// inside. Everything is durable before the answer.
#[async_trait]
pub trait Nodes: Send + Sync {
    /// Keeps an item: as the newest of its node, in the place of an earlier one of the same id. A node
    /// that does not exist is made; what is too much for `items_max` goes, oldest first. All or nothing.
    async fn publish(&self, publish: Publish) -> Result<Published, NodeError>;

    /// Takes items away; those that were there.
    async fn retract(&self, node: &NodeKey, ids: &[String]) -> Result<Vec<String>, StoreError>;

    /// Items of a node, newest last; none when there is no such node.
    async fn items(&self, node: &NodeKey, which: Items) -> Result<Vec<Item>, StoreError>;

    /// Makes an empty node.
    async fn create_node(&self, node: &NodeKey, config: &str, bounds: NodeBounds) -> Result<(), NodeError>;

    /// A node.
    async fn find_node(&self, node: &NodeKey) -> Result<Option<NodeRow>, StoreError>;

    /// The nodes of somebody, by name.
    async fn list_nodes(&self, owner: NodeOwner) -> Result<Vec<NodeRow>, StoreError>;

    /// Replaces the configuration.
    async fn configure_node(&self, node: &NodeKey, config: &str, bounds: NodeBounds)
    -> Result<(), NodeError>;

    /// Takes all items away; `false` when there is no such node.
    async fn purge_node(&self, node: &NodeKey) -> Result<bool, StoreError>;

    /// Removes a node with everything in it; `false` when there is none.
    async fn delete_node(&self, node: &NodeKey) -> Result<bool, StoreError>;

    /// Keeps a subscription; having it already changes nothing.
    async fn subscribe(&self, node: &NodeKey, subscriber: &str, bounds: NodeBounds) -> Result<(), NodeError>;

    /// Ends a subscription; `false` when there is none.
    async fn unsubscribe(&self, node: &NodeKey, subscriber: &str) -> Result<bool, StoreError>;

    /// Who subscribed to a node, by address.
    async fn subscribers(&self, node: &NodeKey) -> Result<Vec<String>, StoreError>;

    /// The nodes an address subscribed to, by owner and name.
    async fn subscriptions(&self, subscriber: &str) -> Result<Vec<NodeKey>, StoreError>;

    /// Removes every node of an owner, with everything in them.
    async fn erase_nodes(&self, owner: NodeOwner) -> Result<(), StoreError>;

    /// Ends every subscription of an address.
    async fn erase_subscriptions(&self, subscriber: &str) -> Result<(), StoreError>;
}

/// Whose a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeOwner {
    /// Somebody's.
    Principal(PrincipalId),
    /// A conversation's.
    Conversation(ConversationId),
}

/// A node by owner and name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeKey {
    /// Whose it is.
    pub owner: NodeOwner,
    /// Its name, unique for the owner.
    pub name: String,
}

/// How much there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeBounds {
    /// Most nodes of one owner.
    pub nodes_max: usize,
    /// Most subscriptions to one node.
    pub subscribers_max: usize,
    /// Most bytes of one owner: names, configurations, ids, payloads, subscriptions.
    pub bytes_max: u64,
}

/// An item to publish.
#[derive(Clone, Debug)]
pub struct Publish {
    /// Where.
    pub node: NodeKey,
    /// The configuration of the node, should it have to be made.
    pub config: String,
    /// The id, unique in the node.
    pub id: String,
    /// The item, as its front end wrote it.
    pub payload: String,
    /// Who publishes it.
    pub publisher: PrincipalId,
    /// When.
    pub at: UnixMillis,
    /// Most items the node keeps; the new one is always among them.
    pub items_max: usize,
    /// How much there may be.
    pub bounds: NodeBounds,
}

/// What publishing did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Whether the node was made.
    pub is_new_node: bool,
    /// Whether there was an item of this id.
    pub has_replaced: bool,
    /// Items that had to go, oldest first.
    pub evicted: Vec<String>,
}

/// An item of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The id, unique in the node.
    pub id: String,
    /// Its place in the node, which no other ever has; grows with each publication.
    pub place: u64,
    /// The item, as its front end wrote it.
    pub payload: String,
    /// Who published it.
    pub publisher: PrincipalId,
    /// When.
    pub at: UnixMillis,
}

/// Which items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Items {
    /// Those of these ids that are there.
    Named(Vec<String>),
    /// The newest so many before a place; of all when absent.
    Before(Option<u64>, usize),
    /// The oldest so many after a place; zero is before all.
    After(u64, usize),
}

/// A node without its items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRow {
    /// The node.
    pub key: NodeKey,
    /// Its configuration, as its front end wrote it.
    pub config: String,
    /// How many items it has.
    pub items_count: usize,
}

/// Why something about nodes was not done.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// A name or id is empty or too long.
    #[error("names and ids are 1 to 1,023 bytes")]
    NameInvalid,
    /// The payload or the configuration is too large.
    #[error("too large")]
    TooLarge,
    /// The owner has as many nodes as there may be.
    #[error("too many nodes")]
    TooManyNodes,
    /// The node has as many subscriptions as there may be.
    #[error("too many subscriptions")]
    TooManySubscribers,
    /// The owner keeps as many bytes as there may be.
    #[error("too much is kept")]
    TooManyBytes,
    /// There is such a node already.
    #[error("there is such a node already")]
    Exists,
    /// There is no such node.
    #[error("no such node")]
    NoNode,
    /// There is no such owner.
    #[error("no such owner")]
    NoOwner,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NodeKey {
    /// What the node itself takes of its owner's bytes.
    pub fn cost(&self, config: &str) -> u64 {
        (self.name.len() + config.len()) as u64
    }
}

impl Item {
    /// What an item takes of its owner's bytes.
    pub fn cost(id: &str, payload: &str) -> u64 {
        (id.len() + payload.len()) as u64
    }
}

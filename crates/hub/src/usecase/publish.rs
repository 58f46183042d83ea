use crate::{
    Hub,
    ports::{Item, Items, NodeBounds, NodeError, NodeKey, NodeOwner, NodeRow, Publish, Published},
};
use parlance_core::id::PrincipalId;

/// Most nodes of one owner.
pub const NODES_MAX: usize = 1_000;
/// Most items of one node.
pub const NODE_ITEMS_MAX: usize = 10_000;
/// Most subscriptions to one node.
pub const NODE_SUBSCRIBERS_MAX: usize = 10_000;
/// Longest name of a node, id of an item or address of a subscriber, in bytes.
pub const NODE_NAME_BYTES_MAX: usize = 1_023;
/// Largest item, in bytes.
pub const NODE_PAYLOAD_BYTES_MAX: usize = 256 << 10;
/// Largest configuration, in bytes.
pub const NODE_CONFIG_BYTES_MAX: usize = 16 << 10;

/// An item to publish.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// The configuration of the node, should it have to be made.
    pub config: String,
    /// The id, unique in the node.
    pub id: String,
    /// The item, as its front end wrote it.
    pub payload: String,
    /// Most items the node keeps, at least one and at most [`NODE_ITEMS_MAX`].
    pub items_max: usize,
}

/// The nodes of one owner.
///
/// Who may read and publish stands in the configuration, which only the front end understands; it is
/// for the front end to ask before it calls.
#[derive(Clone, Copy)]
pub struct OwnedNodes<'a> {
    hub: &'a Hub,
    owner: NodeOwner,
}

impl Hub {
    /// The nodes of somebody, or of a conversation.
    pub fn nodes(&self, owner: NodeOwner) -> OwnedNodes<'_> {
        OwnedNodes { hub: self, owner }
    }

    /// The nodes of anybody an address subscribed to.
    ///
    /// # Errors
    /// `Store`.
    pub async fn node_subscriptions(&self, subscriber: &str) -> Result<Vec<NodeKey>, NodeError> {
        Ok(self.world.store.subscriptions(subscriber).await?)
    }
}

impl OwnedNodes<'_> {
    /// Keeps an item as the newest of its node, which is made when there is none. What is too much for
    /// the node goes, oldest first.
    ///
    /// # Errors
    /// `NameInvalid`, `TooLarge`, `TooManyNodes`, `TooManyBytes`, `NoOwner`, `Store`.
    pub async fn publish(
        &self,
        publisher: PrincipalId,
        node: &str,
        item: NewItem,
    ) -> Result<Published, NodeError> {
        self.counted(self.publish_item(publisher, node, item).await)
    }

    async fn publish_item(
        &self,
        publisher: PrincipalId,
        node: &str,
        item: NewItem,
    ) -> Result<Published, NodeError> {
        check_name(&item.id)?;
        check_size(&item.payload, NODE_PAYLOAD_BYTES_MAX)?;
        check_size(&item.config, NODE_CONFIG_BYTES_MAX)?;
        let publish = Publish {
            node: self.key(node)?,
            config: item.config,
            id: item.id,
            payload: item.payload,
            publisher,
            at: self.hub.now(),
            items_max: item.items_max.clamp(1, NODE_ITEMS_MAX),
            bounds: self.bounds(),
        };
        self.hub.world.store.publish(publish).await
    }

    /// Takes items away; those that were there, oldest first.
    ///
    /// # Errors
    /// `NoNode`, `Store`.
    pub async fn retract(&self, node: &str, ids: &[String]) -> Result<Vec<String>, NodeError> {
        let key = self.known_key(node).await?;
        Ok(self.hub.world.store.retract(&key, &ids[..ids.len().min(NODE_ITEMS_MAX)]).await?)
    }

    /// Items of a node, newest last.
    ///
    /// # Errors
    /// `NoNode`, `Store`.
    pub async fn items(&self, node: &str, which: Items) -> Result<Vec<Item>, NodeError> {
        let key = self.known_key(node).await?;
        Ok(self.hub.world.store.items(&key, which).await?)
    }

    /// Makes an empty node.
    ///
    /// # Errors
    /// `NameInvalid`, `TooLarge`, `Exists`, `TooManyNodes`, `TooManyBytes`, `NoOwner`, `Store`.
    pub async fn create(&self, node: &str, config: &str) -> Result<(), NodeError> {
        check_size(config, NODE_CONFIG_BYTES_MAX)?;
        let key = self.key(node)?;
        self.counted(self.hub.world.store.create_node(&key, config, self.bounds()).await)
    }

    /// Replaces the configuration of a node.
    ///
    /// # Errors
    /// `TooLarge`, `NoNode`, `TooManyBytes`, `Store`.
    pub async fn configure(&self, node: &str, config: &str) -> Result<(), NodeError> {
        check_size(config, NODE_CONFIG_BYTES_MAX)?;
        let key = self.known_key(node).await?;
        self.counted(self.hub.world.store.configure_node(&key, config, self.bounds()).await)
    }

    /// A node; `None` when there is none.
    ///
    /// # Errors
    /// `Store`.
    pub async fn find(&self, node: &str) -> Result<Option<NodeRow>, NodeError> {
        match self.key(node) {
            Ok(key) => Ok(self.hub.world.store.find_node(&key).await?),
            Err(_) => Ok(None),
        }
    }

    /// All nodes, by name.
    ///
    /// # Errors
    /// `Store`.
    pub async fn list(&self) -> Result<Vec<NodeRow>, NodeError> {
        Ok(self.hub.world.store.list_nodes(self.owner).await?)
    }

    /// Takes all items of a node away.
    ///
    /// # Errors
    /// `NoNode`, `Store`.
    pub async fn purge(&self, node: &str) -> Result<(), NodeError> {
        let key = self.known_key(node).await?;
        found(self.hub.world.store.purge_node(&key).await?)
    }

    /// Removes a node with its items and subscriptions.
    ///
    /// # Errors
    /// `NoNode`, `Store`.
    pub async fn delete(&self, node: &str) -> Result<(), NodeError> {
        let key = self.known_key(node).await?;
        found(self.hub.world.store.delete_node(&key).await?)
    }

    /// Subscribes an address; having done so already is no error.
    ///
    /// # Errors
    /// `NameInvalid` for the address, `NoNode`, `TooManySubscribers`, `TooManyBytes`, `Store`.
    pub async fn subscribe(&self, node: &str, subscriber: &str) -> Result<(), NodeError> {
        check_name(subscriber)?;
        let key = self.known_key(node).await?;
        self.counted(self.hub.world.store.subscribe(&key, subscriber, self.bounds()).await)
    }

    /// Ends a subscription; `false` when there was none.
    ///
    /// # Errors
    /// `NoNode`, `Store`.
    pub async fn unsubscribe(&self, node: &str, subscriber: &str) -> Result<bool, NodeError> {
        let key = self.known_key(node).await?;
        Ok(self.hub.world.store.unsubscribe(&key, subscriber).await?)
    }

    /// Who subscribed to a node, by address.
    ///
    /// # Errors
    /// `NoNode`, `Store`.
    pub async fn subscribers(&self, node: &str) -> Result<Vec<String>, NodeError> {
        let key = self.known_key(node).await?;
        Ok(self.hub.world.store.subscribers(&key).await?)
    }

    fn key(&self, node: &str) -> Result<NodeKey, NodeError> {
        check_name(node)?;
        Ok(NodeKey { owner: self.owner, name: node.to_owned() })
    }

    async fn known_key(&self, node: &str) -> Result<NodeKey, NodeError> {
        let found = self.find(node).await?;
        Ok(found.ok_or(NodeError::NoNode)?.key)
    }

    fn bounds(&self) -> NodeBounds {
        NodeBounds {
            nodes_max: NODES_MAX,
            subscribers_max: NODE_SUBSCRIBERS_MAX,
            bytes_max: self.hub.settings.bounds.nodes_bytes_max,
        }
    }

    /// Shows administrators that a bound was met.
    fn counted<T>(&self, answer: Result<T, NodeError>) -> Result<T, NodeError> {
        let bound = match &answer {
            Err(NodeError::TooManyNodes) => "nodes",
            Err(NodeError::TooManySubscribers) => "subscribers",
            Err(NodeError::TooManyBytes) => "bytes",
            Err(NodeError::TooLarge) => "size",
            _ => return answer,
        };
        metrics::counter!("parlance_nodes_refused_total", "bound" => bound).increment(1);
        answer
    }
}

fn found(is_there: bool) -> Result<(), NodeError> {
    if is_there { Ok(()) } else { Err(NodeError::NoNode) }
}

fn check_name(name: &str) -> Result<(), NodeError> {
    let fits = (1..=NODE_NAME_BYTES_MAX).contains(&name.len());
    if fits { Ok(()) } else { Err(NodeError::NameInvalid) }
}

fn check_size(text: &str, bytes_max: usize) -> Result<(), NodeError> {
    if text.len() <= bytes_max { Ok(()) } else { Err(NodeError::TooLarge) }
}

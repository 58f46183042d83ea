use super::{MemoryStore, Tables};
use crate::ports::{
    Item, Items, NodeBounds, NodeError, NodeKey, NodeOwner, NodeRow, Nodes, Publish, Published, StoreError,
};
use async_trait::async_trait;
use std::collections::BTreeSet;

/// A node with everything in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    config: String,
    /// The last place that was given.
    last_place: u64,
    /// By place.
    items: Vec<Item>,
    subscribers: BTreeSet<String>,
}

#[async_trait]
impl Nodes for MemoryStore {
    async fn publish(&self, publish: Publish) -> Result<Published, NodeError> {
        let mut tables = self.tables();
        let known = tables.nodes.get(&publish.node).cloned();
        let is_new_node = known.is_none();
        if is_new_node {
            tables.check_may_make(&publish.node, publish.bounds)?;
        }
        let mut node = known.unwrap_or_else(|| Node { config: publish.config.clone(), ..Node::default() });
        let (has_replaced, evicted) = node.put(&publish);
        tables.replace(&publish.node, node, publish.bounds)?;
        Ok(Published { is_new_node, has_replaced, evicted })
    }

    async fn retract(&self, node: &NodeKey, ids: &[String]) -> Result<Vec<String>, StoreError> {
        let mut tables = self.tables();
        let Some(node) = tables.nodes.get_mut(node) else { return Ok(Vec::new()) };
        let (gone, kept) =
            std::mem::take(&mut node.items).into_iter().partition(|item| ids.contains(&item.id));
        node.items = kept;
        let gone: Vec<Item> = gone;
        Ok(gone.into_iter().map(|item| item.id).collect())
    }

    async fn items(&self, node: &NodeKey, which: Items) -> Result<Vec<Item>, StoreError> {
        Ok(self.tables().nodes.get(node).map_or_else(Vec::new, |node| node.items(&which)))
    }

    async fn create_node(&self, node: &NodeKey, config: &str, bounds: NodeBounds) -> Result<(), NodeError> {
        let mut tables = self.tables();
        if tables.nodes.contains_key(node) {
            return Err(NodeError::Exists);
        }
        tables.check_may_make(node, bounds)?;
        tables.replace(node, Node { config: config.to_owned(), ..Node::default() }, bounds)
    }

    async fn find_node(&self, node: &NodeKey) -> Result<Option<NodeRow>, StoreError> {
        Ok(self.tables().nodes.get(node).map(|found| found.row(node)))
    }

    async fn list_nodes(&self, owner: NodeOwner) -> Result<Vec<NodeRow>, StoreError> {
        Ok(self.tables().nodes_of(owner).map(|(key, node)| node.row(key)).collect())
    }

    async fn configure_node(
        &self,
        node: &NodeKey,
        config: &str,
        bounds: NodeBounds,
    ) -> Result<(), NodeError> {
        let mut tables = self.tables();
        let known = tables.nodes.get(node).cloned().ok_or(NodeError::NoNode)?;
        tables.replace(node, Node { config: config.to_owned(), ..known }, bounds)
    }

    async fn purge_node(&self, node: &NodeKey) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let found = tables.nodes.get_mut(node);
        Ok(found.map(|node| node.items.clear()).is_some())
    }

    async fn delete_node(&self, node: &NodeKey) -> Result<bool, StoreError> {
        Ok(self.tables().nodes.remove(node).is_some())
    }

    async fn subscribe(&self, node: &NodeKey, subscriber: &str, bounds: NodeBounds) -> Result<(), NodeError> {
        let mut tables = self.tables();
        let mut known = tables.nodes.get(node).cloned().ok_or(NodeError::NoNode)?;
        if !known.subscribers.insert(subscriber.to_owned()) {
            return Ok(());
        }
        if known.subscribers.len() > bounds.subscribers_max {
            return Err(NodeError::TooManySubscribers);
        }
        tables.replace(node, known, bounds)
    }

    async fn unsubscribe(&self, node: &NodeKey, subscriber: &str) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        Ok(tables.nodes.get_mut(node).is_some_and(|node| node.subscribers.remove(subscriber)))
    }

    async fn subscribers(&self, node: &NodeKey) -> Result<Vec<String>, StoreError> {
        let tables = self.tables();
        let found = tables.nodes.get(node);
        Ok(found.map_or_else(Vec::new, |node| node.subscribers.iter().cloned().collect()))
    }

    async fn subscriptions(&self, subscriber: &str) -> Result<Vec<NodeKey>, StoreError> {
        let tables = self.tables();
        let found = tables.nodes.iter().filter(|(_, node)| node.subscribers.contains(subscriber));
        Ok(found.map(|(key, _)| key.clone()).collect())
    }

    async fn erase_nodes(&self, owner: NodeOwner) -> Result<(), StoreError> {
        self.tables().nodes.retain(|key, _| key.owner != owner);
        Ok(())
    }

    async fn erase_subscriptions(&self, subscriber: &str) -> Result<(), StoreError> {
        for node in self.tables().nodes.values_mut() {
            node.subscribers.remove(subscriber);
        }
        Ok(())
    }
}

impl Tables {
    fn nodes_of(&self, owner: NodeOwner) -> impl Iterator<Item = (&NodeKey, &Node)> {
        self.nodes.iter().filter(move |(key, _)| key.owner == owner)
    }

    fn check_may_make(&self, node: &NodeKey, bounds: NodeBounds) -> Result<(), NodeError> {
        let has_owner = match node.owner {
            NodeOwner::Principal(id) => self.directory.principals.contains_key(&id),
            NodeOwner::Conversation(id) => self.logs.contains_key(&id),
        };
        if !has_owner {
            return Err(NodeError::NoOwner);
        }
        if self.nodes_of(node.owner).count() >= bounds.nodes_max {
            return Err(NodeError::TooManyNodes);
        }
        Ok(())
    }

    /// Puts a node in the place of what was there, unless that would be too much.
    fn replace(&mut self, key: &NodeKey, node: Node, bounds: NodeBounds) -> Result<(), NodeError> {
        let others = self.nodes_of(key.owner).filter(|(other, _)| *other != key);
        let bytes = others.map(|(other, node)| node.cost(other)).sum::<u64>() + node.cost(key);
        let before = self.nodes.get(key).map_or(0, |node| node.cost(key));
        // What makes it less is never refused, also where the bound was lowered.
        if bytes > bounds.bytes_max && node.cost(key) > before {
            return Err(NodeError::TooManyBytes);
        }
        self.nodes.insert(key.clone(), node);
        Ok(())
    }
}

impl Node {
    fn row(&self, key: &NodeKey) -> NodeRow {
        NodeRow { key: key.clone(), config: self.config.clone(), items_count: self.items.len() }
    }

    fn cost(&self, key: &NodeKey) -> u64 {
        let items: u64 = self.items.iter().map(|item| Item::cost(&item.id, &item.payload)).sum();
        let subscribers: usize = self.subscribers.iter().map(String::len).sum();
        key.cost(&self.config) + items + subscribers as u64
    }

    /// Whether an item was replaced, and which had to go.
    fn put(&mut self, publish: &Publish) -> (bool, Vec<String>) {
        let count = self.items.len();
        self.items.retain(|item| item.id != publish.id);
        let has_replaced = self.items.len() < count;
        self.last_place += 1;
        self.items.push(Item {
            id: publish.id.clone(),
            place: self.last_place,
            payload: publish.payload.clone(),
            publisher: publish.publisher,
            at: publish.at,
        });
        let excess = self.items.len().saturating_sub(publish.items_max.max(1));
        (has_replaced, self.items.drain(..excess).map(|item| item.id).collect())
    }

    fn items(&self, which: &Items) -> Vec<Item> {
        match which {
            Items::Named(ids) => self.items.iter().filter(|item| ids.contains(&item.id)).cloned().collect(),
            Items::Before(before, limit) => {
                let older = self.items.iter().filter(|item| before.is_none_or(|place| item.place < place));
                let mut newest: Vec<Item> = older.rev().take(*limit).cloned().collect();
                newest.reverse();
                newest
            }
            Items::After(after, limit) => {
                self.items.iter().filter(|item| item.place > *after).take(*limit).cloned().collect()
            }
        }
    }
}

//! What protocols keep for people and conversations.

mod items;
mod publish;
mod rows;
mod subscriptions;

use super::{SqliteStore, event_log::consistently};
use async_trait::async_trait;
use parlance_hub::ports::{
    Item, Items, NodeBounds, NodeError, NodeKey, NodeOwner, NodeRow, Nodes, Publish, Published, StoreError,
};

#[async_trait]
impl Nodes for SqliteStore {
    async fn publish(&self, publish: Publish) -> Result<Published, NodeError> {
        self.write(move |c| publish::publish(c, &publish)).await?
    }

    async fn retract(&self, node: &NodeKey, ids: &[String]) -> Result<Vec<String>, StoreError> {
        let (node, ids) = (node.clone(), ids.to_vec());
        self.write(move |c| items::retract(c, &node, &ids)).await
    }

    async fn items(&self, node: &NodeKey, which: Items) -> Result<Vec<Item>, StoreError> {
        let node = node.clone();
        self.readers.read(move |c| consistently(c, |c| items::list(c, &node, &which))).await
    }

    async fn create_node(&self, node: &NodeKey, config: &str, bounds: NodeBounds) -> Result<(), NodeError> {
        let (node, config) = (node.clone(), config.to_owned());
        self.write(move |c| rows::create(c, &node, &config, bounds)).await?
    }

    async fn find_node(&self, node: &NodeKey) -> Result<Option<NodeRow>, StoreError> {
        let node = node.clone();
        self.readers.read(move |c| rows::find(c, &node)).await
    }

    async fn list_nodes(&self, owner: NodeOwner) -> Result<Vec<NodeRow>, StoreError> {
        self.readers.read(move |c| rows::list(c, owner)).await
    }

    async fn configure_node(
        &self,
        node: &NodeKey,
        config: &str,
        bounds: NodeBounds,
    ) -> Result<(), NodeError> {
        let (node, config) = (node.clone(), config.to_owned());
        self.write(move |c| rows::configure(c, &node, &config, bounds)).await?
    }

    async fn purge_node(&self, node: &NodeKey) -> Result<bool, StoreError> {
        let node = node.clone();
        self.write(move |c| rows::purge(c, &node)).await
    }

    async fn delete_node(&self, node: &NodeKey) -> Result<bool, StoreError> {
        let node = node.clone();
        self.write(move |c| rows::delete(c, &node)).await
    }

    async fn subscribe(&self, node: &NodeKey, subscriber: &str, bounds: NodeBounds) -> Result<(), NodeError> {
        let (node, subscriber) = (node.clone(), subscriber.to_owned());
        self.write(move |c| subscriptions::add(c, &node, &subscriber, bounds)).await?
    }

    async fn unsubscribe(&self, node: &NodeKey, subscriber: &str) -> Result<bool, StoreError> {
        let (node, subscriber) = (node.clone(), subscriber.to_owned());
        self.write(move |c| subscriptions::remove(c, &node, &subscriber)).await
    }

    async fn subscribers(&self, node: &NodeKey) -> Result<Vec<String>, StoreError> {
        let node = node.clone();
        self.readers.read(move |c| subscriptions::of_node(c, &node)).await
    }

    async fn subscriptions(&self, subscriber: &str) -> Result<Vec<NodeKey>, StoreError> {
        let subscriber = subscriber.to_owned();
        self.readers.read(move |c| subscriptions::of_subscriber(c, &subscriber)).await
    }

    async fn erase_nodes(&self, owner: NodeOwner) -> Result<(), StoreError> {
        self.write(move |c| rows::erase(c, owner)).await
    }

    async fn erase_subscriptions(&self, subscriber: &str) -> Result<(), StoreError> {
        let subscriber = subscriber.to_owned();
        self.write(move |c| subscriptions::erase(c, &subscriber)).await
    }
}

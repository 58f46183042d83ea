use super::Intake;
use crate::{
    context::Xmpp,
    pubsub::{OWNER, PUBSUB, bookmarks, config::NodeConfig, displayed, nick, node::Pep},
};
use parlance_core::{Rejection, principal::Principal};
use parlance_hub::{
    HubError,
    identity::Adoption,
    ports::{Item, Items, NodeError, NodeOwner, NodeRow},
    usecase::{NODE_ITEMS_MAX, NewItem, OwnedNodes, importer},
};
use parlance_xmpp::write::Writer;
use std::sync::Arc;

/// The node of a vCard.
const VCARD: &str = "vcard-temp";
/// With what the nodes of private storage begin.
const PRIVATE: &str = "jabber:iq:private";

/// An item of a node on another server.
#[derive(Clone, Copy, Debug)]
pub struct KeptItem<'a> {
    /// Whose node it is: the name before the `@`.
    pub owner: &'a str,
    /// The node.
    pub node: &'a str,
    /// Its id.
    pub id: &'a str,
    /// One element with all namespaces it needs; may be empty.
    pub payload: &'a str,
}

/// What somebody keeps in nodes: vCard, private storage, and what they publish.
///
/// # Errors
/// When the store cannot be read.
///
/// # Source
/// XEP-0227 (1.1) sections 4.5, 4.6 and 4.9.
pub async fn nodes_xml(xmpp: &Arc<Xmpp>, owner: &Principal) -> Result<String, HubError> {
    let nodes = xmpp.hub.nodes(NodeOwner::Principal(owner.id));
    let (mut own, mut published) = (Vec::new(), Vec::new());
    for row in nodes.list().await? {
        let is_own = row.key.name == VCARD || row.key.name.starts_with(PRIVATE);
        if is_own { own.push(row) } else { published.push(row) }
    }
    let mut xml = String::new();
    for (name, is_query) in [(VCARD, false), (PRIVATE, true)] {
        let mut elements = Writer::new();
        if is_query {
            elements.start("query").namespace(PRIVATE);
        }
        let rows: Vec<_> = own.iter().filter(|row| row.key.name.starts_with(name)).collect();
        for row in &rows {
            for item in items(&nodes, row, 1).await? {
                elements.raw(&item.payload);
            }
        }
        if !rows.is_empty() {
            xml.push_str(&elements.finish());
        }
    }
    if !published.is_empty() {
        xml.push_str(&set_ups(&nodes, &published).await?);
        xml.push_str(&contents(&nodes, &published).await?);
    }
    Ok(xml)
}

async fn items(nodes: &OwnedNodes<'_>, row: &NodeRow, count: usize) -> Result<Vec<Item>, HubError> {
    Ok(nodes.items(&row.key.name, Items::Before(None, count)).await?)
}

async fn set_ups(nodes: &OwnedNodes<'_>, rows: &[NodeRow]) -> Result<String, HubError> {
    let mut xml = Writer::new();
    xml.start("pubsub").namespace(OWNER);
    for row in rows {
        let (name, config) = (row.key.name.as_str(), NodeConfig::read(&row.config));
        xml.start("configure").attribute("node", name);
        config.bare_form().write(&mut xml);
        xml.end();
        if !config.members.is_empty() {
            xml.start("affiliations").attribute("node", name);
            for member in &config.members {
                xml.start("affiliation").attribute("jid", member).attribute("affiliation", "member").end();
            }
            xml.end();
        }
        let subscribers = nodes.subscribers(name).await?;
        if !subscribers.is_empty() {
            xml.start("subscriptions").attribute("node", name);
            for subscriber in &subscribers {
                xml.start("subscription")
                    .attribute("jid", subscriber)
                    .attribute("subscription", "subscribed")
                    .end();
            }
            xml.end();
        }
    }
    Ok(xml.finish())
}

async fn contents(nodes: &OwnedNodes<'_>, rows: &[NodeRow]) -> Result<String, HubError> {
    let mut xml = Writer::new();
    xml.start("pubsub").namespace(PUBSUB);
    for row in rows {
        xml.start("items").attribute("node", &row.key.name);
        for item in items(nodes, row, NODE_ITEMS_MAX).await? {
            let is_mark = row.key.name == bookmarks::NODE && item.payload == bookmarks::HIDDEN;
            if !is_mark {
                xml.start("item").attribute("id", &item.id).raw(&item.payload).end();
            }
        }
        xml.end();
    }
    Ok(xml.finish())
}

impl Intake<'_> {
    /// Keeps an item of somebody's node as its newest, unless there is one of this id or the node holds all it
    /// may: what is there stays.
    ///
    /// # Errors
    /// `UserNotFound`, `InvalidValue` for what is too large or cannot be kept, `TooMany`, `Unavailable`.
    ///
    /// # Source
    /// XEP-0227 (1.1) section 4.9.2.
    pub async fn take_item(&self, item: KeptItem<'_>) -> Result<Adoption, HubError> {
        let owner = self.xmpp.hub.person_at(item.owner).await?;
        if item.node == displayed::NODE {
            return Err(Rejection::InvalidValue("node: how far somebody has read is not imported").into());
        }
        let pep = Pep { xmpp: self.xmpp, owner: owner.id, address: owner.address.as_str().into() };
        let found = pep.nodes().find(item.node).await?;
        let config = match &found {
            Some(row) => NodeConfig::read(&row.config),
            None => NodeConfig::usual(item.node),
        };
        let is_full = found.is_some_and(|row| row.items_count >= config.items_max());
        if is_full || has_item(&pep, item).await? {
            return Ok(Adoption::WasThere);
        }
        if !self.is_dry {
            let (id, payload) = (item.id.to_owned(), item.payload.to_owned());
            let new = NewItem { config: config.keep(), id, payload, items_max: config.items_max() };
            pep.nodes().publish(owner.id, item.node, new).await?;
            nick::published(&pep, importer(owner.id), item.node, item.payload).await;
        }
        Ok(Adoption::Taken)
    }
}

async fn has_item(pep: &Pep<'_>, item: KeptItem<'_>) -> Result<bool, HubError> {
    match pep.nodes().items(item.node, Items::Named(vec![item.id.to_owned()])).await {
        Err(NodeError::NoNode) => Ok(false),
        other => Ok(!other?.is_empty()),
    }
}

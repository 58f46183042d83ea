//! What somebody publishes under names of their own.

use super::{
    access::check_may_read,
    avatar, bookmarks,
    config::NodeConfig,
    displayed, nick,
    notify::{self, News},
};
use crate::{context::Xmpp, errors::Refused, iq::Iq, seat::Seat};
use parlance_core::id::PrincipalId;
use parlance_hub::{
    Caller,
    ports::{Item, Items, NodeError, NodeOwner},
    usecase::{NewItem, OwnedNodes},
};
use parlance_xmpp::{StanzaCondition, forms::Form, write::Writer};
use smol_str::SmolStr;
use std::sync::Arc;
use uuid::Uuid;

/// The nodes of an account.
///
/// # Source
/// XEP-0163 (1.2.2) section 3: each account is a service of its own.
pub(crate) struct Pep<'a> {
    pub(crate) xmpp: &'a Arc<Xmpp>,
    pub(crate) owner: PrincipalId,
    /// `name@domain` of the owner.
    pub(crate) address: SmolStr,
}

/// An item that is to be published.
pub(crate) struct Draft {
    /// `None` lets the server choose.
    pub(crate) id: Option<String>,
    /// XML that declares what it uses; empty for none.
    pub(crate) payload: String,
}

impl<'a> Pep<'a> {
    /// The nodes of the account that a client belongs to.
    pub(crate) fn of(xmpp: &'a Arc<Xmpp>, seat: &Seat) -> Self {
        Self { xmpp, owner: seat.caller.who, address: seat.bare.clone() }
    }

    /// The nodes of the account that a request is for.
    pub(crate) async fn asked(iq: &Iq<'a>) -> Result<Self, Refused> {
        let person = iq.xmpp.hub.person_at(iq.to.bare()).await?;
        Ok(Self { xmpp: iq.xmpp, owner: person.id, address: person.address.as_str().into() })
    }

    pub(crate) fn nodes(&self) -> OwnedNodes<'a> {
        self.xmpp.hub.nodes(NodeOwner::Principal(self.owner))
    }

    /// How a node is set up.
    pub(crate) async fn config(&self, node: &str) -> Result<NodeConfig, Refused> {
        match self.nodes().find(node).await? {
            Some(row) => Ok(NodeConfig::read(&row.config)),
            None if is_derived(node) => Ok(NodeConfig::usual(node)),
            None => Err(StanzaCondition::ItemNotFound.into()),
        }
    }

    /// How a node is set up, for somebody who may read it.
    pub(crate) async fn readable(&self, node: &str, reader: &Seat) -> Result<NodeConfig, Refused> {
        let config = self.config(node).await?;
        check_may_read(self.xmpp, self.owner, &config, (reader.caller.who, &reader.bare)).await?;
        Ok(config)
    }

    /// Publishes an item as the owner; its id.
    pub(crate) async fn publish(
        &self,
        caller: Caller,
        node: &str,
        draft: Draft,
        options: Option<&Form>,
    ) -> Result<String, Refused> {
        let id = draft.id.unwrap_or_else(|| Uuid::new_v4().to_string());
        if node == displayed::NODE {
            return displayed::publish(self, caller, id, &draft.payload).await;
        }
        let payload = match node {
            bookmarks::NODE => bookmarks::take_level(self, caller, &id, draft.payload).await?,
            _ => draft.payload,
        };
        let found = self.nodes().find(node).await?;
        let config = match (&found, options) {
            (Some(row), options) => {
                let config = NodeConfig::read(&row.config);
                options.map_or(Ok(()), |options| config.check(options))?;
                config
            }
            (None, options) => {
                let mut config = NodeConfig::usual(node);
                options.map_or(Ok(()), |options| config.apply(options))?;
                config
            }
        };
        self.keep(node, &config, found.is_some(), &id, &payload).await?;
        nick::published(self, caller, node, &payload).await;
        avatar::published(self, node).await;
        if config.delivers_notifications() {
            let payload = if config.delivers_payloads() { payload.as_str() } else { "" };
            let news = News { node, config: &config, event: published(node, &id, payload) };
            notify::tell(self, caller, &news).await?;
        }
        Ok(id)
    }

    async fn keep(
        &self,
        node: &str,
        config: &NodeConfig,
        is_there: bool,
        id: &str,
        payload: &str,
    ) -> Result<(), Refused> {
        if config.persists() {
            let (id, payload) = (id.to_owned(), payload.to_owned());
            let item = NewItem { config: config.keep(), id, payload, items_max: config.items_max() };
            self.nodes().publish(self.owner, node, item).await?;
        } else if !is_there {
            self.nodes().create(node, &config.keep()).await?;
        }
        Ok(())
    }

    /// Takes an item away.
    pub(crate) async fn retract(
        &self,
        caller: Caller,
        node: &str,
        id: &str,
        notifies: bool,
    ) -> Result<(), Refused> {
        let config = self.config(node).await?;
        match node {
            displayed::NODE => return Ok(()),
            bookmarks::NODE => bookmarks::retract(self, caller, &config, id).await?,
            _ => {
                let gone = self.nodes().retract(node, &[id.to_owned()]).await?;
                if gone.is_empty() {
                    return Err(StanzaCondition::ItemNotFound.into());
                }
            }
        }
        if notifies || config.tells_of_retracting() {
            let news = News { node, config: &config, event: retracted(node, id) };
            notify::tell(self, caller, &news).await?;
        }
        Ok(())
    }

    /// Items of a node, newest last, as `caller` sees them.
    pub(crate) async fn items(&self, caller: Caller, node: &str, which: Items) -> Result<Vec<Item>, Refused> {
        let derived = match node {
            displayed::NODE if caller.who == self.owner => displayed::items(self, caller).await?,
            displayed::NODE => Vec::new(),
            bookmarks::NODE if caller.who == self.owner => bookmarks::items(self, caller).await?,
            _ => return Ok(self.nodes().items(node, which).await?),
        };
        Ok(match which {
            Items::Named(ids) => derived.into_iter().filter(|item| ids.contains(&item.id)).collect(),
            Items::Before(_, count) => {
                let skipped = derived.len().saturating_sub(count);
                derived.into_iter().skip(skipped).collect()
            }
            Items::After(_, count) => derived.into_iter().take(count).collect(),
        })
    }

    /// The newest item of a node; `None` also when there is no such node.
    pub(crate) async fn last(&self, node: &str) -> Result<Option<Item>, Refused> {
        match self.nodes().items(node, Items::Before(None, 1)).await {
            Err(NodeError::NoNode) => Ok(None),
            items => Ok(items?.pop()),
        }
    }
}

/// Whether a node is always there, since what it holds is known from elsewhere.
pub(crate) fn is_derived(node: &str) -> bool {
    matches!(node, bookmarks::NODE | displayed::NODE)
}

/// What tells of an item.
pub(crate) fn published(node: &str, id: &str, payload: &str) -> String {
    let mut xml = Writer::new();
    xml.start("items").attribute("node", node);
    xml.start("item").attribute("id", id).raw(payload);
    xml.finish()
}

/// What tells of an item that is gone.
pub(crate) fn retracted(node: &str, id: &str) -> String {
    let mut xml = Writer::new();
    xml.start("items").attribute("node", node).start("retract").attribute("id", id);
    xml.finish()
}

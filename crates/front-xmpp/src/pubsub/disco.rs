//! What an account says of its nodes.

use super::node::Pep;
use crate::iq::{Answer, Iq};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_xmpp::write::Writer;

const ITEMS: &str = "http://jabber.org/protocol/disco#items";

/// What the nodes of an account can do.
///
/// # Source
/// XEP-0060 (1.26.0) section 10; XEP-0163 (1.2.2) section 5.
pub(crate) const NODE_FEATURES: &[&str] = &[
    "http://jabber.org/protocol/pubsub",
    "http://jabber.org/protocol/pubsub#access-open",
    "http://jabber.org/protocol/pubsub#access-presence",
    "http://jabber.org/protocol/pubsub#access-roster",
    "http://jabber.org/protocol/pubsub#access-whitelist",
    "http://jabber.org/protocol/pubsub#auto-create",
    "http://jabber.org/protocol/pubsub#auto-subscribe",
    "http://jabber.org/protocol/pubsub#config-node",
    "http://jabber.org/protocol/pubsub#config-node-max",
    "http://jabber.org/protocol/pubsub#create-and-configure",
    "http://jabber.org/protocol/pubsub#delete-items",
    "http://jabber.org/protocol/pubsub#filtered-notifications",
    "http://jabber.org/protocol/pubsub#instant-nodes",
    "http://jabber.org/protocol/pubsub#item-ids",
    "http://jabber.org/protocol/pubsub#last-published",
    "http://jabber.org/protocol/pubsub#manage-subscriptions",
    "http://jabber.org/protocol/pubsub#member-affiliation",
    "http://jabber.org/protocol/pubsub#modify-affiliations",
    "http://jabber.org/protocol/pubsub#multi-items",
    "http://jabber.org/protocol/pubsub#persistent-items",
    "http://jabber.org/protocol/pubsub#presence-notifications",
    "http://jabber.org/protocol/pubsub#presence-subscribe",
    "http://jabber.org/protocol/pubsub#publish",
    "http://jabber.org/protocol/pubsub#publish-options",
    "http://jabber.org/protocol/pubsub#purge-nodes",
    "http://jabber.org/protocol/pubsub#retract-items",
    "http://jabber.org/protocol/pubsub#retrieve-affiliations",
    "http://jabber.org/protocol/pubsub#retrieve-default",
    "http://jabber.org/protocol/pubsub#retrieve-items",
    "http://jabber.org/protocol/pubsub#retrieve-subscriptions",
    "http://jabber.org/protocol/pubsub#rsm",
    "http://jabber.org/protocol/pubsub#subscribe",
];

/// What else comes with them. Nodes are made at accounts alone: programs that find it elsewhere make theirs there.
///
/// # Source
/// XEP-0060 (1.26.0) section 10; XEP-0402 (1.2.0) section 4; XEP-0411 (1.1.0) section 3; XEP-0398 (1.0.1) section 4.
pub(crate) const ACCOUNT_FEATURES: &[&str] = &[
    "http://jabber.org/protocol/pubsub#create-nodes",
    "http://jabber.org/protocol/pubsub#delete-nodes",
    "urn:xmpp:bookmarks:1#compat",
    "urn:xmpp:bookmarks-conversion:0",
    "urn:xmpp:pep-vcard-conversion:0",
    "vcard-temp",
];

/// The nodes of an account that the asker may read.
///
/// # Source
/// XEP-0060 (1.26.0) section 5.2.
pub(crate) fn items(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let pep = Pep::asked(&iq).await?;
        let mut xml = Writer::new();
        xml.start("query").namespace(ITEMS);
        for row in pep.nodes().list().await? {
            if iq.payload.attribute("node").is_none() && pep.readable(&row.key.name, iq.seat).await.is_ok() {
                xml.start("item").attribute("jid", &pep.address).attribute("node", &row.key.name).end();
            }
        }
        Ok(xml.finish())
    }
    .boxed()
}

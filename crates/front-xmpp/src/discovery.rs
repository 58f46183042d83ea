//! XEP-0030: Service Discovery (2.5.0): what we are and what we support.

use crate::{
    context::ContactAddresses,
    direct::CARBONS,
    iq::{Answer, At, Handler, Iq, Wants},
    pubsub::{self, CAPS},
    xep::{
        archive::{EXTENDED, MAM},
        blocking::{BLOCKING, report::REPORTING},
        commands::{self, COMMANDS},
        contact_addresses,
        last_activity::LAST,
        push::PUSH,
        register::REGISTER,
        time::TIME,
        version::VERSION,
    },
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_xmpp::{StanzaCondition, write::Writer};

pub(crate) const INFO: &str = "http://jabber.org/protocol/disco#info";
pub(crate) const ITEMS: &str = "http://jabber.org/protocol/disco#items";

/// What the server and every account support.
const FEATURES: &[&str] = &[
    INFO,
    ITEMS,
    "urn:xmpp:ping",
    BLOCKING,
    REPORTING,
    LAST,
    TIME,
    VERSION,
    CAPS,
    CARBONS,
    MAM,
    EXTENDED,
    "urn:xmpp:sid:0",
    "msgoffline",
];

/// What every account supports besides.
const ACCOUNT_FEATURES: &[&str] = &[PUSH];

/// What the server supports besides.
const SERVER_FEATURES: &[&str] = &[COMMANDS, REGISTER];

pub(crate) const HANDLERS: &[Handler] = &[
    Handler { at: At::Server, wants: Wants::Get, namespace: INFO, name: "query", answer: server_info },
    Handler { at: At::Server, wants: Wants::Get, namespace: ITEMS, name: "query", answer: server_items },
    Handler { at: At::Own, wants: Wants::Get, namespace: INFO, name: "query", answer: account_info },
    Handler { at: At::Own, wants: Wants::Get, namespace: ITEMS, name: "query", answer: pubsub::disco::items },
];

fn server_info(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let node = iq.payload.attribute("node");
        let mut xml = Writer::new();
        xml.start("query").namespace(INFO).attribute_if("node", node);
        match node {
            Some(node) if !node.starts_with(&caps_node(&iq.xmpp.settings.domain)) => {
                commands::write_node_info(&iq, node, &mut xml).await?;
            }
            _ => write_server(&iq.xmpp.settings.contacts, &mut xml),
        }
        Ok(xml.finish())
    }
    .boxed()
}

/// The nodes of accounts are named too: programs that were written before version 1.2 of XEP-0163 ask the
/// server for them.
fn write_server(contacts: &[ContactAddresses], xml: &mut Writer<'_>) {
    let features = FEATURES.iter().chain(SERVER_FEATURES);
    write_info(xml, ("server", "im", "Parlance"), features.copied());
    write_info(xml, ("pubsub", "pep", ""), pubsub::disco::NODE_FEATURES.iter().copied());
    contact_addresses::write(contacts, xml);
}

/// The node under which clients ask for what a version of the server supports, up to the version.
///
/// # Source
/// XEP-0115 (1.6.0) section 6.2.
pub(crate) fn caps_node(domain: &str) -> String {
    format!("https://{domain}")
}

/// What stands for everything that the server supports.
///
/// # Source
/// XEP-0115 (1.6.0) section 6.3.
pub(crate) fn server_version(contacts: &[ContactAddresses]) -> String {
    let mut xml = Writer::new();
    xml.start("query").namespace(INFO);
    write_server(contacts, &mut xml);
    pubsub::caps_version(&xml.finish()).expect("invariant: we name every feature once")
}

fn account_info(_: Iq<'_>) -> BoxFuture<'_, Answer> {
    let mut xml = Writer::new();
    xml.start("query").namespace(INFO);
    let features = FEATURES.iter().chain(ACCOUNT_FEATURES);
    write_info(&mut xml, ("account", "registered", ""), features.copied());
    let features = pubsub::disco::NODE_FEATURES.iter().chain(pubsub::disco::ACCOUNT_FEATURES);
    write_info(&mut xml, ("pubsub", "pep", ""), features.copied());
    std::future::ready(Ok(xml.finish())).boxed()
}

fn server_items(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        match iq.payload.attribute("node") {
            None => {
                let mut xml = Writer::new();
                xml.start("query").namespace(ITEMS);
                xml.start("item").attribute("jid", &iq.xmpp.settings.groups_domain).end();
                for domain in iq.xmpp.hub.open_routes() {
                    xml.start("item").attribute("jid", &domain).end();
                }
                Ok(xml.finish())
            }
            Some(COMMANDS) => commands::items(&iq).await,
            Some(_) => Err(StanzaCondition::ItemNotFound.into()),
        }
    }
    .boxed()
}

/// Writes who somebody is (category, type and name) and what they support.
///
/// # Source
/// XEP-0030 section 3.1.
pub(crate) fn write_info<'f>(
    xml: &mut Writer<'_>,
    (category, kind, name): (&str, &str, &str),
    features: impl Iterator<Item = &'f str>,
) {
    xml.start("identity").attribute("category", category).attribute("type", kind);
    xml.attribute_if("name", (!name.is_empty()).then_some(name)).end();
    features.for_each(|feature| {
        xml.start("feature").attribute("var", feature).end();
    });
}

//! XEP-0030: Service Discovery (2.5.0): what we are and what we support.

use crate::{
    direct::CARBONS,
    iq::{Answer, At, Handler, Iq, Wants},
    pubsub::{self, CAPS},
    xep::{
        archive::{EXTENDED, MAM},
        blocking::BLOCKING,
        last_activity::LAST,
        time::TIME,
        version::VERSION,
    },
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_xmpp::write::Writer;

pub(crate) const INFO: &str = "http://jabber.org/protocol/disco#info";
pub(crate) const ITEMS: &str = "http://jabber.org/protocol/disco#items";

/// What the server and every account support.
const FEATURES: &[&str] = &[
    INFO,
    ITEMS,
    "urn:xmpp:ping",
    BLOCKING,
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

pub(crate) const HANDLERS: &[Handler] = &[
    Handler { at: At::Server, wants: Wants::Get, namespace: INFO, name: "query", answer: server_info },
    Handler { at: At::Server, wants: Wants::Get, namespace: ITEMS, name: "query", answer: server_items },
    Handler { at: At::Own, wants: Wants::Get, namespace: INFO, name: "query", answer: account_info },
    Handler { at: At::Own, wants: Wants::Get, namespace: ITEMS, name: "query", answer: pubsub::disco::items },
];

fn server_info(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    let mut xml = Writer::new();
    xml.start("query").namespace(INFO).attribute_if("node", iq.payload.attribute("node"));
    write_server(&mut xml);
    std::future::ready(Ok(xml.finish())).boxed()
}

/// The nodes of accounts are named too: programs that were written before version 1.2 of XEP-0163 ask the
/// server for them.
fn write_server(xml: &mut Writer<'_>) {
    write_info(xml, ("server", "im", "Parlance"), FEATURES.iter().copied());
    write_info(xml, ("pubsub", "pep", ""), pubsub::disco::NODE_FEATURES.iter().copied());
}

/// What stands for everything that the server supports.
///
/// # Source
/// XEP-0115 (1.6.0) section 6.3.
pub(crate) fn server_version() -> String {
    let mut xml = Writer::new();
    xml.start("query").namespace(INFO);
    write_server(&mut xml);
    pubsub::caps_version(&xml.finish()).expect("invariant: we name every feature once")
}

fn account_info(_: Iq<'_>) -> BoxFuture<'_, Answer> {
    let mut xml = Writer::new();
    xml.start("query").namespace(INFO);
    write_info(&mut xml, ("account", "registered", ""), FEATURES.iter().copied());
    let features = pubsub::disco::NODE_FEATURES.iter().chain(pubsub::disco::ACCOUNT_FEATURES);
    write_info(&mut xml, ("pubsub", "pep", ""), features.copied());
    std::future::ready(Ok(xml.finish())).boxed()
}

fn server_items(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    let mut xml = Writer::new();
    xml.start("query").namespace(ITEMS);
    xml.start("item").attribute("jid", &iq.xmpp.settings.groups_domain).end();
    std::future::ready(Ok(xml.finish())).boxed()
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

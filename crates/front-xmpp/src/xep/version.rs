//! XEP-0092: Software Version (1.1). Nothing is said of the machine.

use crate::iq::{Answer, At, Handler, Iq, Wants};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_xmpp::write::Writer;

pub(crate) const VERSION: &str = "jabber:iq:version";

pub(super) const HANDLERS: &[Handler] =
    &[Handler { at: At::Server, wants: Wants::Get, namespace: VERSION, name: "query", answer: version }];

/// # Source
/// XEP-0092 section 3.
fn version(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    let mut xml = Writer::new();
    xml.start("query").namespace(VERSION).text_element("name", "Parlance");
    xml.text_element("version", &iq.xmpp.settings.version);
    std::future::ready(Ok(xml.finish())).boxed()
}

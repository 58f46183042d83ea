//! XEP-0202: Entity Time (2.0). A server has no other zone than UTC.

use crate::iq::{Answer, At, Handler, Iq, Wants};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_xmpp::write::{Writer, format_date_time};

pub(crate) const TIME: &str = "urn:xmpp:time";

pub(super) const HANDLERS: &[Handler] =
    &[Handler { at: At::Server, wants: Wants::Get, namespace: TIME, name: "time", answer: time }];

/// # Source
/// XEP-0202 section 3.
fn time(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    let now = iq.xmpp.hub.now().0;
    let mut xml = Writer::new();
    xml.start("time").namespace(TIME).text_element("tzo", "+00:00");
    xml.text_element("utc", &format_date_time(i64::try_from(now).unwrap_or(i64::MAX)));
    std::future::ready(Ok(xml.finish())).boxed()
}

#[cfg(test)]
mod tests {
    use crate::stage::Stage;

    #[tokio::test]
    async fn the_server_tells_the_time_and_its_version() {
        let stage = Stage::new().await;
        let mut romeo = stage.client("romeo").await;
        romeo.send("<iq type='get' id='t' to='example.org'><time xmlns='urn:xmpp:time'/></iq>").await;
        romeo.sees(&["id='t'", "<tzo>+00:00</tzo>", "Z</utc>"]).await;
        romeo.send("<iq type='get' id='v' to='example.org'><query xmlns='jabber:iq:version'/></iq>").await;
        romeo.sees(&["id='v'", "<name>Parlance</name>"]).await;
    }
}

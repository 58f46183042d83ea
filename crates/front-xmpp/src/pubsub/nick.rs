//! XEP-0172: User Nickname (1.1.1).

use super::{node::Pep, xml};
use parlance_hub::Caller;

/// The node, the namespace of its items at the same time.
const NICK: &str = "http://jabber.org/protocol/nick";

/// A nickname that its owner publishes is their display name from then on, in every protocol. One that
/// cannot be a display name is published all the same.
///
/// # Source
/// XEP-0172 (1.1.1) section 4.4.
pub(crate) async fn published(pep: &Pep<'_>, caller: Caller, node: &str, payload: &str) {
    if node != NICK || pep.owner != caller.who {
        return;
    }
    let Some(nick) = xml::read(payload).filter(|nick| nick.is(NICK, "nick")) else { return };
    if let Err(error) = pep.xmpp.hub.update_profile(caller, Some(&nick.text()), None).await {
        tracing::debug!(%error, "a nickname is no display name");
    }
}

use super::{
    front::ComponentFront,
    session::{ComponentSession, Facts},
};
use crate::{
    bounce::{bounce, is_missed},
    context::Xmpp,
    session::limits_before_sign_in,
};
use parlance_front::{Transport, drive};
use std::sync::Arc;

/// Serves one connection of a component to its end. What was only relayed to it and not written comes back to its
/// senders; what is in the log waits.
pub async fn serve_component<T: Transport>(xmpp: Arc<Xmpp>, transport: T) {
    let facts = Facts {
        server: xmpp.settings.domain.clone(),
        components: xmpp.settings.components.clone(),
        id: format!("{:032x}", rand::random::<u128>()),
        shake_until: xmpp.hub.now().plus_ms(xmpp.settings.sign_in_ms),
        stanza: xmpp.settings.stanza,
    };
    let session = ComponentSession::new(facts, limits_before_sign_in());
    let front = ComponentFront::new(Arc::clone(&xmpp));
    let limits = xmpp.settings.session;
    let driven = Box::pin(drive(&front, session, transport, xmpp.hub.clock(), limits)).await;
    drop(front.route.lock().take());
    if front.domain.get().is_some() {
        tracing::info!(ended = ?driven.ended, "a component went");
    }
    if let Some(connection) = &driven.connection {
        bounce(&xmpp, connection, is_missed).await;
    }
}

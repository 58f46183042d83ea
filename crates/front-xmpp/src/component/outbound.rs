use crate::{context::Xmpp, direct, payload::Payload, seat::Seat};
use parlance_core::event::{Content, Event};
use parlance_xmpp::Jid;
use std::sync::Arc;

/// An event as somebody on another server is told of it; `None` when there is nothing to tell.
pub(super) async fn encode(xmpp: &Arc<Xmpp>, event: &Event) -> Option<String> {
    if event.content == Content::Deleted {
        return None;
    }
    let peer = xmpp.hub.look_at(event.conversation, |state| state.peer_of(event.sender)).await.ok()??;
    let peer = xmpp.hub.person(peer).await.ok()?;
    let jid = Jid::parse(peer.address.as_str()).ok()?;
    let seat = Seat::visiting(peer.id, &jid, 0, &Arc::default());
    let to = match Payload::read(event.extras.as_ref()).filter(|payload| !payload.to.is_empty()) {
        Some(payload) => format!("{}/{}", peer.address, payload.to),
        None => peer.address.to_string(),
    };
    Some(direct::written(xmpp, &seat, event, &to).await?.finish())
}

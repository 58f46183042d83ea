//! What those in rooms do in other programs and nobody keeps.

use super::{live::nick_of, write::Said};
use crate::{context::Xmpp, seat::Seat, stanza::Outgoing};
use parlance_core::id::{ConversationId, PrincipalId};
use std::sync::Arc;

/// Tells a client in a room what somebody there does.
pub(crate) async fn signal(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    conversation: ConversationId,
    who: PrincipalId,
    inner: &str,
) -> Option<Outgoing> {
    let here = |room: &mut super::room::Room| room.has(seat).then(|| room.address.clone());
    let room = xmpp.in_room(conversation, here).flatten()?;
    let _ = xmpp.hub.meet([who]).await;
    let from = format!("{room}/{}", nick_of(xmpp, conversation, who));
    let occupant = xmpp.rooms.occupant_id(conversation, who);
    let said = Said { from: &from, inner, occupant: &occupant, ..Said::default() };
    Some(said.write().to(&seat.full))
}

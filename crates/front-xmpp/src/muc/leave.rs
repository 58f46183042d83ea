//! Leaving rooms: one stays a member.

use super::room::Telling;
use crate::{context::Xmpp, seat::Seat};
use parlance_core::id::ConversationId;
use std::sync::Arc;

/// A client leaves a room.
///
/// # Source
/// XEP-0045 section 7.14.
pub(super) async fn leave(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, id: ConversationId, farewell: &str) {
    let was_locked = xmpp.in_room(id, |room| {
        let is_owner = room.locked_by == Some(seat.caller.who) && room.has(seat);
        room.leave(seat, &Telling { farewell, ..Telling::default() });
        is_owner
    });
    // Nobody has said how it is to be, so it never came to be (XEP-0045 section 10.1.3).
    if was_locked == Some(true)
        && let Err(error) = xmpp.hub.abandon_conversation(seat.caller, id).await
    {
        tracing::debug!(conversation.id = %id, %error, "an unfinished room stays");
    }
}

/// A client leaves every room: it has gone offline, or its connection has ended.
///
/// # Source
/// RFC 6121 section 4.6.3: who got directed presence is told of the end.
pub(crate) async fn leave_all(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, farewell: &str) {
    for id in seat.rooms.rooms() {
        leave(xmpp, seat, id, farewell).await;
    }
}

//! XEP-0425: Moderated Message Retraction (0.3.0).

use super::{
    room_of,
    standing::{Part, Standing},
};
use crate::iq::{Answer, At, Handler, Iq, Wants};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_xmpp::StanzaCondition;

const MODERATE: &str = "urn:xmpp:message-moderate:1";
const RETRACT: &str = "urn:xmpp:message-retract:1";

pub(crate) const HANDLERS: &[Handler] =
    &[Handler { at: At::Room, wants: Wants::Set, namespace: MODERATE, name: "moderate", answer: moderate }];

/// Takes a message out. Everybody is told when the log comes by.
///
/// # Source
/// XEP-0425 section 4.
fn moderate(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let id = room_of(&iq).await?;
        let event = iq.payload.attribute("id").ok_or(StanzaCondition::BadRequest)?;
        let event = event.parse().map_err(|_| StanzaCondition::ItemNotFound)?;
        iq.payload.child(RETRACT, "retract").ok_or(StanzaCondition::FeatureNotImplemented)?;
        let standing = iq.xmpp.hub.look_at(id, |state| Standing::of(state, iq.seat.caller.who)).await?;
        if standing.is_none_or(|standing| standing.part != Part::Moderator) {
            return Err(StanzaCondition::Forbidden.into());
        }
        if let Some(reason) = iq.payload.text_of(MODERATE, "reason") {
            iq.xmpp.in_room(id, |room| room.moderation = Some((event, reason.into_owned())));
        }
        iq.xmpp.hub.delete_event(iq.seat.caller, id, event, None).await?;
        Ok(String::new())
    }
    .boxed()
}

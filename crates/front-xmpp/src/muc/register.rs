//! Becoming a member by oneself, and ceasing to be one.

use super::room_of;
use crate::iq::{Answer, At, Handler, Iq, Wants};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_core::Rejection;
use parlance_hub::HubError;
use parlance_xmpp::{StanzaCondition, write::Writer};

const REGISTER: &str = "jabber:iq:register";

pub(crate) const HANDLERS: &[Handler] = &[
    Handler { at: At::Room, wants: Wants::Get, namespace: REGISTER, name: "query", answer: get },
    Handler { at: At::Room, wants: Wants::Set, namespace: REGISTER, name: "query", answer: set },
];

/// # Source
/// XEP-0045 section 7.10; XEP-0077 (2.4) section 3.1.
fn get(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let id = room_of(&iq).await?;
        let who = iq.seat.caller.who;
        let is_member = iq.xmpp.hub.look_at(id, |state| state.members.contains_key(&who)).await?;
        let mut xml = Writer::new();
        xml.start("query").namespace(REGISTER);
        if is_member {
            xml.start("registered").end();
            xml.text_element("username", iq.seat.bare.split('@').next().unwrap_or_default());
        } else {
            xml.text_element("instructions", "Who registers becomes a member.");
        }
        Ok(xml.finish())
    }
    .boxed()
}

/// # Source
/// XEP-0045 section 7.10: where nobody may register, `not-allowed`.
///
/// # Differs
/// `<remove/>` is the way for members to go for good; leaving a room alone keeps them.
fn set(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let id = room_of(&iq).await?;
        let (hub, caller) = (&iq.xmpp.hub, iq.seat.caller);
        if iq.payload.child(REGISTER, "remove").is_some() {
            hub.remove_member(caller, id, caller.who).await?;
            return Ok(String::new());
        }
        match hub.join_open(caller, id).await {
            Ok(()) | Err(HubError::Rule(Rejection::AlreadyMember)) => Ok(String::new()),
            Err(HubError::Rule(Rejection::ConversationNotFound | Rejection::Forbidden)) => {
                Err(StanzaCondition::NotAllowed.into())
            }
            Err(error) => Err(error.into()),
        }
    }
    .boxed()
}

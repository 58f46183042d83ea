//! Messages to somebody that are about another message: what they do to it.

use crate::{context::Xmpp, errors::Refused, message::reference, payload::Payload, seat::Seat};
use parlance_core::{
    body::Body,
    event::{Content, Event},
    id::{ConversationId, EventId, PrincipalId},
};
use parlance_hub::{
    ports::Place,
    usecase::{Attached, HistoryPlace},
};
use parlance_xmpp::Stanza;
use smol_str::SmolStr;
use std::sync::Arc;

pub(super) const RETRACT: &str = "urn:xmpp:message-retract:1";
pub(super) const REACTIONS: &str = "urn:xmpp:reactions:0";
pub(super) const CORRECT: &str = "urn:xmpp:message-correct:0";
const MARKERS: &str = "urn:xmpp:chat-markers:0";
const RECEIPTS: &str = "urn:xmpp:receipts";

/// Events looked through for a message that is named by the id of its sender: together, and how often.
const PAGE: usize = 100;
const PAGES_MAX: usize = 3;

/// Does what a message wants of another one; `false` when it is to be passed on or kept like any other.
///
/// # Source
/// XEP-0308 (1.2.1) section 4, XEP-0424 (0.4.2) section 5, XEP-0444 (0.2.0) section 4, XEP-0333 (0.5.0)
/// section 5, XEP-0184 (1.4.0) section 5.
pub(crate) async fn act(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    id: ConversationId,
    stanza: &Stanza<'_>,
    payload: &Payload<'_>,
    body: Option<&str>,
) -> Result<bool, Refused> {
    let (hub, caller) = (&xmpp.hub, seat.caller);
    let attached = || Attached { client_ref: reference(payload), extras: Some(payload.keep()) };
    let named = |namespace, name| {
        let child = stanza.child(namespace, name)?;
        child.attribute("id").map(|id| id.into_owned())
    };
    let is_own = |who: PrincipalId| who == caller.who;
    let is_others = |who: PrincipalId| who != caller.who;
    if let Some(event) = find(xmpp, seat, id, named(RETRACT, "retract"), is_own).await {
        hub.delete_event(caller, id, event.id, attached()).await?;
        return Ok(true);
    }
    if let Some(event) = find(xmpp, seat, id, named(REACTIONS, "reactions"), |_| true).await {
        hub.set_reactions(caller, id, event.id, emojis(stanza), attached()).await?;
        return Ok(true);
    }
    if let Some(body) = body
        && let Some(event) = find(xmpp, seat, id, named(CORRECT, "replace"), is_own).await
    {
        hub.edit(caller, id, event.id, Body::text(body), attached()).await?;
        return Ok(true);
    }
    if let Some(event) = find(xmpp, seat, id, named(MARKERS, "displayed"), is_others).await {
        hub.mark_read(caller, id, event.seq).await?;
    }
    if let Some(event) = find(xmpp, seat, id, named(RECEIPTS, "received"), is_others).await {
        hub.mark_delivered(caller, id, event.seq).await?;
    }
    Ok(false)
}

fn emojis(stanza: &Stanza<'_>) -> Vec<SmolStr> {
    let Some(reactions) = stanza.child(REACTIONS, "reactions").map(|child| child.parse()) else {
        return Vec::new();
    };
    let texts = reactions.children().filter(|child| child.is(REACTIONS, "reaction"));
    texts.map(|child| SmolStr::new(child.text().trim())).collect()
}

/// A message by our id, or one of the newest by the id that its client gave it.
async fn find(
    xmpp: &Xmpp,
    seat: &Seat,
    id: ConversationId,
    named: Option<String>,
    is_whose: impl Fn(PrincipalId) -> bool,
) -> Option<Arc<Event>> {
    let named = named?;
    if let Ok(event) = named.parse::<EventId>()
        && let Ok(found) = xmpp.hub.visible_event(seat.caller, id, event).await
        && is_whose(found.event.sender)
    {
        return Some(found.event);
    }
    let mut place = Place::Newest;
    for _ in 0..PAGES_MAX {
        let page = xmpp.hub.history(seat.caller, id, HistoryPlace::At(place), PAGE).await.ok()?;
        let is_it = |event: &Event| {
            matches!(event.content, Content::Message(_))
                && is_whose(event.sender)
                && Payload::read(event.extras.as_ref()).is_some_and(|kept| kept.id == named)
        };
        if let Some(found) = page.items.iter().rev().find(|item| is_it(&item.event)) {
            return Some(Arc::clone(&found.event));
        }
        place = Place::Before(page.items.first().filter(|_| page.has_before)?.event.seq);
    }
    None
}

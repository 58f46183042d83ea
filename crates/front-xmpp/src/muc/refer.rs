//! Messages of rooms that are about another message: what they do to it.

use super::live::is_in_log;
use crate::{context::Xmpp, errors::Refused, message::reference, payload::Payload, seat::Seat};
use parlance_core::{
    body::Body,
    event::Content,
    id::{ConversationId, EventId},
};
use parlance_hub::{
    ports::Place,
    usecase::{Attached, HistoryPlace},
};
use parlance_xmpp::Stanza;
use smol_str::SmolStr;
use std::sync::Arc;

const RETRACT: &str = "urn:xmpp:message-retract:1";
const REACTIONS: &str = "urn:xmpp:reactions:0";
const CORRECT: &str = "urn:xmpp:message-correct:0";
const MARKERS: &str = "urn:xmpp:chat-markers:0";
const REPLY: &str = "urn:xmpp:reply:0";

/// Events looked through for a message that is corrected: together, and how often.
const PAGE: usize = 100;
const PAGES_MAX: usize = 3;

/// Does what a message wants of another one. `false` when it wants nothing, or of none that is known here:
/// then it is a message like any other.
///
/// # Source
/// XEP-0424 (0.4.2) section 5, XEP-0444 (0.2.0) section 4 and XEP-0333 (0.5.0) section 5: in rooms the other
/// one is named by the id that the room gave it; XEP-0308 (1.2.1) section 4: by the id of its sender.
pub(super) async fn act(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    id: ConversationId,
    stanza: &Stanza<'_>,
    payload: &Payload<'_>,
    body: Option<&str>,
) -> Result<bool, Refused> {
    let (hub, caller) = (&xmpp.hub, seat.caller);
    let attached = || Attached { client_ref: reference(payload), extras: Some(payload.keep()) };
    let target = |namespace, name| {
        let child = stanza.child(namespace, name)?;
        child.attribute("id")?.parse::<EventId>().ok()
    };
    if let Some(event) = target(RETRACT, "retract") {
        hub.delete_event(caller, id, event, attached()).await?;
        return Ok(true);
    }
    if let Some(event) = target(REACTIONS, "reactions") {
        hub.set_reactions(caller, id, event, emojis(stanza), attached()).await?;
        return Ok(true);
    }
    if let Some(event) = target(MARKERS, "displayed")
        && let Ok(found) = hub.visible_event(caller, id, event).await
    {
        hub.mark_read(caller, id, found.event.seq).await?;
        return Ok(false);
    }
    let (Some(body), Some(corrected)) = (body, stanza.child(CORRECT, "replace")) else { return Ok(false) };
    let Some(event) = find_own(xmpp, seat, id, &corrected.attribute("id").unwrap_or_default()).await else {
        return Ok(false);
    };
    hub.edit(caller, id, event, Body::text(body), attached()).await?;
    Ok(true)
}

/// The message that one answers, when it is known here.
///
/// # Source
/// XEP-0461 (0.2.0) section 3.1.
pub(super) async fn answered(
    xmpp: &Xmpp,
    seat: &Seat,
    id: ConversationId,
    stanza: &Stanza<'_>,
) -> Option<EventId> {
    let event = stanza.child(REPLY, "reply")?.attribute("id")?.parse().ok()?;
    let found = xmpp.hub.visible_event(seat.caller, id, event).await.ok()?;
    is_in_log(&found.event.content).then_some(event)
}

fn emojis(stanza: &Stanza<'_>) -> Vec<SmolStr> {
    let Some(reactions) = stanza.child(REACTIONS, "reactions").map(|child| child.parse()) else {
        return Vec::new();
    };
    let texts = reactions.children().filter(|child| child.is(REACTIONS, "reaction"));
    texts.map(|child| SmolStr::new(child.text().trim())).collect()
}

/// One of the newest messages of somebody, by the id that its client gave it.
async fn find_own(xmpp: &Xmpp, seat: &Seat, id: ConversationId, stanza_id: &str) -> Option<EventId> {
    let mut place = Place::Newest;
    for _ in 0..PAGES_MAX {
        let page = xmpp.hub.history(seat.caller, id, HistoryPlace::At(place), PAGE).await.ok()?;
        let is_it = |event: &parlance_core::event::Event| {
            let kept = Payload::read(event.extras.as_ref());
            event.sender == seat.caller.who
                && matches!(event.content, Content::Message(_))
                && (kept.is_some_and(|kept| kept.id == stanza_id) || event.id.to_string() == stanza_id)
        };
        if let Some(found) = page.items.iter().rev().find(|item| is_it(&item.event)) {
            return Some(found.event.id);
        }
        place = Place::Before(page.items.first().filter(|_| page.has_before)?.event.seq);
    }
    None
}

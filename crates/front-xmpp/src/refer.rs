//! Messages that are about another message: what they do to it.

use crate::{context::Xmpp, errors::Refused, message::reference, payload::Payload, seat::Seat};
use parlance_core::{
    body::Body,
    event::{Content, Event},
    id::{ConversationId, EventId, PrincipalId},
};
use parlance_hub::{
    HubError,
    ports::Place,
    usecase::{Attached, HistoryPlace},
};
use parlance_xmpp::{Stanza, ns};
use smol_str::SmolStr;
use std::sync::Arc;

pub(crate) const RETRACT: &str = "urn:xmpp:message-retract:1";
pub(crate) const REACTIONS: &str = "urn:xmpp:reactions:0";
pub(crate) const CORRECT: &str = "urn:xmpp:message-correct:0";
pub(crate) const REPLY: &str = "urn:xmpp:reply:0";
pub(crate) const MARKERS: &str = "urn:xmpp:chat-markers:0";
pub(crate) const RECEIPTS: &str = "urn:xmpp:receipts";

/// Events looked through for a message that is named by the id of its sender: together, and how often.
const PAGE: usize = 100;
const PAGES_MAX: usize = 3;

/// A conversation in which a client names messages.
pub(crate) struct Talk<'a> {
    pub(crate) xmpp: &'a Arc<Xmpp>,
    pub(crate) seat: &'a Arc<Seat>,
    pub(crate) id: ConversationId,
    /// In rooms the messages of others have the ids that the room gave them.
    pub(crate) is_room: bool,
}

impl Talk<'_> {
    /// Does what a message wants of another one; `false` when it is to be passed on or kept like any other.
    ///
    /// # Source
    /// XEP-0333 (0.5.0) section 5, XEP-0184 (1.4.0) section 5.
    pub(crate) async fn act(
        &self,
        stanza: &Stanza<'_>,
        payload: &Payload<'_>,
        body: Option<&Body>,
    ) -> Result<bool, Refused> {
        let attached = || Attached {
            client_ref: reference(payload),
            extras: Some(payload.keep()),
            ..Attached::default()
        };
        if self.change(stanza, attached, body).await? {
            return Ok(true);
        }
        let (hub, caller, id) = (&self.xmpp.hub, self.seat.caller, self.id);
        let is_others = |who: PrincipalId| who != caller.who;
        if let Some(event) = self.find(named(stanza, MARKERS, "displayed"), is_others).await {
            hub.mark_read(caller, id, event.seq).await?;
        }
        if let Some(event) = self.find(named(stanza, RECEIPTS, "received"), is_others).await {
            hub.mark_delivered(caller, id, event.seq).await?;
        }
        Ok(false)
    }

    /// Changes another message as a message wants; `false` when it wants no change of one that is known.
    ///
    /// # Source
    /// XEP-0308 (1.2.1) section 4, XEP-0424 (0.4.2) section 5, XEP-0444 (0.2.0) section 4.
    pub(crate) async fn change(
        &self,
        stanza: &Stanza<'_>,
        attached: impl Fn() -> Attached,
        body: Option<&Body>,
    ) -> Result<bool, HubError> {
        let (hub, caller, id) = (&self.xmpp.hub, self.seat.caller, self.id);
        let is_own = |who: PrincipalId| who == caller.who;
        if let Some(event) = self.target(named(stanza, RETRACT, "retract"), is_own).await {
            hub.delete_event(caller, id, event, attached()).await?;
            return Ok(true);
        }
        if let Some(event) = self.target(named(stanza, REACTIONS, "reactions"), |_| true).await {
            hub.set_reactions(caller, id, event, emojis(stanza), attached()).await?;
            return Ok(true);
        }
        if let Some(body) = body
            && let Some(event) = self.find_by_either(named(stanza, CORRECT, "replace"), is_own).await
        {
            hub.edit(caller, id, event.id, body.clone(), attached()).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// The message that one answers, when it is known here.
    ///
    /// # Source
    /// XEP-0461 (0.2.0) section 3.1.
    pub(crate) async fn answered(&self, stanza: &Stanza<'_>) -> Option<EventId> {
        let found = self.find(named(stanza, REPLY, "reply"), |_| true).await?;
        is_in_log(&found.content).then_some(found.id)
    }

    /// The thread that a message belongs to, when it was begun in a program that has threads with a first
    /// message. What else clients call a thread is theirs alone: many give every talk a name of its own.
    ///
    /// # Source
    /// XEP-0201 (1.0) section 4.
    pub(crate) async fn thread(&self, stanza: &Stanza<'_>) -> Option<EventId> {
        let found = self.by_event(stanza.child(ns::CLIENT, "thread")?.text().trim(), |_| true).await?;
        is_in_log(&found.content).then_some(found.id)
    }

    /// The message that something is to be done to. In rooms the name is enough: the core refuses what is not
    /// there or not allowed.
    async fn target(&self, named: Option<String>, is_whose: impl Fn(PrincipalId) -> bool) -> Option<EventId> {
        if self.is_room {
            return named?.parse().ok();
        }
        Some(self.find_by_either(named, is_whose).await?.id)
    }

    /// The message that is named by the id which messages of all have in this conversation.
    async fn find(
        &self,
        named: Option<String>,
        is_whose: impl Fn(PrincipalId) -> bool,
    ) -> Option<Arc<Event>> {
        if self.is_room {
            self.by_event(&named?, is_whose).await
        } else {
            self.find_by_either(named, is_whose).await
        }
    }

    /// A message by our id, or one of the newest by the id that its client gave it.
    async fn find_by_either(
        &self,
        named: Option<String>,
        is_whose: impl Fn(PrincipalId) -> bool,
    ) -> Option<Arc<Event>> {
        let named = named?;
        match self.by_event(&named, &is_whose).await {
            Some(found) => Some(found),
            None => self.by_client(&named, is_whose).await,
        }
    }

    async fn by_event(&self, named: &str, is_whose: impl Fn(PrincipalId) -> bool) -> Option<Arc<Event>> {
        let id = named.parse::<EventId>().ok()?;
        let found = self.xmpp.hub.visible_event(self.seat.caller, self.id, id).await.ok()?;
        is_whose(found.event.sender).then_some(found.event)
    }

    async fn by_client(&self, named: &str, is_whose: impl Fn(PrincipalId) -> bool) -> Option<Arc<Event>> {
        let is_it = |event: &Event| {
            matches!(event.content, Content::Message(_))
                && is_whose(event.sender)
                && Payload::read(event.extras.as_ref()).is_some_and(|kept| kept.id == named)
        };
        let mut place = Place::Newest;
        for _ in 0..PAGES_MAX {
            let at = HistoryPlace::At(place);
            let page = self.xmpp.hub.history(self.seat.caller, self.id, at, PAGE).await.ok()?;
            if let Some(found) = page.items.iter().rev().find(|item| is_it(&item.event)) {
                return Some(Arc::clone(&found.event));
            }
            place = Place::Before(page.items.first().filter(|_| page.has_before)?.event.seq);
        }
        None
    }
}

/// Whether something is a message that can be answered, or what is left of one.
fn is_in_log(content: &Content) -> bool {
    matches!(content, Content::Message(_) | Content::Deleted)
}

/// The id by which a child of a message names another message.
fn named(stanza: &Stanza<'_>, namespace: &str, name: &str) -> Option<String> {
    stanza.child(namespace, name)?.attribute("id").map(|id| id.into_owned())
}

fn emojis(stanza: &Stanza<'_>) -> Vec<SmolStr> {
    let Some(reactions) = stanza.child(REACTIONS, "reactions").map(|child| child.parse()) else {
        return Vec::new();
    };
    let texts = reactions.children().filter(|child| child.is(REACTIONS, "reaction"));
    texts.map(|child| SmolStr::new(child.text().trim())).collect()
}

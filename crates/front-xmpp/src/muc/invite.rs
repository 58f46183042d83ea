//! Invitations to rooms.

use super::MUC_USER;
use crate::{
    context::Xmpp, deliver::relay_xml, errors::Refused, message::Message, seat::Seat, stanza::Outgoing,
};
use parlance_core::{
    Rejection,
    event::{Content, MembershipChange},
    id::{ConversationId, PrincipalId},
    principal::Principal,
};
use parlance_hub::{HubError, live::Batch};
use parlance_xmpp::{Element, Jid, StanzaCondition, write::Writer};
use std::sync::Arc;

/// Most people invited with one message.
const INVITED_MAX: usize = 50;

/// Tells a client that somebody else has made its owner a member.
///
/// # Source
/// XEP-0045 section 7.8.2.
pub(super) async fn invited(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    id: ConversationId,
    batch: &Batch,
) -> Vec<Outgoing> {
    let is_joining = |content: &Content| {
        let joined = |change: &MembershipChange| matches!(change, MembershipChange::Joined(_));
        matches!(content, Content::Membership { who, change } if *who == seat.caller.who && joined(change))
    };
    let joined = batch.entries.iter().map(|entry| &entry.event).filter(|event| is_joining(&event.content));
    let Some(by) = joined.map(|event| event.sender).next_back().filter(|by| *by != seat.caller.who) else {
        return Vec::new();
    };
    if seat.rooms.was_invited(id) || !seat.takes_messages() {
        return Vec::new();
    }
    let Ok(room) = xmpp.hub.address_of(id).await else { return Vec::new() };
    let inviter = xmpp.hub.known_person(by).map(|person| person.address.to_string());
    let told = Told { room: &room, kind: "invite", other: inviter.as_deref().unwrap_or(&room), reason: None };
    vec![told.write(&seat.full).into()]
}

/// Passes on an invitation, or that one was declined.
///
/// # Source
/// XEP-0045 section 7.8.2: who is invited to a room for members becomes one.
pub(super) async fn pass_on(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    message: &Message<'_>,
    id: ConversationId,
) -> Result<(), Refused> {
    let is_plain = matches!(message.kind.as_str(), "" | "normal");
    let user = message.stanza.child(MUC_USER, "x").filter(|_| is_plain);
    let user = user.ok_or(StanzaCondition::BadRequest)?.parse();
    if let Some(decline) = user.child(MUC_USER, "decline") {
        return self::decline(xmpp, seat, id, decline).await;
    }
    let invitations: Vec<_> = user.children().filter(|child| child.is(MUC_USER, "invite")).collect();
    if invitations.is_empty() || invitations.len() > INVITED_MAX {
        return Err(StanzaCondition::BadRequest.into());
    }
    for invitation in invitations {
        invite(xmpp, seat, id, invitation).await?;
    }
    Ok(())
}

async fn invite(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    id: ConversationId,
    invitation: &Element,
) -> Result<(), Refused> {
    let person = named(xmpp, invitation).await?;
    let door = xmpp.hub.look_at(id, |state| {
        state
            .check_may_invite(seat.caller.who)
            .map(|()| (state.settings.open, state.members.contains_key(&person.id)))
    });
    let (is_open, is_member) = door.await?.map_err(HubError::from).map_err(|error| match error {
        HubError::Rule(Rejection::ConversationNotFound) => Refused::from(StanzaCondition::NotAcceptable),
        error => error.into(),
    })?;
    if xmpp.hub.is_blocked(seat.caller.who, person.id).await? {
        return Err(Rejection::Blocked.into());
    }
    let becomes_member = !is_open && !is_member;
    if becomes_member {
        // What they are told now has the reason, which the log does not have.
        xmpp.seats.of(person.id).iter().for_each(|one| one.rooms.note_invited(id));
        xmpp.hub.add_member(seat.caller, id, person.id, None).await?;
    }
    tell(xmpp, id, person.id, "invite", &seat.bare, invitation).await
}

/// Who declines does not stay a member either.
async fn decline(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    id: ConversationId,
    decline: &Element,
) -> Result<(), Refused> {
    let inviter = named(xmpp, decline).await?;
    let both = [seat.caller.who, inviter.id];
    let is_between =
        xmpp.hub.look_at(id, |state| both.iter().all(|who| state.members.contains_key(who))).await?;
    if !is_between {
        return Err(StanzaCondition::NotAcceptable.into());
    }
    tell(xmpp, id, inviter.id, "decline", &seat.bare, decline).await?;
    Ok(xmpp.hub.remove_member(seat.caller, id, seat.caller.who).await?)
}

async fn named(xmpp: &Xmpp, element: &Element) -> Result<Arc<Principal>, Refused> {
    let to = element.attribute("to").ok_or(StanzaCondition::BadRequest)?;
    super::person(xmpp, &Jid::parse(to).map_err(|_| StanzaCondition::JidMalformed)?).await
}

async fn tell(
    xmpp: &Arc<Xmpp>,
    id: ConversationId,
    who: PrincipalId,
    kind: &'static str,
    other: &str,
    element: &Element,
) -> Result<(), Refused> {
    let room = xmpp.hub.address_of(id).await?;
    let reason = element.text_of(MUC_USER, "reason");
    let told = Told { room: &room, kind, other, reason: reason.as_deref() };
    for one in xmpp.seats.of(who).iter().filter(|one| one.takes_messages()) {
        relay_xml(xmpp, one, told.write(&one.full))?;
    }
    Ok(())
}

struct Told<'a> {
    room: &'a str,
    kind: &'static str,
    other: &'a str,
    reason: Option<&'a str>,
}

impl Told<'_> {
    fn write(&self, to: &str) -> String {
        let mut xml = Writer::new();
        xml.start("message").attribute("from", self.room).attribute("to", to);
        xml.start("x").namespace(MUC_USER).start(self.kind).attribute("from", self.other);
        if let Some(reason) = self.reason {
            xml.text_element("reason", reason);
        }
        xml.finish()
    }
}

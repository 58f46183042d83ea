//! Asking for voice in moderated rooms.
//!
//! # Source
//! XEP-0045 sections 7.13 and 8.6.

use super::{
    room::Room,
    standing::{Part, Standing},
    write::from_room,
};
use crate::{context::Xmpp, errors::Refused, seat::Seat};
use parlance_core::{
    conversation::{Permission, Role, State},
    id::{ConversationId, PrincipalId},
};
use parlance_xmpp::{
    Jid, Stanza, StanzaCondition,
    forms::{Field, FieldType, Form, FormType},
    ns,
    write::Writer,
};
use std::sync::Arc;

pub(super) const REQUEST: &str = "http://jabber.org/protocol/muc#request";

/// The form in a message, if it is about voice.
pub(super) fn form(stanza: &Stanza<'_>) -> Option<Form> {
    let form = Form::read(&stanza.child(ns::FORMS, "x")?.parse()).ok()?;
    (form.form_type() == Some(REQUEST)).then_some(form)
}

/// Passes a request for voice to the moderators, or does what a moderator answers.
pub(super) async fn take(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    id: ConversationId,
    form: &Form,
) -> Result<(), Refused> {
    let here = xmpp.in_room(id, |room| room.occupant(seat.caller.who).map(|it| it.standing)).flatten();
    match here.ok_or(StanzaCondition::NotAcceptable)?.part {
        Part::Moderator => answer(xmpp, seat, id, form).await,
        Part::Visitor => {
            xmpp.in_room(id, |room| ask(room, seat));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn ask(room: &mut Room, seat: &Seat) {
    let Some(nick) = room.occupant(seat.caller.who).map(|occupant| occupant.nick.clone()) else { return };
    let field =
        |name: &str, kind, label: &str, value: &str| Field::new(name).kind(kind).label(label).value(value);
    let form = Form::of_type(FormType::Form, REQUEST)
        .field(field("muc#role", FieldType::ListSingle, "Wishes to be", "participant"))
        .field(field("muc#jid", FieldType::JidSingle, "Address", &seat.full))
        .field(field("muc#roomnick", FieldType::TextSingle, "Nickname", &nick))
        .field(field("muc#request_allow", FieldType::Boolean, "May they speak?", "0"));
    let mut inner = Writer::new();
    form.write(&mut inner);
    let request = from_room("message", &room.address, &inner.finish());
    let moderators = room.occupants().filter(|(_, it)| it.standing.part == Part::Moderator);
    let seats: Vec<_> = moderators.flat_map(|(who, _)| room.seats_of(who)).collect();
    seats.iter().for_each(|one| room.give(one, request.to(&one.full)));
}

async fn answer(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, id: ConversationId, form: &Form) -> Result<(), Refused> {
    if !matches!(form.value("muc#request_allow"), Some("1" | "true")) {
        return Ok(());
    }
    let jid = form.value("muc#jid").ok_or(StanzaCondition::BadRequest)?;
    let jid = Jid::parse(jid).map_err(|_| StanzaCondition::JidMalformed)?;
    let who = super::person(xmpp, &jid).await?.id;
    let role = xmpp.hub.look_at(id, |state| speaking_role(state, who)).await?;
    match role {
        Some(role) => Ok(xmpp.hub.change_role(seat.caller, id, who, role).await?),
        None => Ok(()),
    }
}

/// The least role with which somebody may speak who may not yet.
fn speaking_role(state: &State, who: PrincipalId) -> Option<Role> {
    let standing = Standing::of(state, who)?;
    (standing.part == Part::Visitor).then(|| state.role_for(Permission::Post).max(Role::Member))
}

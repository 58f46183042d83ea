//! Entering a room.

use super::{
    avatar,
    create::create,
    elsewhere, history,
    room::{Entrant, Room},
    standing::Standing,
};
use crate::{context::Xmpp, errors::Refused, seat::Seat};
use parlance_core::{
    conversation::{Kind, Permission, Role, State},
    id::{ConversationId, PrincipalId, Seq},
};
use parlance_xmpp::{StanzaCondition, nickname_key};
use smol_str::{SmolStr, format_smolstr};
use std::sync::Arc;

/// Longest nickname, in characters.
const NICK_CHARS_MAX: usize = 128;

/// What a client asks for when it enters.
pub(super) struct Asked<'a> {
    /// The name of the room.
    pub(super) room: &'a str,
    pub(super) nick: &'a str,
    /// What it says about itself.
    pub(super) payload: Arc<str>,
    pub(super) history: history::Wanted,
}

/// What entering needs to know of a room.
struct Seen {
    kind: Kind,
    head: Seq,
    topic: String,
    standing: Standing,
}

/// Lets a client in: into a room that is there, or into a new one. What it is told comes over its desk.
///
/// # Source
/// XEP-0045 sections 7.2 and 10.1.
pub(super) async fn enter(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    known: Option<ConversationId>,
    asked: Asked<'_>,
) -> Result<(), Refused> {
    let key = key_of(asked.nick)?;
    if seat.rooms.is_full() {
        return Err(StanzaCondition::ResourceConstraint.into());
    }
    let id = match known {
        Some(id) => {
            check_name(xmpp, seat, id, &key).await?;
            admit(xmpp, seat, id).await?;
            id
        }
        None => create(xmpp, seat, asked.room).await?,
    };
    let who = seat.caller.who;
    let seen = xmpp.hub.look_at(id, |state| {
        let standing = Standing::of(state, who)?;
        Some(Seen { kind: state.kind, head: state.head, topic: state.settings.topic.clone(), standing })
    });
    let seen = seen.await?.ok_or(StanzaCondition::RegistrationRequired)?;
    let address = format_smolstr!("{}@{}", xmpp.hub.name_of(id).await?, xmpp.settings.groups_domain);
    let is_new = known.is_none();
    let entrant = Entrant {
        seat: Arc::clone(seat),
        nick: asked.nick.into(),
        key,
        id: xmpp.rooms.occupant_id(id, who),
        payload: asked.payload,
        standing: seen.standing,
        head: seen.head,
        statuses: if is_new { vec![100, 170, 201] } else { vec![100, 170] },
    };
    let elsewhere = elsewhere::gather(xmpp, id).await;
    let make = || Room::new(id, address.clone(), seen.kind, seen.head);
    xmpp.in_any_room(id, make, |room| {
        if is_new {
            room.locked_by = Some(who);
        }
        for (who, elsewhere) in elsewhere {
            room.note_elsewhere(who, Some(elsewhere));
        }
        room.enter(entrant).map_err(|_| StanzaCondition::Conflict)
    })?;
    let mut stanzas: Vec<_> =
        avatar::shown(xmpp, id, &address).await?.iter().map(|it| it.to(&seat.full)).collect();
    if !asked.history.is_none() {
        stanzas.extend(history::read(xmpp, seat, id, &address, seen.head.next(), &asked.history).await);
    }
    stanzas.push(history::subject(&address, &seen.topic).to(&seat.full));
    xmpp.in_room(id, |room| room.settle(seat, stanzas));
    Ok(())
}

/// A nickname that somebody inside may take, with what it is compared by.
pub(super) async fn nick_for(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    id: ConversationId,
    nick: &str,
) -> Result<(SmolStr, String), Refused> {
    let key = key_of(nick)?;
    check_name(xmpp, seat, id, &key).await?;
    Ok((nick.into(), key))
}

fn key_of(nick: &str) -> Result<String, Refused> {
    let key = nickname_key(nick).filter(|key| key.chars().count() <= NICK_CHARS_MAX);
    key.ok_or_else(|| StanzaCondition::NotAcceptable.into())
}

/// The names of members are theirs also while they are not here: what they write in other front ends
/// comes under them.
async fn check_name(xmpp: &Xmpp, seat: &Seat, id: ConversationId, key: &str) -> Result<(), Refused> {
    let Ok(person) = xmpp.hub.person_at(&format!("{key}@{}", xmpp.settings.domain)).await else {
        return Ok(());
    };
    if person.id == seat.caller.who {
        return Ok(());
    }
    let is_member = xmpp.hub.look_at(id, |state| state.members.contains_key(&person.id)).await?;
    if is_member { Err(StanzaCondition::Conflict.into()) } else { Ok(()) }
}

/// Makes somebody a member where anybody may be one; refuses those who may not.
///
/// # Source
/// XEP-0045 sections 7.2.5 (members only), 7.2.6 (banned), 7.2.10 (locked).
async fn admit(xmpp: &Xmpp, seat: &Seat, id: ConversationId) -> Result<(), Refused> {
    let who = seat.caller.who;
    if xmpp.in_room(id, |room| room.locked_by.is_some_and(|by| by != who)).unwrap_or_default() {
        return Err(StanzaCondition::ItemNotFound.into());
    }
    let door = xmpp.hub.look_at(id, |state| Door::of(state, seat)).await?;
    match door {
        Door::Inside => Ok(()),
        Door::Open { is_moderated } => {
            xmpp.hub.join_open(seat.caller, id).await?;
            if is_moderated {
                xmpp.hub.change_role(seat.caller, id, who, Role::Reader).await?;
            }
            Ok(())
        }
        Door::Closed => Err(StanzaCondition::RegistrationRequired.into()),
        Door::Banned => Err(StanzaCondition::Forbidden.into()),
        Door::Gone => Err(StanzaCondition::Gone.into()),
    }
}

enum Door {
    Inside,
    Open { is_moderated: bool },
    Closed,
    Banned,
    Gone,
}

impl Door {
    fn of(state: &State, seat: &Seat) -> Self {
        let who = seat.caller.who;
        match state {
            _ if state.members.contains_key(&who) => Self::Inside,
            _ if state.members.is_empty() => Self::Gone,
            _ if state.banned.contains(&who) => Self::Banned,
            _ if state.settings.open => Self::Open { is_moderated: is_moderated(state) },
            _ => Self::Closed,
        }
    }
}

/// Whether somebody may know what a room is about without being in it.
pub(super) fn may_know(state: &State, who: PrincipalId) -> bool {
    state.members.contains_key(&who) || state.settings.open || state.settings.listed
}

/// Whether those who come by themselves have no voice at first: in channels always, in groups when it is
/// said that it takes a member to post.
pub(super) fn is_moderated(state: &State) -> bool {
    state.kind == Kind::Channel || state.settings.permissions.get(&Permission::Post) == Some(&Role::Member)
}

/// The nickname of somebody who has chosen none.
pub(super) fn usual_nick(xmpp: &Xmpp, who: PrincipalId) -> Option<SmolStr> {
    Some(xmpp.hub.known_person(who)?.address.name().into())
}

//! People who are here by other front ends are in the rooms too.

use super::{room::Elsewhere, standing::Standing};
use crate::{context::Xmpp, payload::FRONT};
use parlance_core::{
    id::{ConversationId, PrincipalId},
    presence::{Availability, Shown},
};
use parlance_xmpp::{nickname_key, write::Writer};
use std::sync::Arc;

/// Most people whom those who enter first are told of, besides clients of XMPP.
const SHOWN_MAX: usize = 1_000;

/// Keeps what rooms show of people in other front ends up to date, until the program ends.
pub async fn follow(xmpp: Arc<Xmpp>) {
    loop {
        for who in xmpp.hub.presence_changes().await {
            for id in xmpp.rooms.ids() {
                refresh(&xmpp, id, who).await;
            }
        }
    }
}

/// Looks whether somebody is here by another front end.
pub(super) async fn refresh(xmpp: &Arc<Xmpp>, id: ConversationId, who: PrincipalId) {
    let shown = xmpp.hub.shown_elsewhere(who, FRONT);
    let elsewhere = match shown {
        Some(shown) => described(xmpp, id, who, &shown).await,
        None => None,
    };
    xmpp.in_room(id, |room| room.note_elsewhere(who, elsewhere));
}

/// Everybody who is here by another front end, for a room that a client enters as the first.
pub(super) async fn gather(xmpp: &Arc<Xmpp>, id: ConversationId) -> Vec<(PrincipalId, Elsewhere)> {
    if xmpp.in_room(id, |_| ()).is_some() {
        return Vec::new();
    }
    let mut gathered = Vec::new();
    for (who, shown) in xmpp.hub.members_elsewhere(id, FRONT, SHOWN_MAX).await {
        gathered.extend(described(xmpp, id, who, &shown).await.map(|elsewhere| (who, elsewhere)));
    }
    gathered
}

async fn described(xmpp: &Xmpp, id: ConversationId, who: PrincipalId, shown: &Shown) -> Option<Elsewhere> {
    let standing = xmpp.hub.look_at(id, |state| Standing::of(state, who)).await.ok()??;
    let person = xmpp.hub.person(who).await.ok()?;
    let address = person.address.as_str();
    let nicks = [person.address.name(), address];
    let nicks = nicks.into_iter().filter_map(|nick| Some((nick.into(), nickname_key(nick)?)));
    Some(Elsewhere {
        nicks: nicks.collect(),
        address: address.into(),
        id: xmpp.rooms.occupant_id(id, who),
        standing,
        payload: payload(shown).into(),
    })
}

/// # Source
/// RFC 6121 section 4.7.2.
fn payload(shown: &Shown) -> String {
    let mut xml = Writer::new();
    match shown.availability {
        Availability::Away => drop(xml.text_element("show", "away")),
        Availability::DoNotDisturb => drop(xml.text_element("show", "dnd")),
        _ => {}
    }
    if !shown.status.is_empty() {
        xml.text_element("status", &shown.status);
    }
    xml.finish()
}

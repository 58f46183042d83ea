//! Lists and changes of affiliations and roles.

use super::{
    person,
    room::Telling,
    room_of,
    standing::{Affiliation, Part, Standing},
};
use crate::{
    errors::Refused,
    iq::{Answer, At, Handler, Iq, Wants},
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_core::{
    conversation::{Kind, Role, State},
    id::{ConversationId, PrincipalId},
};
use parlance_xmpp::{Element, Jid, StanzaCondition, nickname_key, write::Writer};
use smol_str::SmolStr;

const ADMIN: &str = "http://jabber.org/protocol/muc#admin";
/// Most changes in one request.
const ITEMS_MAX: usize = 200;

pub(crate) const HANDLERS: &[Handler] = &[
    Handler { at: At::Room, wants: Wants::Get, namespace: ADMIN, name: "query", answer: list },
    Handler { at: At::Room, wants: Wants::Set, namespace: ADMIN, name: "query", answer: change },
];

/// # Source
/// XEP-0045 sections 8.5, 9.2, 9.5, 9.8, 10.5 and 10.8.
fn list(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let id = room_of(&iq).await?;
        let item = iq.payload.child(ADMIN, "item").ok_or(StanzaCondition::BadRequest)?;
        let wanted = Wish::read(item)?;
        match wanted {
            Wish::Affiliation(affiliation) => with_affiliation(&iq, id, affiliation).await,
            Wish::Part(part) => with_part(&iq, id, part).await,
        }
    }
    .boxed()
}

async fn with_affiliation(iq: &Iq<'_>, id: ConversationId, wanted: Affiliation) -> Answer {
    let who = iq.seat.caller.who;
    let found = iq.xmpp.hub.look_at(id, |state| {
        let own = Standing::of(state, who).filter(|own| {
            let is_for_members = !state.settings.open && wanted > Affiliation::None;
            own.part == Part::Moderator || is_for_members
        });
        own.map(|_| match wanted {
            Affiliation::Outcast => state.banned.iter().copied().collect::<Vec<_>>(),
            _ => {
                let members = state.members.iter();
                let meant = members.filter(|(_, member)| Affiliation::of_role(member.role) == wanted);
                meant.map(|(who, _)| *who).collect()
            }
        })
    });
    let found = found.await?.ok_or(StanzaCondition::Forbidden)?;
    iq.xmpp.hub.meet(found.iter().copied()).await?;
    let mut addresses: Vec<_> =
        found.iter().filter_map(|who| Some(iq.xmpp.hub.known_person(*who)?.address.clone())).collect();
    addresses.sort_unstable();
    let mut xml = Writer::new();
    xml.start("query").namespace(ADMIN);
    for address in &addresses {
        xml.start("item").attribute("affiliation", wanted.as_str()).attribute("jid", address.as_str()).end();
    }
    Ok(xml.finish())
}

async fn with_part(iq: &Iq<'_>, id: ConversationId, wanted: Part) -> Answer {
    if own_standing(iq, id).await?.part != Part::Moderator {
        return Err(StanzaCondition::Forbidden.into());
    }
    let here = iq.xmpp.in_room(id, |room| {
        let meant = room.occupants().filter(|(_, occupant)| occupant.standing.part == wanted);
        let seen = meant.map(|(_, it)| (it.nick.clone(), it.standing, it.full_address()));
        seen.collect::<Vec<(SmolStr, Standing, SmolStr)>>()
    });
    let mut xml = Writer::new();
    xml.start("query").namespace(ADMIN);
    for (nick, standing, jid) in here.unwrap_or_default() {
        xml.start("item").attribute("affiliation", standing.affiliation.as_str());
        xml.attribute("role", wanted.as_str()).attribute("nick", &nick).attribute("jid", &jid).end();
    }
    Ok(xml.finish())
}

/// # Source
/// XEP-0045 sections 8.2 to 8.5, 9 and 10.3 to 10.8.
///
/// # Differs
/// A moderator is one for good: to be one in a room is to have that role in the conversation, on every
/// device and after coming back, and only owners give it. Who is kicked stays a member.
fn change(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let id = room_of(&iq).await?;
        let items: Vec<_> = iq.payload.children().filter(|child| child.is(ADMIN, "item")).collect();
        if items.is_empty() || items.len() > ITEMS_MAX {
            return Err(StanzaCondition::BadRequest.into());
        }
        let own = own_standing(&iq, id).await?;
        if own.part != Part::Moderator {
            return Err(StanzaCondition::Forbidden.into());
        }
        for item in items {
            let wish = Wish::read(item)?;
            let who = meant(&iq, id, item).await?;
            let reason = item.text_of(ADMIN, "reason").map(std::borrow::Cow::into_owned);
            let ask = Ask { iq: &iq, id, own, who, reason };
            match wish {
                Wish::Affiliation(affiliation) => ask.affiliation(affiliation).await?,
                Wish::Part(part) => ask.part(part).await?,
            }
        }
        Ok(String::new())
    }
    .boxed()
}

async fn own_standing(iq: &Iq<'_>, id: ConversationId) -> Result<Standing, Refused> {
    let own = iq.xmpp.hub.look_at(id, |state| Standing::of(state, iq.seat.caller.who)).await?;
    own.ok_or_else(|| StanzaCondition::Forbidden.into())
}

/// Whom an item names: by address, or by nickname.
async fn meant(iq: &Iq<'_>, id: ConversationId, item: &Element) -> Result<PrincipalId, Refused> {
    if let Some(jid) = item.attribute("jid") {
        let jid = Jid::parse(jid).map_err(|_| StanzaCondition::JidMalformed)?;
        return Ok(person(iq.xmpp, &jid).await?.id);
    }
    let nick = item.attribute("nick").ok_or(StanzaCondition::BadRequest)?;
    let key = nickname_key(nick).unwrap_or_default();
    let found = iq.xmpp.in_room(id, |room| room.with_nick(&key)).flatten();
    found.ok_or_else(|| StanzaCondition::ItemNotFound.into())
}

/// What an item wants.
enum Wish {
    Affiliation(Affiliation),
    Part(Part),
}

impl Wish {
    fn read(item: &Element) -> Result<Self, Refused> {
        let wish = match (item.attribute("affiliation"), item.attribute("role")) {
            (Some(affiliation), _) => Affiliation::find(affiliation).map(Self::Affiliation),
            (None, Some(role)) => Part::find(role).map(Self::Part),
            (None, None) => None,
        };
        wish.ok_or_else(|| StanzaCondition::BadRequest.into())
    }
}

/// One change, and who asks for it.
struct Ask<'a> {
    iq: &'a Iq<'a>,
    id: ConversationId,
    own: Standing,
    who: PrincipalId,
    reason: Option<String>,
}

impl Ask<'_> {
    async fn affiliation(self, wanted: Affiliation) -> Result<(), Refused> {
        let (hub, caller, id, who) = (&self.iq.xmpp.hub, self.iq.seat.caller, self.id, self.who);
        let facts = hub.look_at(id, |state| Facts::of(state, who)).await?;
        self.check_affiliation(&facts, wanted)?;
        if facts.affiliation == wanted {
            return Ok(());
        }
        if let Some(reason) = self.reason {
            self.iq.xmpp.in_room(id, |room| room.reasons.insert(who, reason));
        }
        match wanted {
            Affiliation::Outcast => hub.ban_member(caller, id, who).await?,
            Affiliation::None if facts.affiliation == Affiliation::Outcast => {
                hub.unban_member(caller, id, who).await?;
            }
            Affiliation::None => hub.remove_member(caller, id, who).await?,
            _ => {
                if facts.affiliation == Affiliation::Outcast {
                    hub.unban_member(caller, id, who).await?;
                }
                let role = facts.role_of(wanted);
                match facts.affiliation {
                    Affiliation::Outcast | Affiliation::None => {
                        hub.add_member(caller, id, who, Some(role)).await?
                    }
                    _ => hub.change_role(caller, id, who, role).await?,
                }
            }
        }
        Ok(())
    }

    fn check_affiliation(&self, facts: &Facts, wanted: Affiliation) -> Result<(), Refused> {
        let own = self.own.affiliation;
        let is_own = self.who == self.iq.seat.caller.who;
        let refused = match wanted {
            Affiliation::Outcast if is_own => Some(StanzaCondition::Conflict),
            _ if own == Affiliation::Owner && wanted < Affiliation::Owner && facts.is_last_owner => {
                Some(StanzaCondition::Conflict)
            }
            _ if own == Affiliation::Owner || (is_own && wanted < own) => None,
            _ if facts.affiliation >= Affiliation::Admin => Some(StanzaCondition::NotAllowed),
            Affiliation::Owner | Affiliation::Admin => Some(StanzaCondition::Forbidden),
            _ => None,
        };
        refused.map_or(Ok(()), |condition| Err(condition.into()))
    }

    async fn part(self, wanted: Part) -> Result<(), Refused> {
        let (hub, id, who) = (&self.iq.xmpp.hub, self.id, self.who);
        let (facts, theirs) =
            hub.look_at(id, |state| (Facts::of(state, who), Standing::of(state, who))).await?;
        let theirs = theirs.ok_or(StanzaCondition::ItemNotFound)?;
        let outranks =
            self.own.affiliation == Affiliation::Owner || theirs.affiliation < self.own.affiliation;
        // Nobody takes the voice of an admin or owner, and those who are one moderate.
        let is_below = wanted < Part::Moderator && theirs.affiliation >= Affiliation::Admin;
        let is_owner = theirs.affiliation == Affiliation::Owner;
        match wanted {
            Part::None if !outranks => return Err(StanzaCondition::NotAllowed.into()),
            Part::None => {
                let (xmpp, reason) = (self.iq.xmpp, self.reason);
                let is_done = xmpp.in_room(id, |room| {
                    let by = room.occupant(self.iq.seat.caller.who).map(|it| it.nick.clone());
                    let telling = Telling {
                        statuses: &[307],
                        actor: by.as_deref(),
                        reason: reason.as_deref(),
                        ..Telling::default()
                    };
                    room.kick(who, &telling)
                });
                // Whoever is here by another front end has nothing that could be taken out.
                return if is_done == Some(true) { Ok(()) } else { Err(StanzaCondition::NotAllowed.into()) };
            }
            _ if is_below && (!outranks || is_owner || wanted == Part::Visitor) => {
                return Err(StanzaCondition::NotAllowed.into());
            }
            _ if theirs.part == wanted => return Ok(()),
            _ => {}
        }
        if let Some(reason) = self.reason {
            self.iq.xmpp.in_room(id, |room| room.reasons.insert(who, reason));
        }
        let role = match wanted {
            Part::Moderator => Role::Moderator,
            Part::Participant => facts.speaking_role,
            _ => Role::Reader,
        };
        Ok(hub.change_role(self.iq.seat.caller, id, who, role).await?)
    }
}

/// What a change has to know of whom it is about.
struct Facts {
    kind: Kind,
    affiliation: Affiliation,
    is_last_owner: bool,
    /// The least role that may speak.
    speaking_role: Role,
}

impl Facts {
    fn of(state: &State, who: PrincipalId) -> Self {
        let is_owner = |member: &parlance_core::conversation::Member| member.role == Role::Owner;
        let others = state.members.iter().filter(|(id, member)| **id != who && is_owner(member)).count();
        Self {
            kind: state.kind,
            affiliation: Affiliation::of(state, who),
            is_last_owner: others == 0 && state.members.get(&who).is_some_and(is_owner),
            speaking_role: state.role_for(parlance_core::conversation::Permission::Post).max(Role::Member),
        }
    }

    fn role_of(&self, affiliation: Affiliation) -> Role {
        match affiliation {
            Affiliation::Owner => Role::Owner,
            Affiliation::Admin => Role::Moderator,
            _ => self.kind.joining_role(),
        }
    }
}

use super::{
    desk::Shared,
    nicks::Nicks,
    standing::{Part, Standing},
    write::Seen,
};
use crate::{seat::Seat, stanza::Outgoing};
use parlance_core::{
    conversation::Kind,
    id::{ConversationId, EventId, PrincipalId, Seq},
};
use smol_str::{SmolStr, format_smolstr};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Most news that wait until a client that enters has got its history.
const HELD_MAX: usize = 1_024;

/// A room with somebody in it: who is here on this node, with which clients and nicknames.
pub(super) struct Room {
    pub(super) conversation: ConversationId,
    /// `name@groups`.
    pub(super) address: SmolStr,
    pub(super) kind: Kind,
    /// Up to which place everybody here was told of comings, goings and roles.
    pub(super) seen: Seq,
    /// Who has not said yet how the room is to be; nobody else may enter meanwhile.
    pub(super) locked_by: Option<PrincipalId>,
    /// Up to which place changes of settings are part of setting it up.
    pub(super) set_up_until: Seq,
    /// The subject that somebody here has sent and that is on its way through the log.
    pub(super) subject: Option<SentSubject>,
    /// Why somebody's membership is about to change.
    pub(super) reasons: HashMap<PrincipalId, String>,
    /// `<destroy/>`, when somebody here is about to end the room.
    pub(super) ending: Option<String>,
    /// Why a message is about to be taken out.
    pub(super) moderation: Option<(EventId, String)>,
    people: HashMap<PrincipalId, Occupant>,
    nicks: Nicks,
    woken: Vec<Arc<Seat>>,
    overrun: Vec<(PrincipalId, Arc<Seat>)>,
}

/// A subject as it was sent.
pub(super) struct SentSubject {
    pub(super) by: PrincipalId,
    pub(super) text: String,
    pub(super) id: String,
}

/// Somebody in a room.
pub(super) struct Occupant {
    pub(super) nick: SmolStr,
    /// `name@domain`.
    pub(super) address: SmolStr,
    pub(super) id: SmolStr,
    pub(super) standing: Standing,
    /// What they show who are here by another front end.
    elsewhere: Option<Arc<str>>,
    places: Vec<Place>,
}

/// A client in a room.
struct Place {
    seat: Arc<Seat>,
    /// What it says about itself: the children of its presence.
    payload: Arc<str>,
    /// The first place of the log that it follows live.
    since: Seq,
    /// What came while it gets its history; `None` when it has it.
    held: Option<Vec<Outgoing>>,
}

/// A client that enters.
pub(super) struct Entrant {
    pub(super) seat: Arc<Seat>,
    pub(super) nick: SmolStr,
    pub(super) key: String,
    pub(super) id: SmolStr,
    pub(super) payload: Arc<str>,
    pub(super) standing: Standing,
    pub(super) head: Seq,
    /// Statuses of its own presence.
    pub(super) statuses: Vec<u16>,
}

/// Somebody who is here by another front end.
pub(super) struct Elsewhere {
    /// Nicknames for them, each with what it is compared by; the first that is free is taken.
    pub(super) nicks: Vec<(SmolStr, String)>,
    /// `name@domain`.
    pub(super) address: SmolStr,
    pub(super) id: SmolStr,
    pub(super) standing: Standing,
    /// What they show, as children of presence.
    pub(super) payload: Arc<str>,
}

/// The nickname is somebody else's, or looks like it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NickTaken;

/// How presence of somebody is told.
#[derive(Default)]
pub(super) struct Telling<'a> {
    pub(super) statuses: &'a [u16],
    pub(super) actor: Option<&'a str>,
    pub(super) reason: Option<&'a str>,
    /// `<destroy/>`.
    pub(super) destroyed: &'a str,
    /// What a client says when it leaves.
    pub(super) farewell: &'a str,
}

impl Room {
    pub(super) fn new(conversation: ConversationId, address: SmolStr, kind: Kind, seen: Seq) -> Self {
        Self {
            conversation,
            address,
            kind,
            seen,
            locked_by: None,
            set_up_until: Seq::ZERO,
            subject: None,
            reasons: HashMap::new(),
            ending: None,
            moderation: None,
            people: HashMap::new(),
            nicks: Nicks::default(),
            woken: Vec::new(),
            overrun: Vec::new(),
        }
    }

    /// Why a message was taken out, as whoever did it has said.
    pub(super) fn moderation_reason(&self, target: EventId) -> Option<String> {
        self.moderation.as_ref().filter(|(id, _)| *id == target).map(|(_, reason)| reason.clone())
    }

    /// Whether no client is here.
    pub(super) fn is_empty(&self) -> bool {
        self.people.values().all(|occupant| occupant.places.is_empty())
    }

    /// Somebody who is here.
    pub(super) fn occupant(&self, who: PrincipalId) -> Option<&Occupant> {
        self.people.get(&who)
    }

    /// Everybody who is here.
    pub(super) fn occupants(&self) -> impl Iterator<Item = (PrincipalId, &Occupant)> {
        self.people.iter().map(|(who, occupant)| (*who, occupant))
    }

    /// Those who are shown to everybody.
    pub(super) fn shown(&self) -> impl Iterator<Item = PrincipalId> {
        let is_shown = |part| self.kind != Kind::Channel || part != Part::Visitor;
        self.people.iter().filter(move |(_, it)| is_shown(it.standing.part)).map(|(who, _)| *who)
    }

    /// Who has a nickname.
    pub(super) fn with_nick(&self, key: &str) -> Option<PrincipalId> {
        self.nicks.owner(key)
    }

    /// Whether this client is here.
    pub(super) fn has(&self, seat: &Arc<Seat>) -> bool {
        self.people.get(&seat.caller.who).is_some_and(|occupant| occupant.has(seat))
    }

    /// `room@groups/nick` of somebody who is here.
    pub(super) fn address_of(&self, who: PrincipalId) -> Option<SmolStr> {
        self.people.get(&who).map(|occupant| format_smolstr!("{}/{}", self.address, occupant.nick))
    }

    /// Lets a client in, tells it who is here, and the others and itself that it came.
    ///
    /// # Source
    /// XEP-0045 sections 7.2.2 and 7.2.3: those who are here, then itself; 7.2.3 of a nickname that is
    /// taken. A person has one nickname for all clients: another one that is asked for is replaced (210).
    pub(super) fn enter(&mut self, entrant: Entrant) -> Result<(), NickTaken> {
        let who = entrant.seat.caller.who;
        if !self.nicks.is_free_for(who, &entrant.nick, &entrant.key) {
            return Err(NickTaken);
        }
        let mut statuses = entrant.statuses;
        let keeps_nick = self.people.get(&who).is_some_and(|it| it.has_others_than(&entrant.seat));
        match self.people.get(&who) {
            Some(occupant) if keeps_nick && occupant.nick != entrant.nick => statuses.push(210),
            Some(_) if !keeps_nick => self.change_nick(who, entrant.nick.clone(), entrant.key)?,
            Some(_) => {}
            None => self.nicks.give(who, &entrant.nick, entrant.key),
        }
        self.show_everybody_to(&entrant.seat, entrant.standing);
        let occupant = self.people.entry(who).or_insert_with(|| Occupant {
            nick: entrant.nick.clone(),
            address: entrant.seat.bare.clone(),
            id: entrant.id,
            standing: entrant.standing,
            elsewhere: None,
            places: Vec::new(),
        });
        occupant.standing = entrant.standing;
        occupant.places.retain(|place| !Arc::ptr_eq(&place.seat, &entrant.seat));
        occupant.places.push(Place {
            seat: Arc::clone(&entrant.seat),
            payload: entrant.payload,
            since: entrant.head.next(),
            held: Some(Vec::new()),
        });
        entrant.seat.rooms.enter(self.conversation);
        let own = [(Arc::clone(&entrant.seat), statuses)];
        self.tell(who, &Telling::default(), &own);
        Ok(())
    }

    /// Ends the entering of a client: history and subject, then what came meanwhile.
    pub(super) fn settle(&mut self, seat: &Arc<Seat>, history: Vec<Outgoing>) {
        let Some(place) = self.place_mut(seat) else { return };
        let held = place.held.take().unwrap_or_default();
        history.into_iter().chain(held).for_each(|stanza| self.put(seat, stanza));
    }

    /// Gives one client something besides the log.
    pub(super) fn give(&mut self, seat: &Arc<Seat>, stanza: Outgoing) {
        if self.has(seat) {
            self.put(seat, stanza);
        }
    }

    /// Tells a client of a place of the log: now, behind its history, or not at all when it came later. Whoever
    /// calls this takes what is on its desk.
    pub(super) fn pass(&mut self, seat: &Arc<Seat>, seq: Seq, stanza: Outgoing) {
        let Some(place) = self.place_mut(seat).filter(|place| place.since <= seq) else { return };
        match &mut place.held {
            None => {
                seat.rooms.put(stanza);
            }
            Some(held) if held.len() < HELD_MAX => held.push(stanza),
            Some(_) => self.overrun.push((seat.caller.who, Arc::clone(seat))),
        }
    }

    /// Whether a client already follows the log live when something comes to this place.
    pub(super) fn follows(&self, seat: &Arc<Seat>, seq: Seq) -> bool {
        let occupant = self.people.get(&seat.caller.who);
        let mut places = occupant.into_iter().flat_map(|occupant| &occupant.places);
        places.any(|place| Arc::ptr_eq(&place.seat, seat) && place.since <= seq)
    }

    /// A client says something new about itself, and perhaps under another nickname.
    ///
    /// # Source
    /// XEP-0045 sections 7.6 and 7.7.
    pub(super) fn update(
        &mut self,
        seat: &Arc<Seat>,
        nick: Option<(SmolStr, String)>,
        payload: Arc<str>,
    ) -> Result<(), NickTaken> {
        let who = seat.caller.who;
        if let Some((nick, key)) = nick {
            self.change_nick(who, nick, key)?;
        }
        self.show_last(seat, payload);
        self.tell(who, &Telling::default(), &[]);
        Ok(())
    }

    /// The client that said something last is the one that is shown.
    fn show_last(&mut self, seat: &Arc<Seat>, payload: Arc<str>) {
        let Some(occupant) = self.people.get_mut(&seat.caller.who) else { return };
        let Some(at) = occupant.places.iter().position(|place| Arc::ptr_eq(&place.seat, seat)) else {
            return;
        };
        let mut place = occupant.places.remove(at);
        place.payload = payload;
        occupant.places.push(place);
    }

    /// Somebody leaves under one nickname, and is still to be told of under the other.
    fn change_nick(&mut self, who: PrincipalId, nick: SmolStr, key: String) -> Result<(), NickTaken> {
        if !self.nicks.is_free_for(who, &nick, &key) {
            return Err(NickTaken);
        }
        if self.people.get(&who).is_none_or(|occupant| occupant.nick == nick) {
            return Ok(());
        }
        self.tell_gone(who, &Telling { statuses: &[303], ..Telling::default() }, Some(&nick));
        self.nicks.give(who, &nick, key);
        if let Some(occupant) = self.people.get_mut(&who) {
            occupant.nick = nick;
        }
        Ok(())
    }

    /// A client leaves. The others hear of it when it was the last of its owner.
    pub(super) fn leave(&mut self, seat: &Arc<Seat>, telling: &Telling<'_>) {
        let who = seat.caller.who;
        let Some(occupant) = self.people.get(&who).filter(|occupant| occupant.has(seat)) else { return };
        let standing = Standing { part: Part::None, ..occupant.standing };
        if occupant.places.len() == 1 && occupant.elsewhere.is_none() {
            return self.remove(who, standing, telling);
        }
        let statuses: Vec<_> = telling.statuses.iter().copied().chain([110]).collect();
        let gone = self.seen_of(who, standing, telling, None, true, &statuses);
        if let Some(occupant) = self.people.get_mut(&who) {
            occupant.places.retain(|place| !Arc::ptr_eq(&place.seat, seat));
        }
        seat.rooms.leave(self.conversation);
        if let Some(gone) = gone {
            self.put(seat, gone.to(&seat.full));
        }
        self.tell(who, &Telling::default(), &[]);
    }

    /// Notes that somebody is here by another front end, or not any more.
    pub(super) fn note_elsewhere(&mut self, who: PrincipalId, elsewhere: Option<Elsewhere>) {
        match (self.people.get_mut(&who), elsewhere) {
            (Some(occupant), Some(now)) => {
                let before = occupant.elsewhere.replace(Arc::clone(&now.payload));
                if occupant.places.is_empty() && before.as_ref() != Some(&now.payload) {
                    self.tell(who, &Telling::default(), &[]);
                }
            }
            (Some(occupant), None) => {
                occupant.elsewhere = None;
                if occupant.places.is_empty() {
                    let standing = Standing { part: Part::None, ..occupant.standing };
                    self.remove(who, standing, &Telling::default());
                }
            }
            (None, Some(now)) => {
                let is_free = |(nick, key): &(SmolStr, String)| self.nicks.is_free_for(who, nick, key);
                let Some((nick, key)) = now.nicks.into_iter().find(is_free) else { return };
                self.nicks.give(who, &nick, key);
                let (address, id, standing) = (now.address, now.id, now.standing);
                let elsewhere = Some(now.payload);
                self.people
                    .insert(who, Occupant { nick, address, id, standing, elsewhere, places: Vec::new() });
                self.tell(who, &Telling::default(), &[]);
            }
            (None, None) => {}
        }
    }

    /// Takes somebody out with all clients; `standing` is what is left.
    pub(super) fn remove(&mut self, who: PrincipalId, standing: Standing, telling: &Telling<'_>) {
        let Some(occupant) = self.people.get_mut(&who) else { return };
        occupant.standing = standing;
        self.tell_gone(who, telling, None);
        self.nicks.take_from(who);
        if let Some(occupant) = self.people.remove(&who) {
            occupant.places.iter().for_each(|place| place.seat.rooms.leave(self.conversation));
        }
    }

    /// Takes somebody's clients out; `false` when they have none here.
    pub(super) fn kick(&mut self, who: PrincipalId, telling: &Telling<'_>) -> bool {
        let Some(occupant) = self.people.get(&who).filter(|it| !it.places.is_empty()) else { return false };
        let standing = Standing { part: Part::None, ..occupant.standing };
        if occupant.elsewhere.is_none() {
            self.remove(who, standing, telling);
        } else {
            self.seats_of(who).iter().for_each(|seat| self.leave(seat, telling));
        }
        true
    }

    /// Somebody stands otherwise from now on.
    pub(super) fn change(&mut self, who: PrincipalId, standing: Standing, telling: &Telling<'_>) {
        let Some(occupant) = self.people.get_mut(&who) else { return };
        occupant.standing = standing;
        self.tell(who, telling, &[]);
    }

    /// Puts a message on every desk.
    pub(super) fn say(&mut self, message: &Shared) {
        let seats: Vec<_> = self.seats().map(|(_, seat)| Arc::clone(seat)).collect();
        seats.iter().for_each(|seat| self.share(seat, message));
    }

    /// The clients of somebody who is here.
    pub(super) fn seats_of(&self, who: PrincipalId) -> Vec<Arc<Seat>> {
        let occupant = self.people.get(&who);
        occupant.into_iter().flat_map(|it| &it.places).map(|place| Arc::clone(&place.seat)).collect()
    }

    /// Takes out those for whom too much waits, and says whose connections have something to pass on.
    ///
    /// # Source
    /// XEP-0045 section 15.6.2 on status 333.
    pub(super) fn close_up(&mut self) -> Vec<Arc<Seat>> {
        let mut told = HashSet::new();
        while let Some((who, seat)) = self.overrun.pop() {
            if told.insert((who, seat.line)) {
                metrics::counter!("parlance_xmpp_rooms_overrun_total").increment(1);
                self.leave(&seat, &Telling { statuses: &[333], ..Telling::default() });
            }
        }
        std::mem::take(&mut self.woken)
    }

    /// Tells everybody how somebody who is here is; `own` has further statuses for some of their clients.
    fn tell(&mut self, about: PrincipalId, telling: &Telling<'_>, own: &[(Arc<Seat>, Vec<u16>)]) {
        self.spread(about, telling, None, false, own);
    }

    fn tell_gone(&mut self, about: PrincipalId, telling: &Telling<'_>, new_nick: Option<&str>) {
        self.spread(about, telling, new_nick, true, &[]);
    }

    fn spread(
        &mut self,
        about: PrincipalId,
        telling: &Telling<'_>,
        new_nick: Option<&str>,
        is_gone: bool,
        own: &[(Arc<Seat>, Vec<u16>)],
    ) {
        let Some(subject) = self.people.get(&about) else { return };
        let (standing, part) = (subject.standing, subject.standing.part);
        let make = |statuses: &[u16]| self.seen_of(about, standing, telling, new_nick, is_gone, statuses);
        let Some(for_others) = make(telling.statuses) else { return };
        let mut messages = Vec::new();
        for (who, seat) in self.seats() {
            if who != about {
                if self.is_shown(part, who) {
                    messages.push((Arc::clone(seat), for_others.clone()));
                }
                continue;
            }
            let further = own.iter().find(|(one, _)| Arc::ptr_eq(one, seat)).map(|(_, statuses)| statuses);
            let further = further.into_iter().flatten().copied();
            let statuses: Vec<_> = telling.statuses.iter().copied().chain([110]).chain(further).collect();
            messages.extend(make(&statuses).map(|message| (Arc::clone(seat), message)));
        }
        messages.iter().for_each(|(seat, message)| self.share(seat, message));
    }

    fn seen_of(
        &self,
        who: PrincipalId,
        standing: Standing,
        telling: &Telling<'_>,
        new_nick: Option<&str>,
        is_gone: bool,
        statuses: &[u16],
    ) -> Option<Shared> {
        let occupant = self.people.get(&who)?;
        let shown = occupant.places.last();
        let seen = Seen {
            from: &self.address_of(who)?,
            is_gone,
            payload: match (is_gone, shown, &occupant.elsewhere) {
                (true, ..) => telling.farewell,
                (false, Some(place), _) => &place.payload,
                (false, None, elsewhere) => elsewhere.as_deref().unwrap_or_default(),
            },
            standing,
            address: shown.map_or(&occupant.address, |place| &place.seat.full),
            id: &occupant.id,
            new_nick,
            actor: telling.actor,
            reason: telling.reason,
            statuses,
            destroyed: telling.destroyed,
        };
        Some(seen.write())
    }

    /// Who only reads a channel is not shown to the others who do: there may be any number of them.
    fn is_shown(&self, part: Part, to: PrincipalId) -> bool {
        let is_moderator = || self.people.get(&to).is_some_and(|it| it.standing.part == Part::Moderator);
        self.kind != Kind::Channel || part != Part::Visitor || is_moderator()
    }

    fn show_everybody_to(&mut self, seat: &Arc<Seat>, standing: Standing) {
        let sees_all = self.kind != Kind::Channel || standing.part == Part::Moderator;
        let is_shown = |part| sees_all || part != Part::Visitor;
        let others =
            self.people.iter().filter(|(who, it)| **who != seat.caller.who && is_shown(it.standing.part));
        let seen: Vec<_> = others
            .filter_map(|(who, it)| self.seen_of(*who, it.standing, &Telling::default(), None, false, &[]))
            .collect();
        // Not bounded by what waits: nobody enters who has much waiting.
        seen.iter().for_each(|message| self.put(seat, message.to(&seat.full)));
    }

    fn seats(&self) -> impl Iterator<Item = (PrincipalId, &Arc<Seat>)> {
        let places =
            self.people.iter().flat_map(|(who, it)| it.places.iter().map(move |place| (*who, place)));
        places.map(|(who, place)| (who, &place.seat))
    }

    fn place_mut(&mut self, seat: &Arc<Seat>) -> Option<&mut Place> {
        let occupant = self.people.get_mut(&seat.caller.who)?;
        occupant.places.iter_mut().find(|place| Arc::ptr_eq(&place.seat, seat))
    }

    fn share(&mut self, seat: &Arc<Seat>, message: &Shared) {
        if seat.rooms.is_full() {
            self.overrun.push((seat.caller.who, Arc::clone(seat)));
        } else {
            self.put(seat, message.to(&seat.full));
        }
    }

    fn put(&mut self, seat: &Arc<Seat>, stanza: Outgoing) {
        if seat.rooms.put(stanza) {
            self.woken.push(Arc::clone(seat));
        }
    }
}

impl Occupant {
    /// The real address of the client that is shown.
    pub(super) fn full_address(&self) -> SmolStr {
        self.places.last().map_or(&self.address, |place| &place.seat.full).clone()
    }

    fn has(&self, seat: &Arc<Seat>) -> bool {
        self.places.iter().any(|place| Arc::ptr_eq(&place.seat, seat))
    }

    fn has_others_than(&self, seat: &Arc<Seat>) -> bool {
        self.places.iter().any(|place| !Arc::ptr_eq(&place.seat, seat))
    }
}

use super::{Signal, elsewhere::Changes};
use crate::{Caller, Hub, HubError, ports::PresenceWish};
use parking_lot::Mutex;
use parlance_core::{
    id::{DeviceId, PrincipalId, UnixMillis},
    presence::{Availability, Shown, shown},
    principal::Privacy,
};
use std::collections::{HashMap, HashSet};

/// Most people one connection watches.
const WATCHED_MAX: usize = 500;
/// Most people one connection of a front end watches that has asked them itself.
const AGREED_MAX: usize = 10_000;

/// Who is here, as far as this node knows. Nothing of it is kept.
#[derive(Default)]
pub(crate) struct Presences {
    inner: Mutex<Inner>,
    /// Whose presence changed, for who follows that.
    pub(super) changes: Changes,
}

#[derive(Default)]
struct Inner {
    people: HashMap<PrincipalId, Person>,
    /// Whose connections watch somebody.
    watchers: HashMap<PrincipalId, HashSet<Watcher>>,
    watched: HashMap<u64, Vec<PrincipalId>>,
    /// Devices that went, until it is written down when.
    gone: Vec<Gone>,
    /// Whose presence changed where nothing could wait for the store, and what they were before, until
    /// their watchers are told.
    untold: HashMap<PrincipalId, Person>,
}

/// A device that went.
#[derive(Clone)]
struct Gone {
    who: PrincipalId,
    device: DeviceId,
    /// `None` for somebody who was not seen.
    at: Option<UnixMillis>,
}

/// A connection that watches somebody.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Watcher {
    owner: PrincipalId,
    line: u64,
    /// The front end that knows of its own connections, and so wants what the others show. It has made
    /// sure that those who are watched have agreed.
    front: Option<&'static str>,
}

#[derive(Clone, Default)]
struct Person {
    /// By the number of the connection; there are few.
    lines: Vec<(u64, Said)>,
    wish: Option<Availability>,
    status: String,
    privacy: Privacy,
    last_seen_at: Option<UnixMillis>,
}

/// What one connection says.
#[derive(Clone)]
struct Said {
    availability: Availability,
    /// Of itself alone; only of connections that speak for themselves.
    status: String,
    /// The front end whose connections speak for themselves.
    front: Option<&'static str>,
}

impl Person {
    /// What others see, without the connections of a front end.
    fn shown_without(&self, front: Option<&'static str>) -> Shown {
        let lines =
            self.lines.iter().map(|(_, said)| said).filter(|said| front.is_none() || said.front != front);
        let strongest = lines.max_by_key(|said| said.availability);
        let is_here = strongest.is_some_and(|said| said.availability != Availability::Offline);
        let wish = self.wish.filter(|wish| is_here && is_wish(*wish));
        // What an invisible device says about itself would tell that it is there.
        let own =
            strongest.filter(|said| is_here && said.front.is_some() && wish != Some(Availability::Invisible));
        let own = own.map(|said| &said.status);
        let status = own.unwrap_or(&self.status);
        let said = strongest.map(|said| said.availability);
        shown(said.into_iter().chain(wish), status, self.last_seen_at, self.privacy)
    }

    fn shown(&self) -> Shown {
        self.shown_without(None)
    }

    /// Whether there is more to say than what is kept of them.
    fn is_known(&self) -> bool {
        !self.lines.is_empty() || self.last_seen_at.is_some()
    }
}

/// Whether it is meant for all devices.
fn is_wish(availability: Availability) -> bool {
    availability > Availability::Online
}

impl Presences {
    /// People whose watchers are to be told, and what they were before.
    fn take_untold(&self) -> HashMap<PrincipalId, Person> {
        std::mem::take(&mut self.inner.lock().untold)
    }

    fn of(&self, who: PrincipalId) -> Option<Shown> {
        self.inner.lock().people.get(&who).filter(|person| person.is_known()).map(Person::shown)
    }

    /// What somebody shows without the connections of a front end.
    pub(super) fn elsewhere(&self, who: PrincipalId, front: &'static str) -> Option<Shown> {
        self.inner.lock().people.get(&who).map(|person| person.shown_without(Some(front)))
    }

    /// Changes somebody; what their watchers were told before, and what they are now.
    fn change(&self, who: PrincipalId, change: impl FnOnce(&mut Person)) -> (Person, Person) {
        let mut inner = self.inner.lock();
        let untold = inner.untold.remove(&who);
        let person = inner.people.entry(who).or_default();
        let before = untold.unwrap_or_else(|| person.clone());
        change(person);
        let after = person.clone();
        if !after.is_known() {
            inner.people.remove(&who);
        }
        self.changes.note(who);
        (before, after)
    }

    #[cfg(test)]
    pub(super) fn people_count(&self) -> usize {
        self.inner.lock().people.len()
    }

    fn person(&self, who: PrincipalId) -> Option<Person> {
        self.inner.lock().people.get(&who).cloned()
    }

    fn watchers_of(&self, who: PrincipalId) -> Vec<Watcher> {
        let inner = self.inner.lock();
        inner.watchers.get(&who).map(|lines| lines.iter().copied().collect()).unwrap_or_default()
    }

    fn watch(&self, watcher: Watcher, people: &[PrincipalId]) {
        let mut inner = self.inner.lock();
        inner.unwatch(watcher.line);
        for who in people {
            inner.watchers.entry(*who).or_default().insert(watcher);
        }
        inner.watched.insert(watcher.line, people.to_vec());
    }
}

impl Inner {
    fn unwatch(&mut self, line: u64) {
        for who in self.watched.remove(&line).unwrap_or_default() {
            if let Some(lines) = self.watchers.get_mut(&who) {
                lines.retain(|watcher| watcher.line != line);
                if lines.is_empty() {
                    self.watchers.remove(&who);
                }
            }
        }
    }

    fn leave(&mut self, caller: Caller, line: u64, now: UnixMillis) {
        self.unwatch(line);
        let Some(person) = self.people.get_mut(&caller.who) else { return };
        let place = person.lines.iter().position(|(number, _)| *number == line);
        let said = place.map(|place| person.lines.remove(place));
        if said.is_none() {
            return;
        }
        let is_seen = person.wish != Some(Availability::Invisible);
        if is_seen {
            person.last_seen_at = Some(now);
        }
        self.gone.push(Gone { who: caller.who, device: caller.device, at: is_seen.then_some(now) });
    }

    /// Forgets somebody who is not here, of whom everything is written down that was known at this moment.
    fn forget(&mut self, Gone { who, at, .. }: &Gone) {
        let is_over =
            |person: &Person| person.lines.is_empty() && (at.is_none() || person.last_seen_at <= *at);
        if !self.untold.contains_key(who) && self.people.get(who).is_some_and(is_over) {
            self.people.remove(who);
        }
    }
}

impl Hub {
    /// Says whether the caller is there. Do not disturb, invisible and the status are wishes for all
    /// devices, and kept; away is what one connection says of itself.
    ///
    /// # Errors
    /// When the wish cannot be kept; then nothing changes.
    pub async fn set_presence(
        &self,
        caller: Caller,
        connection: Option<u64>,
        availability: Availability,
        status: String,
    ) -> Result<(), HubError> {
        let wish = PresenceWish { availability: wish_of(availability), status: status.clone() };
        if wish != self.world.store.presence_wish(caller.who).await? {
            self.world.store.set_presence_wish(caller.who, wish).await?;
        }
        let (before, after) = self.presences.change(caller.who, |person| {
            for (line, said) in person.lines.iter_mut().filter(|(_, said)| said.front.is_none()) {
                let is_for_all = is_wish(availability) || is_wish(said.availability);
                if connection.is_none_or(|own| own == *line) || is_for_all {
                    said.availability = availability;
                }
            }
            person.wish = Some(wish_of(availability));
            person.status = status;
        });
        self.tell_watchers(caller.who, &before, &after).await
    }

    /// Says whether somebody is there on one connection of [`Hub::connect_for`], and what about it. It is
    /// no wish for other devices and nothing of it is kept; the wishes made elsewhere hold for it.
    ///
    /// # Errors
    /// When those who watch cannot be read.
    pub async fn say_presence(
        &self,
        caller: Caller,
        connection: u64,
        availability: Availability,
        status: String,
    ) -> Result<(), HubError> {
        let (before, after) = self.presences.change(caller.who, |person| {
            if let Some((_, said)) = person.lines.iter_mut().find(|(line, _)| *line == connection) {
                said.availability = availability;
                said.status = status;
            }
        });
        self.tell_watchers(caller.who, &before, &after).await
    }

    /// Whether somebody who is connected here wishes to be seen as offline.
    pub fn is_invisible(&self, who: PrincipalId) -> bool {
        let inner = self.presences.inner.lock();
        inner.people.get(&who).is_some_and(|person| person.wish == Some(Availability::Invisible))
    }

    /// What these people show, of those the caller shares a conversation with, and watches them
    /// from now on when it comes from a connection.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn watch_presence(
        &self,
        caller: Caller,
        connection: Option<u64>,
        people: &[PrincipalId],
    ) -> Result<Vec<(PrincipalId, Shown)>, HubError> {
        let people = &people[..people.len().min(WATCHED_MAX)];
        let acquainted = self.world.store.acquainted(caller.who, people).await?;
        if let Some(line) = connection {
            self.presences.watch(Watcher { owner: caller.who, line, front: None }, &acquainted);
        }
        let mut answer = Vec::with_capacity(acquainted.len());
        for who in acquainted {
            answer.push((who, self.presence_of(who).await?));
        }
        Ok(answer)
    }

    /// What these people show on connections that are not of a front end, and watches them from now on.
    /// The front end vouches for their agreement, and knows itself of its own connections. At most 10,000.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn watch_elsewhere(
        &self,
        caller: Caller,
        connection: u64,
        front: &'static str,
        people: &[PrincipalId],
    ) -> Result<Vec<(PrincipalId, Shown)>, HubError> {
        let people = &people[..people.len().min(AGREED_MAX)];
        let front = Some(front);
        self.presences.watch(Watcher { owner: caller.who, line: connection, front }, people);
        let inner = self.presences.inner.lock();
        let seen = |who: &PrincipalId| Some((*who, inner.people.get(who)?.shown_without(front)));
        Ok(people.iter().filter_map(seen).collect())
    }

    /// What somebody shows. Whether the one who asks may know is for the front end to ask.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn presence_of(&self, who: PrincipalId) -> Result<Shown, HubError> {
        if let Some(shown) = self.presences.of(who) {
            return Ok(shown);
        }
        let privacy = self.person(who).await?.privacy;
        let last_seen = self.world.store.last_seen(who).await?;
        Ok(shown([], "", last_seen, privacy))
    }

    pub(crate) async fn presence_connected(
        &self,
        caller: Caller,
        line: u64,
        front: Option<&'static str>,
    ) -> Result<(), HubError> {
        let privacy = self.person(caller.who).await?.privacy;
        let wish = self.world.store.presence_wish(caller.who).await?;
        let availability = if front.is_some() { Availability::Offline } else { wish.availability };
        let (before, after) = self.presences.change(caller.who, |person| {
            person.lines.reserve_exact(1);
            person.lines.push((line, Said { availability, status: String::new(), front }));
            person.wish = Some(wish.availability);
            person.status = wish.status;
            person.privacy = privacy;
        });
        self.tell_watchers(caller.who, &before, &after).await
    }

    pub(crate) fn presence_disconnected(&self, caller: Caller, line: u64) {
        let now = self.now();
        let mut inner = self.presences.inner.lock();
        let before = inner.people.get(&caller.who).cloned().unwrap_or_default();
        inner.leave(caller, line, now);
        inner.untold.entry(caller.who).or_insert(before);
        drop(inner);
        self.presences.changes.note(caller.who);
    }

    pub(crate) fn presence_privacy_changed(&self, who: PrincipalId, privacy: Privacy) {
        let (before, _) = self.presences.change(who, |person| person.privacy = privacy);
        self.presences.inner.lock().untold.entry(who).or_insert(before);
    }

    /// Tells watchers what could not be told at once.
    pub(crate) async fn tell_untold(&self) -> Result<(), HubError> {
        for (who, before) in self.presences.take_untold() {
            if let Some(person) = self.presences.person(who) {
                self.tell_watchers(who, &before, &person).await?;
            }
        }
        Ok(())
    }

    /// Writes down when devices that went were last here, and forgets those who are here with no other.
    ///
    /// # Errors
    /// When it cannot be written; it is the next time.
    pub(crate) async fn write_last_seen(&self) -> Result<(), HubError> {
        let gone = std::mem::take(&mut self.presences.inner.lock().gone);
        if gone.is_empty() {
            return Ok(());
        }
        let seen = gone.iter().filter_map(|gone| Some((gone.device, gone.at?))).collect();
        let written = self.world.store.touch_devices(seen).await;
        let mut inner = self.presences.inner.lock();
        match written {
            Ok(()) => gone.iter().for_each(|gone| inner.forget(gone)),
            Err(_) => inner.gone.extend(gone),
        }
        Ok(written?)
    }

    /// Tells those who watch somebody and still share a conversation with them, or have their agreement,
    /// where they see something else than before.
    async fn tell_watchers(&self, who: PrincipalId, before: &Person, after: &Person) -> Result<(), HubError> {
        let sees_news = |watcher: &Watcher| {
            before.shown_without(watcher.front) != after.shown_without(watcher.front)
                || (watcher.owner == who && before.wish != after.wish)
        };
        let mut watchers = self.presences.watchers_of(who);
        watchers.retain(sees_news);
        let strangers = watchers.iter().filter(|watcher| watcher.front.is_none());
        let strangers: Vec<_> = strangers.map(|watcher| watcher.owner).collect();
        if !strangers.is_empty() {
            let acquainted = self.world.store.acquainted(who, &strangers).await?;
            watchers.retain(|watcher| watcher.front.is_some() || acquainted.contains(&watcher.owner));
        }
        for watcher in watchers {
            let shown = after.shown_without(watcher.front);
            self.connections.for_each_of(watcher.owner, |line| {
                if line.id == watcher.line {
                    line.mailbox.signal(Signal::Presence { who, shown: shown.clone() });
                }
            });
        }
        Ok(())
    }
}

/// What is kept of it for all devices.
fn wish_of(availability: Availability) -> Availability {
    availability.max(Availability::Online)
}

use super::{
    effect::Effect,
    notice::{ConnectionState, Notice},
    pass::Pass,
    room::Room,
    said::Said,
};
use crate::{
    error::{CallError, ClientError, StoreError},
    model::{Outbox, Typing},
    store::Store,
};
use parlance_api::{
    event::{Content, Event},
    model::{Me, Presence},
    ops,
};
use std::collections::{HashMap, HashSet};
use tokio::sync::oneshot;

/// Conversations whose newest events are in memory from the start.
const LOADED_ROOMS_MAX: usize = 200;
/// Events of a conversation that are in memory from the start.
pub(super) const LOADED_EVENTS: u32 = 60;

/// Who waits for a page of events; told whether there is more.
pub(crate) type Waiter = oneshot::Sender<Result<(), ClientError>>;

/// What the client knows and decides. It never waits.
pub(crate) struct Core {
    pub(super) store: Store,
    pub(super) me: Me,
    pub(super) rooms: HashMap<String, Room>,
    pub(super) names: HashMap<String, String>,
    pub(super) presence: HashMap<String, Presence>,
    pub(super) typing: Typing,
    pub(super) outbox: Outbox,
    pub(super) said: Said,
    pub(super) link: ConnectionState,
    pub(super) pass: Pass,
    /// Events of conversations that the server has not described yet.
    pub(super) early: HashMap<String, Vec<Event>>,
    pub(super) pages: HashMap<String, Vec<Waiter>>,
    /// Conversations whose people were asked for on this connection.
    pub(super) described: HashSet<String>,
    watched: Vec<String>,
    effects: Vec<Effect>,
    notices: Vec<Notice>,
    needs_scrub: bool,
}

impl Core {
    /// Starts from what the store holds.
    pub(crate) fn load(store: Store, me: Me) -> Result<Self, StoreError> {
        let mut core = Self {
            rooms: HashMap::new(),
            names: store.load_names()?.into_iter().collect(),
            presence: HashMap::new(),
            typing: Typing::default(),
            outbox: Outbox::restore(store.load_outbox()?),
            said: Said::new(store.load_unsaid()?),
            link: ConnectionState::Connecting,
            pass: Pass::default(),
            early: HashMap::new(),
            pages: HashMap::new(),
            described: HashSet::new(),
            watched: Vec::new(),
            effects: Vec::new(),
            notices: Vec::new(),
            needs_scrub: false,
            store,
            me,
        };
        let newest = core.store.load_newest_places()?;
        for (index, info) in core.store.load_conversations()?.into_iter().enumerate() {
            let id = info.conversation.clone();
            let room = Room::new(info, &core.me.user.address);
            core.pass.remember_place(&id, room.info.epoch, newest.get(&id).copied());
            core.rooms.insert(id.clone(), room);
            if index < LOADED_ROOMS_MAX {
                core.load_room(&id)?;
            }
        }
        Ok(core)
    }

    /// What to ask or tell the server now.
    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// What changed for whoever looks.
    pub(crate) fn take_notices(&mut self) -> Vec<Notice> {
        let mut notices = std::mem::take(&mut self.notices);
        notices.dedup();
        notices
    }

    /// Begins a transaction that takes in everything until [`Core::commit`].
    pub(crate) fn begin(&self) -> Result<(), StoreError> {
        self.store.begin()
    }

    /// Makes everything since [`Core::begin`] durable.
    pub(crate) fn commit(&mut self) -> Result<(), StoreError> {
        self.store.commit()?;
        if std::mem::take(&mut self.needs_scrub) {
            self.store.scrub()?;
        }
        Ok(())
    }

    /// When [`Core::handle_timeout`] wants to be called next.
    pub(crate) fn next_deadline_ms(&self) -> Option<u64> {
        let waits = [self.typing.next_expiry_ms(), self.next_sending_ms(), self.next_saying_ms()];
        waits.into_iter().flatten().chain(self.pass.retry_at_ms()).min()
    }

    /// The time has come for something.
    pub(crate) fn handle_timeout(&mut self, now_ms: u64) -> Result<(), StoreError> {
        for conversation in self.typing.expire(now_ms) {
            self.notify(Notice::Typing { conversation });
        }
        self.retry_pass(now_ms)?;
        self.send_due(now_ms)?;
        self.say_due(now_ms);
        Ok(())
    }

    pub(super) fn is_connected(&self) -> bool {
        matches!(self.link, ConnectionState::Syncing | ConnectionState::Online)
    }

    pub(super) fn set_link(&mut self, link: ConnectionState) {
        self.link = link;
        self.notify(Notice::Connection);
    }

    pub(super) fn notify(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    pub(super) fn ask(&mut self, effect: Effect) {
        if !self.effects.contains(&effect) {
            self.effects.push(effect);
        }
    }

    /// Brings the newest stored events into memory.
    pub(super) fn load_room(&mut self, conversation: &str) -> Result<(), StoreError> {
        let Some(room) = self.rooms.get_mut(conversation).filter(|room| !room.is_loaded) else {
            return Ok(());
        };
        room.is_loaded = true;
        let stored = self.store.load_events_before(conversation, u64::MAX, LOADED_EVENTS)?;
        for event in newest_run(stored) {
            room.timeline.apply(event);
        }
        Ok(())
    }

    /// Takes in events of a known conversation and keeps them. Returns whether anything was new.
    pub(super) fn absorb(&mut self, conversation: &str, events: &[Event]) -> Result<bool, StoreError> {
        self.load_room(conversation)?;
        let mut is_new = false;
        for event in events {
            is_new |= self.absorb_one(conversation, event)?;
        }
        let Some(room) = self.rooms.get_mut(conversation) else { return Ok(false) };
        let is_recounted = room.recount();
        if is_new || is_recounted {
            self.store.save_conversation(&room.stored())?;
            self.notify(Notice::Timeline { conversation: conversation.to_owned() });
            self.notify(Notice::Conversations);
        }
        self.ask_when_stale(conversation);
        Ok(is_new)
    }

    fn absorb_one(&mut self, conversation: &str, event: &Event) -> Result<bool, StoreError> {
        let Some(room) = self.rooms.get_mut(conversation) else { return Ok(false) };
        if event.epoch != room.timeline.epoch() {
            self.store.remove_events(conversation)?;
            self.ask(Effect::Get(conversation.to_owned()));
        }
        let room = self.rooms.get_mut(conversation).expect("invariant: looked up above");
        let changed = room.apply(event);
        for seq in &changed {
            let kept = room.timeline.event(*seq).expect("invariant: changed places are known");
            self.store.save_event(kept)?;
        }
        self.needs_scrub |= matches!(event.content, Content::Delete { .. } | Content::Deleted {});
        self.empty_stored(conversation, event)?;
        self.forget_sent(event)?;
        Ok(!changed.is_empty())
    }

    /// A deleted message that is in the store but not in memory is emptied too.
    fn empty_stored(&mut self, conversation: &str, event: &Event) -> Result<(), StoreError> {
        let target = match &event.content {
            Content::Delete { target } => target,
            Content::Deleted {} => &event.event_id,
            _ => return Ok(()),
        };
        let mut scratch = crate::model::Timeline::new("", event.epoch);
        for stored in self.store.load_message(conversation, target)? {
            scratch.apply(stored);
        }
        let delete = Content::Delete { target: target.clone() };
        for seq in scratch.apply(Event { seq: u64::MAX - 1, content: delete, ..event.clone() }) {
            if let Some(kept) = scratch.event(seq).filter(|kept| kept.seq != u64::MAX - 1) {
                self.store.save_event(kept)?;
            }
        }
        Ok(())
    }

    fn forget_sent(&mut self, event: &Event) -> Result<(), StoreError> {
        let Some(client_ref) = event.client_ref.as_deref().filter(|_| event.sender == self.me.user.address)
        else {
            return Ok(());
        };
        if self.outbox.remove(client_ref).is_some() {
            self.store.remove_outbox(client_ref)?;
        }
        Ok(())
    }

    /// Asks for the counters when too little of the log is known; once for each situation.
    pub(super) fn ask_when_stale(&mut self, conversation: &str) {
        if self.link != ConnectionState::Online {
            return;
        }
        let Some(room) = self.rooms.get_mut(conversation).filter(|room| room.is_stale) else { return };
        let about = (room.timeline.head(), room.info.membership.read_seq);
        if room.asked_about.replace(about) != Some(about) {
            self.ask(Effect::Get(conversation.to_owned()));
        }
    }

    /// Asks for a page of events; `waiter` is told when it is there.
    pub(super) fn ask_for_page(&mut self, op: ops::ListEvents, waiter: Option<Waiter>) {
        if !self.is_connected() {
            waiter.map(|waiter| waiter.send(Err(CallError::Offline.into())));
            return;
        }
        let waiting = self.pages.entry(page_key(&op)).or_default();
        let is_asked = !waiting.is_empty();
        waiting.extend(waiter);
        if !is_asked {
            self.ask(Effect::List(op));
        }
    }

    pub(super) fn remember_name(&mut self, address: &str, name: &str) -> Result<(), StoreError> {
        if self.names.get(address).is_none_or(|known| known != name) {
            self.store.save_name(address, name)?;
            self.names.insert(address.to_owned(), name.to_owned());
        }
        Ok(())
    }

    /// Forgets a conversation that is not one's own any more.
    pub(super) fn forget_room(&mut self, conversation: &str) -> Result<(), StoreError> {
        self.early.remove(conversation);
        self.pass.forget_place(conversation);
        if self.rooms.remove(conversation).is_some() {
            self.store.remove_conversation(conversation)?;
            self.notify(Notice::Gone { conversation: conversation.to_owned() });
            self.notify(Notice::Conversations);
        }
        Ok(())
    }

    /// Watches the presence of the people one talks with directly.
    pub(super) fn watch_peers(&mut self) {
        const WATCHED_MAX: usize = 500;
        let mut peers: Vec<(&str, &str)> = self
            .rooms
            .values()
            .filter_map(|room| Some((&*room.info.changed_at, &*room.info.peer.as_ref()?.address)))
            .collect();
        peers.sort_unstable_by(|left, right| right.cmp(left));
        let mut users: Vec<String> =
            peers.iter().take(WATCHED_MAX).map(|(_, address)| (*address).to_owned()).collect();
        users.sort_unstable();
        if self.watched != users {
            self.watched.clone_from(&users);
            self.ask(Effect::Watch(users));
        }
    }

    /// A new socket watches nobody yet.
    pub(super) fn forget_watched(&mut self) {
        self.watched.clear();
        self.presence.clear();
        self.notify(Notice::Presence);
    }
}

/// The events after the last gap.
pub(super) fn newest_run(mut events: Vec<Event>) -> Vec<Event> {
    let is_gap = |pair: &[Event]| pair[0].seq + 1 != pair[1].seq;
    let start = events.windows(2).rposition(is_gap).map_or(0, |index| index + 1);
    events.split_off(start)
}

pub(super) fn page_key(op: &ops::ListEvents) -> String {
    format!("{}|{:?}|{:?}|{:?}", op.conversation, op.before, op.after, op.around)
}

use super::{Room, room::Tail};
use crate::{
    Hub, HubError,
    ports::{StoreError, Wake},
};
use parlance_core::{
    account::AccountChange,
    conversation::Kind,
    event::{Content, Event, MembershipChange, Offset},
    id::{ConversationId, PrincipalId, Seq},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Most wakes taken at once; wakes of one conversation among them cost one round.
const WAKES_MAX: usize = 512;
/// How often the log is compared with what the wakes said.
const SWEEP_EVERY: Duration = Duration::from_millis(500);
/// After how many sweeps a connection gets its next mark. Marks only shorten what a client asks for
/// when it comes back, and each costs a frame; in one sweep only some connections get theirs, so
/// that they do not all write at the same moment.
const SWEEPS_PER_MARK: u64 = 8;

/// Tells the connections of this node what is new, until the bus ends. Wakes make it fast; the
/// sweep over the log makes it certain. What is collected in memory is written down beside it, so that news
/// do not wait for the disk.
pub async fn run_fanout(hub: Arc<Hub>) {
    tokio::select! {
        biased;
        () = tell_news(&hub) => {}
        () = write_down(&hub) => {}
    }
}

async fn write_down(hub: &Hub) {
    let mut turn = tokio::time::interval(SWEEP_EVERY);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        hub.write_down_presence().await;
    }
}

async fn tell_news(hub: &Hub) {
    let mut wakes = hub.world.bus.subscribe();
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut swept = hub.begun;
    let mut batch = Vec::with_capacity(WAKES_MAX);
    let mut sweeps = 0;
    loop {
        tokio::select! {
            // The sweep first: a flood of wakes does not put it off.
            biased;
            _ = sweep.tick() => {
                swept = hub.sweep(swept).await.unwrap_or(swept);
                sweeps += 1;
                hub.connections.for_each(|line| {
                    if line.id % SWEEPS_PER_MARK == sweeps % SWEEPS_PER_MARK {
                        line.mailbox.swept(swept);
                    }
                });
            }
            count = wakes.recv_many(&mut batch, WAKES_MAX) => {
                if count == 0 {
                    return;
                }
                hub.fan_out(batch.drain(..)).await;
            }
        }
    }
}

impl Hub {
    /// Handles wakes; what fails is left to the sweep.
    pub(crate) async fn fan_out(&self, wakes: impl Iterator<Item = Wake>) {
        let mut woken: BTreeMap<ConversationId, Vec<Wake>> = BTreeMap::new();
        for wake in wakes {
            woken.entry(wake.conversation).or_default().push(wake);
        }
        for (conversation, wakes) in woken {
            let reached = wakes.iter().map(|wake| wake.seq).max().unwrap_or_default();
            let events = wakes.into_iter().filter_map(|wake| wake.event);
            if let Err(error) = self.tell(conversation, reached, events).await {
                tracing::warn!(conversation.id = %conversation, %error, "fan-out postponed to the sweep");
            }
        }
    }

    /// Compares the log with what was told: everything up to the answer has been told afterwards.
    pub(crate) async fn sweep(&self, swept: Offset) -> Result<Offset, StoreError> {
        let mark = self.world.store.mark().await?.offset;
        if mark <= swept {
            return Ok(swept);
        }
        for (conversation, newest) in self.world.store.changed_between(swept, mark).await? {
            let Some(room) = self.rooms.load(&*self.world.store, conversation).await? else { continue };
            if room.has_told(newest) {
                continue;
            }
            room.catch_up(&*self.world.store).await?;
            let events = self.events_since(&room, swept).await?;
            self.tell_room(&room, &events);
            if let Some(last) = events.last() {
                room.note_told_up_to(last.seq);
            }
        }
        Ok(mark)
    }

    /// What happened in a room after an offset.
    async fn events_since(&self, room: &Room, offset: Offset) -> Result<Vec<Arc<Event>>, StoreError> {
        let store = &*self.world.store;
        let (id, head) = room.with(|state| (state.id, state.head));
        let after = match room.seq_at(offset) {
            Some(seq) => seq,
            None => store.seq_at(id, offset).await?,
        };
        match room.after(after, usize::MAX) {
            Tail::Events(entries) => Ok(entries.iter().map(|entry| Arc::clone(&entry.event)).collect()),
            Tail::TooOld => store.read_after(id, after, (head.0 - after.0) as usize).await,
        }
    }

    /// Writes down what is collected in memory: receipts, and when devices were last here.
    async fn write_down_presence(&self) {
        let written = async {
            self.tell_untold().await?;
            self.flush_delivered().await?;
            self.write_last_seen().await
        };
        if let Err(error) = written.await {
            tracing::warn!(%error, "receipts and last-seen times wait");
        }
    }

    async fn tell(
        &self,
        conversation: ConversationId,
        reached: Seq,
        events: impl Iterator<Item = Arc<Event>>,
    ) -> Result<(), HubError> {
        let store = &*self.world.store;
        let Some(room) = self.rooms.load(store, conversation).await? else { return Ok(()) };
        let mut events: Vec<_> = events.collect();
        events.sort_unstable_by_key(|event| event.seq);
        events.iter().for_each(|event| room.offer(Arc::clone(event)));
        if room.with(|state| state.head) < reached {
            room.catch_up(store).await?;
        }
        self.tell_room(&room, &events);
        room.note_told(&events);
        Ok(())
    }

    fn tell_room(&self, room: &Room, events: &[Arc<Event>]) {
        events.iter().for_each(|event| self.react_to(event));
        let left = events.iter().filter_map(|event| left_by(event));
        room.with(|state| {
            let news =
                |who: PrincipalId| self.connections.for_each_of(who, |line| line.mailbox.news(state.id));
            if state.kind == Kind::Account || state.members.len() <= self.connections.owners_count() {
                state.members.keys().copied().for_each(news);
            } else {
                self.connections.for_each_owner(|who| state.members.contains_key(&who), state.id);
            }
            state.departed.keys().copied().chain(left).for_each(news);
        });
    }

    /// What this node does itself when an event comes by.
    fn react_to(&self, event: &Event) {
        match &event.content {
            Content::Account(AccountChange::Profile { .. }) => self.people.forget(event.sender),
            Content::Account(
                AccountChange::Contact { who, .. } | AccountChange::ContactRemoved { who, .. },
            ) => {
                self.forget_blocked(event.sender, *who);
            }
            Content::Membership { who, change: MembershipChange::Joined(_) } => self.people.forget(*who),
            _ => {}
        }
    }
}

/// Who left with an event. Rooms that are read into memory after it know nothing of them.
fn left_by(event: &Event) -> Option<PrincipalId> {
    use MembershipChange::{Banned, Left, Removed};
    match event.content {
        Content::Membership { who, change: Left | Removed | Banned } => Some(who),
        _ => None,
    }
}

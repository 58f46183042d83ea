//! From a message to the devices that it has to wake.

use super::PushDevices;
use crate::{
    Hub, HubError,
    live::{Room, routes},
    ports::{Append, Draft, NewWork, Work},
};
use parlance_core::{
    count::Counts,
    event::{Content, Event},
    id::{DeviceId, PrincipalId},
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};

/// The queue of messages that may have to wake somebody.
const QUEUE: &str = "push";
/// Most messages that are looked at together.
const MESSAGES_AT_ONCE: usize = 256;
/// For how long a message that is being looked at is nobody else's.
const LEASE_MS: u64 = 60_000;
/// How often the queue is looked at, besides when something was put there.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Asks for notifications for devices that are away, as messages come, until the program ends.
pub async fn run_push(hub: Arc<Hub>) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = hub.push_devices.news.notified() => {}
        }
        if let Err(error) = hub.ask_for_pushes().await {
            tracing::warn!(%error, "devices that are away are notified later");
        }
    }
}

impl PushDevices {
    fn is_empty(&self) -> bool {
        self.by_owner.read().is_empty()
    }

    /// Those in a conversation who have devices that want to be notified, without one of them.
    fn in_room(&self, room: &Room, but: PrincipalId) -> Vec<PrincipalId> {
        let by_owner = self.by_owner.read();
        room.with(|state| {
            let mut who: Vec<_> = match state.members.len() < by_owner.len() {
                true => state.members.keys().copied().filter(|who| by_owner.contains_key(who)).collect(),
                false => by_owner.keys().copied().filter(|who| state.members.contains_key(who)).collect(),
            };
            who.retain(|who| *who != but);
            who
        })
    }
}

impl Hub {
    /// The work that goes with messages while somebody who gets them has a device that is away.
    pub(crate) fn push_work(&self, room: &Room, append: &Append) -> Vec<NewWork> {
        let is_new = |draft: &&Draft| matches!(&draft.content, Content::Message(it) if it.imported.is_none());
        let mut messages = append.events.iter().filter(is_new).peekable();
        if messages.peek().is_none() || self.push_devices.is_empty() {
            return Vec::new();
        }
        let mut pushed = self.push_devices.in_room(room, append.sender).into_iter();
        if !pushed.any(|who| !self.devices_away(who).is_empty()) {
            return Vec::new();
        }
        let work = |draft: &Draft| NewWork {
            queue: QUEUE.into(),
            payload: routes::write(append.conversation, draft.id),
            due_at: append.at,
        };
        messages.map(work).collect()
    }

    /// Tells that some of it is there.
    pub(crate) fn wake_push(&self) {
        self.push_devices.news.notify_one();
    }

    /// Looks at all messages that may have to wake somebody.
    pub(crate) async fn ask_for_pushes(&self) -> Result<(), HubError> {
        loop {
            let (store, now) = (&self.world.store, self.now());
            let works = store.claim_work(QUEUE, now, now.plus_ms(LEASE_MS), MESSAGES_AT_ONCE).await?;
            let mut devices = BTreeSet::new();
            for work in &works {
                devices.extend(self.woken_by(work).await?);
            }
            let devices: Vec<_> = devices.into_iter().collect();
            store.ask_pushes(&devices).await?;
            store.finish_work(&works.iter().map(|work| work.id).collect::<Vec<_>>()).await?;
            if !devices.is_empty() {
                self.hurry_pushes();
            }
            if works.len() < MESSAGES_AT_ONCE {
                return Ok(());
            }
        }
    }

    async fn woken_by(&self, work: &Work) -> Result<Vec<DeviceId>, HubError> {
        let Some((conversation, event)) = routes::read(&work.payload) else { return Ok(Vec::new()) };
        let Some(event) = self.world.store.find_event(conversation, event).await? else {
            return Ok(Vec::new());
        };
        let event = self.left_of_event(&event);
        let Some(room) = self.rooms.load(&*self.world.store, conversation).await? else {
            return Ok(Vec::new());
        };
        let mut woken = Vec::new();
        for who in self.push_devices.in_room(&room, event.sender) {
            let devices = self.devices_away(who);
            if !devices.is_empty() && self.notifies(who, &event).await? {
                woken.extend(devices);
            }
        }
        Ok(woken)
    }

    fn devices_away(&self, owner: PrincipalId) -> Vec<DeviceId> {
        let mut devices = self.push_devices.of(owner);
        devices.retain(|device| self.is_away(owner, *device));
        devices
    }

    /// Whether somebody is to be notified of an event now.
    async fn notifies(&self, who: PrincipalId, event: &Event) -> Result<bool, HubError> {
        let Content::Message(message) = &event.content else { return Ok(false) };
        let counts = Counts { unread: 1, mentions: u64::from(message.body.does_mention(who)) };
        let row = self.world.store.membership(who, event.conversation).await?;
        Ok(row.is_some_and(|row| {
            let waits = row.visible_from <= event.seq && row.read < event.seq;
            waits && row.preferences.notable(counts) > 0
        }))
    }
}

//! Notifications for devices that are away: which devices want them, and what waits for services.

mod asking;

pub use asking::run_push;

use crate::{
    Caller, Hub, HubError,
    ports::{MembershipRange, MembershipRow, NewPush, PUSH_TRIES_MAX, Push, PushKey, PushSettled},
};
use parking_lot::RwLock;
use parlance_core::id::{ConversationId, DeviceId, PrincipalId};
use std::collections::{BTreeSet, HashMap};
use tokio::sync::Notify;

/// Most registrations of one device.
const PER_DEVICE_MAX: usize = 8;
/// Newest conversations among which waiting messages are counted.
const COUNTED_MAX: usize = 200;

/// The devices that want to be notified while they are away.
#[derive(Default)]
pub(crate) struct PushDevices {
    by_owner: RwLock<HashMap<PrincipalId, Vec<DeviceId>>>,
    /// Says that a message may have to wake somebody.
    news: Notify,
    /// Says that notifications wait for their services.
    due: Notify,
}

/// A notification that is to be told now, with what it is about.
#[derive(Clone, Debug)]
pub struct DuePush {
    /// Which.
    pub push: Push,
    /// How many messages wait to be read.
    pub messages: u64,
    /// The conversation of the newest of them.
    pub newest: ConversationId,
}

impl PushDevices {
    pub(crate) fn new(devices: Vec<(PrincipalId, DeviceId)>) -> Self {
        let known = Self::default();
        let mut by_owner = known.by_owner.write();
        devices.into_iter().for_each(|(owner, device)| by_owner.entry(owner).or_default().push(device));
        drop(by_owner);
        known
    }

    fn set(&self, owner: PrincipalId, devices: Vec<DeviceId>) {
        let mut by_owner = self.by_owner.write();
        if devices.is_empty() {
            by_owner.remove(&owner);
        } else {
            by_owner.insert(owner, devices);
        }
    }

    pub(crate) fn forget(&self, owner: PrincipalId, gone: &[DeviceId]) {
        let left = self.of(owner).into_iter().filter(|device| !gone.contains(device)).collect();
        self.set(owner, left);
    }

    fn of(&self, owner: PrincipalId) -> Vec<DeviceId> {
        self.by_owner.read().get(&owner).cloned().unwrap_or_default()
    }
}

impl Hub {
    /// Registers the caller's device for notifications by a service of another server, in place of the
    /// registration with the same service and node.
    ///
    /// # Errors
    /// `TooMany`, `Unavailable`.
    pub async fn enable_push(
        &self,
        caller: Caller,
        server: &str,
        (service, node): (String, String),
        options: String,
    ) -> Result<(), HubError> {
        let new = NewPush {
            key: PushKey { owner: caller.who, service, node },
            device: caller.device,
            server: server.to_owned(),
            options,
            device_max: PER_DEVICE_MAX,
            owner_max: self.settings.bounds.pushes_max,
        };
        if !self.world.store.enable_push(new).await? {
            metrics::counter!("parlance_push_registrations_refused_total").increment(1);
            return Err(HubError::TooMany);
        }
        self.learn_push_devices(caller.who).await
    }

    /// Ends the caller's registrations with a service: that with a node, or all. Without any it is no error.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn disable_push(
        &self,
        caller: Caller,
        service: &str,
        node: Option<&str>,
    ) -> Result<(), HubError> {
        self.world.store.disable_pushes(caller.who, service, node).await?;
        self.learn_push_devices(caller.who).await
    }

    async fn learn_push_devices(&self, owner: PrincipalId) -> Result<(), HubError> {
        // The one that reads last sets last.
        let _turn = self.turns.take(owner).await;
        let devices = self.world.store.push_devices(Some(owner)).await?;
        self.push_devices.set(owner, devices.into_iter().map(|(_, device)| device).collect());
        Ok(())
    }

    /// Waits until there may be something for [`Hub::due_pushes`]. For one follower.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn wait_for_pushes(&self) {
        self.push_devices.due.notified().await;
    }

    /// Has those who wait for notifications look again.
    pub(super) fn hurry_pushes(&self) {
        self.push_devices.due.notify_one();
    }

    /// Takes notifications for services of a server; each comes again later unless it is settled. What is not
    /// needed any more is left out; what was tried in vain too often ends.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn due_pushes(&self, server: &str, limit: usize) -> Result<Vec<DuePush>, HubError> {
        let mut due = Vec::new();
        for push in self.world.store.claim_pushes(server, self.now(), limit).await? {
            if push.tries >= PUSH_TRIES_MAX {
                metrics::counter!("parlance_push_refused_total").increment(1);
                self.settle_push(&push.key, PushSettled::Ended).await?;
                continue;
            }
            let waiting = match self.is_away(push.key.owner, push.device) {
                true => self.waiting_messages(push.key.owner).await?,
                false => None,
            };
            match waiting {
                Some((messages, newest)) => due.push(DuePush { push, messages, newest }),
                None => self.settle_push(&push.key, PushSettled::Done { asked: push.asked }).await?,
            }
        }
        Ok(due)
    }

    /// Notes what became of a notification.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn settle_push(&self, key: &PushKey, settled: PushSettled) -> Result<(), HubError> {
        self.world.store.settle_push(key, settled).await?;
        match settled {
            PushSettled::Ended => self.learn_push_devices(key.owner).await,
            PushSettled::Done { .. } => Ok(()),
        }
    }

    /// How many notifications wait for their services.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn count_waiting_pushes(&self) -> Result<u64, HubError> {
        Ok(self.world.store.count_waiting_pushes().await?)
    }

    /// Asks for a notification for a device that went, when it may not have received what happened in these
    /// conversations.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn push_missed(
        &self,
        caller: Caller,
        conversations: impl IntoIterator<Item = ConversationId> + Send,
    ) -> Result<(), HubError> {
        if !self.push_devices.of(caller.who).contains(&caller.device) {
            return Ok(());
        }
        let conversations: BTreeSet<_> = conversations.into_iter().collect();
        for conversation in conversations {
            let row = self.world.store.membership(caller.who, conversation).await?;
            if row.is_some_and(|row| notable(&row) > 0) {
                self.world.store.ask_pushes(&[caller.device]).await?;
                self.hurry_pushes();
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether no connection of a device reaches it.
    fn is_away(&self, owner: PrincipalId, device: DeviceId) -> bool {
        let mut is_away = true;
        self.connections.for_each_of(owner, |line| is_away &= line.device != device || line.is_resting());
        is_away
    }

    /// How many messages wait for somebody to read them, and the conversation of the newest, if any.
    async fn waiting_messages(&self, who: PrincipalId) -> Result<Option<(u64, ConversationId)>, HubError> {
        let range = MembershipRange { changed_after: None, before: None, limit: COUNTED_MAX };
        let rows = self.world.store.memberships(who, range).await?;
        let newest = rows.iter().find(|row| notable(row) > 0).map(|row| row.conversation);
        Ok(newest.map(|newest| (rows.iter().map(notable).sum(), newest)))
    }
}

/// How many messages of a conversation wait to be read and are to be notified of.
fn notable(row: &MembershipRow) -> u64 {
    row.preferences.notable(row.counts)
}

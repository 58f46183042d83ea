use super::commit::Attached;
use crate::{
    Caller, Hub, HubError,
    ports::{Expired, FoldedEvent},
};
use parlance_core::{
    event::{Content, Event},
    id::{ConversationId, DeviceId, PrincipalId},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

/// How often it is looked for messages whose time has come. Until they are purged they are shown to nobody.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Most messages that are purged together.
const AT_ONCE: usize = 256;

/// Purges messages whose time has come, until the program ends.
pub async fn run_expiry(hub: Arc<Hub>) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = hub.purge_expired().await {
            tracing::warn!(%error, "messages whose time has come are purged later");
        }
    }
}

impl Hub {
    /// Deletes every message whose time has come, as its author would.
    pub(crate) async fn purge_expired(&self) -> Result<(), HubError> {
        loop {
            let expired = self.world.store.expired(self.now(), AT_ONCE).await?;
            let is_last = expired.len() < AT_ONCE;
            let mut outcome = Ok(());
            for ((conversation, sender), deletions) in by_author(expired) {
                // One that has to wait does not keep the others waiting.
                outcome = outcome.and(self.purge(conversation, sender, deletions).await);
            }
            outcome?;
            if is_last {
                return Ok(());
            }
        }
    }

    async fn purge(
        &self,
        conversation: ConversationId,
        sender: PrincipalId,
        deletions: Vec<Content>,
    ) -> Result<(), HubError> {
        let server = Caller { who: sender, device: DeviceId(Uuid::nil()) };
        let count = deletions.len();
        self.commit(server, conversation, Attached::default(), |_| Ok(deletions.clone())).await?;
        metrics::counter!("parlance_messages_expired_total").increment(count as u64);
        Ok(())
    }

    /// What is left of events now: nothing of messages whose time has come.
    pub(crate) fn left_of(&self, items: Vec<FoldedEvent>) -> Vec<FoldedEvent> {
        items.into_iter().map(|item| self.left_of_one(item)).collect()
    }

    pub(crate) fn left_of_one(&self, item: FoldedEvent) -> FoldedEvent {
        let event = self.left_of_event(&item.event);
        let is_gone = !Arc::ptr_eq(&event, &item.event);
        let fold = if is_gone { item.fold.and_then(|fold| fold.of_deleted()) } else { item.fold };
        FoldedEvent { event, fold }
    }

    pub(crate) fn left_of_event(&self, event: &Arc<Event>) -> Arc<Event> {
        event.left_at(self.now())
    }
}

/// What to append to each log, author by author.
fn by_author(expired: Vec<Expired>) -> BTreeMap<(ConversationId, PrincipalId), Vec<Content>> {
    let mut deletions = BTreeMap::<_, Vec<_>>::new();
    for Expired { conversation, sender, target } in expired {
        deletions.entry((conversation, sender)).or_default().push(Content::Delete { target });
    }
    deletions
}

use crate::{
    Caller, Hub, HubError, IdentityRefusal,
    ports::{Scheduled, ScheduledId, ScheduledRefusal},
    usecase::Post,
};
use parlance_core::{Rejection, event::Event};
use std::{sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};

/// How often it is looked for messages whose time has come.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Most messages that are taken together.
const AT_ONCE: usize = 64;
/// After how long a message that the world stood in the way of is sent again, in milliseconds.
const LEASE_MS: u64 = 30_000;

/// Sends messages whose time has come, until the program ends.
pub async fn run_schedule(hub: Arc<Hub>) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = hub.send_due().await {
            tracing::warn!(%error, "messages for this time are sent later");
        }
    }
}

impl Hub {
    /// Sends a message that waits, before its time.
    ///
    /// # Errors
    /// `ScheduledNotFound`, also while it is being sent; those of [`Hub::post`].
    pub async fn send_scheduled(&self, caller: Caller, id: ScheduledId) -> Result<Arc<Event>, HubError> {
        let (store, now) = (&self.world.store, self.now());
        let taken = store.claim_scheduled_now(caller.who, id, now, now.plus_ms(LEASE_MS)).await?;
        self.send_taken(taken.ok_or(Rejection::ScheduledNotFound)?).await
    }

    /// Sends everything whose time has come.
    pub(crate) async fn send_due(&self) -> Result<(), HubError> {
        loop {
            let now = self.now();
            let taken = self.world.store.claim_scheduled(now, now.plus_ms(LEASE_MS), AT_ONCE).await?;
            let is_last = taken.len() < AT_ONCE;
            for scheduled in taken {
                let id = scheduled.id;
                if let Err(error) = self.send_taken(scheduled).await {
                    tracing::debug!(scheduled.id = %id, %error, "not sent when its time came");
                }
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Sends a message that was taken. Whatever ends between sending and forgetting it, its reference makes one
    /// message of both.
    async fn send_taken(&self, scheduled: Scheduled) -> Result<Arc<Event>, HubError> {
        let Scheduled { id, owner, conversation, .. } = scheduled;
        let answer = self.post_scheduled(scheduled).await;
        let refused = match &answer {
            Ok(_) => None,
            Err(error) => match refusal(error) {
                Some(refusal) => Some(refusal),
                None => return answer,
            },
        };
        let outcome = if refused.is_some() { "refused" } else { "sent" };
        metrics::counter!("parlance_scheduled_sent_total", "outcome" => outcome).increment(1);
        self.world.store.settle_scheduled(id, refused).await?;
        self.tell_scheduled_of(owner, conversation).await?;
        answer
    }

    pub(super) async fn post_scheduled(&self, scheduled: Scheduled) -> Result<Arc<Event>, HubError> {
        let Scheduled { owner, device, conversation, client_ref, message, .. } = scheduled;
        if !self.load_principal(owner).await?.is_enabled {
            return Err(IdentityRefusal::AccountDisabled.into());
        }
        let post = Post::scheduled(conversation, client_ref, message);
        self.post(Caller { who: owner, device }, post).await
    }
}

/// Why a message stays with its author; `None` for what is over by itself after a while.
fn refusal(error: &HubError) -> Option<ScheduledRefusal> {
    let rejection = match error {
        HubError::Rule(rejection) => *rejection,
        HubError::Identity(_) => return Some(ScheduledRefusal::AccountDisabled),
        _ => return None,
    };
    Some(match rejection {
        Rejection::SlowMode { .. } => return None,
        Rejection::ConversationNotFound | Rejection::Banned => ScheduledRefusal::NotThere,
        Rejection::Forbidden => ScheduledRefusal::Forbidden,
        Rejection::Archived => ScheduledRefusal::Archived,
        Rejection::Blocked => ScheduledRefusal::Blocked,
        Rejection::BodyTooLong => ScheduledRefusal::TooLong,
        _ => ScheduledRefusal::Invalid,
    })
}

//! Who is here by other front ends than one's own.

use crate::Hub;
use parking_lot::Mutex;
use parlance_core::{
    id::{ConversationId, PrincipalId},
    presence::{Availability, Shown},
};
use std::{
    collections::HashSet,
    sync::atomic::{AtomicBool, Ordering},
};
use tokio::sync::Notify;

/// Whose presence or connections changed since it was last asked, on this node. Nothing is noted before
/// somebody asks for the first time.
#[derive(Default)]
pub(crate) struct Changes {
    is_followed: AtomicBool,
    whose: Mutex<HashSet<PrincipalId>>,
    notify: Notify,
}

impl Changes {
    pub(super) fn note(&self, who: PrincipalId) {
        if self.is_followed.load(Ordering::Relaxed) {
            self.whose.lock().insert(who);
            self.notify.notify_one();
        }
    }
}

impl Hub {
    /// Waits until somebody comes, goes or shows something else on this node; who it is. For one follower.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn presence_changes(&self) -> Vec<PrincipalId> {
        let changes = &self.presences.changes;
        changes.is_followed.store(true, Ordering::Relaxed);
        loop {
            let whose = std::mem::take(&mut *changes.whose.lock());
            if !whose.is_empty() {
                return whose.into_iter().collect();
            }
            changes.notify.notified().await;
        }
    }

    /// What somebody shows on connections that are not of a front end; `None` for those who have none, or do
    /// not want to be seen.
    pub fn shown_elsewhere(&self, who: PrincipalId, front: &'static str) -> Option<Shown> {
        self.presences.elsewhere(who, front).filter(|shown| shown.availability != Availability::Offline)
    }

    /// Up to `limit` members of a conversation for whom [`Self::shown_elsewhere`] has an answer.
    pub async fn members_elsewhere(
        &self,
        conversation: ConversationId,
        front: &'static str,
        limit: usize,
    ) -> Vec<(PrincipalId, Shown)> {
        let here = self.connections.owners();
        let look = |state: &parlance_core::conversation::State| {
            here.into_iter().filter(|who| state.members.contains_key(who)).collect::<Vec<_>>()
        };
        let Ok(members) = self.look_at(conversation, look).await else { return Vec::new() };
        let shown = members.into_iter().filter_map(|who| Some((who, self.shown_elsewhere(who, front)?)));
        shown.take(limit).collect()
    }
}

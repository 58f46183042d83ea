use crate::{Caller, Hub, HubError};
use parlance_core::{
    account::AccountChange,
    arrangement::{Arrangement, Rearrangement, Refusal},
};

impl Hub {
    /// How the caller has sorted their conversations.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn arrangement(&self, caller: Caller) -> Result<Arrangement, HubError> {
        Ok(self.world.store.arrangement(caller.who).await?)
    }

    /// Sorts the caller's conversations in another way, on all their devices. What changes nothing is not
    /// written down.
    ///
    /// # Errors
    /// `FolderNotFound`, `InvalidValue` for a name, `TooMany`; `ConversationNotFound` for what is put into a
    /// folder, or taken out, by somebody who is not in it.
    pub async fn rearrange(&self, caller: Caller, change: Rearrangement) -> Result<Arrangement, HubError> {
        if let Some(conversation) = change.conversation() {
            self.room_with(caller, conversation).await?;
        }
        let _turn = self.turns.take(caller.who).await;
        let before = self.world.store.arrangement(caller.who).await?;
        let change = before.decide(change, self.settings.bounds.folders_max).map_err(counted)?;
        let mut after = before.clone();
        after.apply(&change);
        if after != before {
            self.append_account(caller, AccountChange::Arranged { change }).await?;
        }
        Ok(after)
    }
}

fn counted(refusal: Refusal) -> HubError {
    match refusal {
        Refusal::Rejected(rejection) => rejection.into(),
        Refusal::TooMany => {
            metrics::counter!("parlance_folders_refused_total").increment(1);
            HubError::TooMany
        }
    }
}

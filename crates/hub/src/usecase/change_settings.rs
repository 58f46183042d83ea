use super::commit::Attached;
use crate::{Caller, Hub, HubError};
use parlance_core::{conversation::SettingsChange, id::ConversationId};

impl Hub {
    /// Changes name, topic, permissions and the like.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_settings`], `TimerOutOfBounds`.
    pub async fn change_settings(
        &self,
        caller: Caller,
        conversation: ConversationId,
        change: SettingsChange,
    ) -> Result<(), HubError> {
        self.commit(caller, conversation, Attached::default(), |state| {
            let content = state.decide_settings(self.asking(caller), change.clone())?;
            change.check_timer(&self.settings.bounds)?;
            Ok(vec![content])
        })
        .await?;
        Ok(())
    }
}

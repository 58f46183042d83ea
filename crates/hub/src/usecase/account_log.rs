use super::commit::Attached;
use crate::{
    Caller, Hub, HubError,
    ports::{AppendError, Create},
};
use parlance_core::{
    Rejection,
    account::{AccountChange, PreferencesChange},
    conversation::{Kind, Role, SettingsChange},
    event::Content,
    id::{ConversationId, DeviceId, PrincipalId, Seq},
};
use uuid::Uuid;

/// Longest draft, in bytes.
const DRAFT_BYTES_MAX: usize = 64 * 1024;

impl Hub {
    /// Writes a change into the caller's account log, where all their devices find it. The log is
    /// made when there is none.
    pub(crate) async fn append_account(&self, caller: Caller, change: AccountChange) -> Result<(), HubError> {
        self.append_account_of(caller.who, Some(caller.device), change).await
    }

    /// Writes a change into somebody's account log; without a device for what the server did itself.
    pub(crate) async fn append_account_of(
        &self,
        who: PrincipalId,
        device: Option<DeviceId>,
        change: AccountChange,
    ) -> Result<(), HubError> {
        let log = ConversationId::account(who);
        let caller = Caller { who, device: device.unwrap_or(DeviceId(Uuid::nil())) };
        let append = self.new_append(caller, log, Attached::default(), vec![Content::Account(change)]);
        let appended = match self.world.store.append(append.clone()).await {
            Err(AppendError::NoConversation) => {
                self.create_account_log(caller).await?;
                self.world.store.append(append).await?
            }
            other => other?,
        };
        let room = self.rooms.load(&*self.world.store, log).await?;
        self.publish(&room.expect("invariant: a log that was appended to is there"), &appended);
        Ok(())
    }

    async fn create_account_log(&self, caller: Caller) -> Result<(), HubError> {
        let log = ConversationId::account(caller.who);
        let founding = Kind::Account.founding(SettingsChange::default(), &[(caller.who, Role::Owner)]);
        let mut append = self.new_append(caller, log, Attached::default(), founding);
        append.create = Some(Create::new(self.domain, Kind::Account));
        match self.world.store.append(append).await {
            Ok(_) | Err(AppendError::Conflict) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps what the caller has not sent yet.
    ///
    /// # Errors
    /// `ConversationNotFound`, `BodyTooLong`.
    pub async fn set_draft(
        &self,
        caller: Caller,
        conversation: ConversationId,
        text: String,
    ) -> Result<(), HubError> {
        self.room_with(caller, conversation).await?;
        if text.len() > DRAFT_BYTES_MAX {
            return Err(Rejection::BodyTooLong.into());
        }
        self.append_account(caller, AccountChange::Draft { conversation, text }).await
    }

    /// Mutes, favours or hides a conversation for the caller, and leaves what the change does not name as it is.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub async fn change_preferences(
        &self,
        caller: Caller,
        conversation: ConversationId,
        change: PreferencesChange,
    ) -> Result<(), HubError> {
        self.room_with(caller, conversation).await?;
        let _turn = self.turns.take(caller.who).await;
        let row = self.world.store.membership(caller.who, conversation).await?;
        let row = row.ok_or(Rejection::ConversationNotFound)?;
        let preferences = row.preferences.after(change, row.head);
        if preferences == row.preferences {
            return Ok(());
        }
        self.append_account(caller, AccountChange::Preferences { conversation, preferences }).await
    }

    pub(crate) async fn append_read(
        &self,
        caller: Caller,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<(), HubError> {
        self.append_account(caller, AccountChange::Read { conversation, seq }).await
    }
}

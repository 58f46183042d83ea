use super::register::tidy_name;
use crate::{Caller, Hub, HubError, ports::PrincipalChange};
use parlance_core::{
    account::AccountChange,
    id::PrincipalId,
    principal::{Principal, Privacy},
};

impl Hub {
    /// My account.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn me(&self, caller: Caller) -> Result<Principal, HubError> {
        self.load_principal(caller.who).await
    }

    /// Changes what others see of me; absent fields stay.
    ///
    /// # Errors
    /// `InvalidValue` for the display name, `Unavailable`.
    pub async fn update_profile(
        &self,
        caller: Caller,
        display_name: Option<&str>,
        privacy: Option<Privacy>,
    ) -> Result<Principal, HubError> {
        let display_name = display_name.map(tidy_name).transpose()?;
        self.change_account(caller.who, PrincipalChange { display_name, privacy, ..Default::default() })
            .await?;
        let me = self.load_principal(caller.who).await?;
        self.presence_privacy_changed(caller.who, me.privacy);
        let change = AccountChange::Profile { display_name: me.display_name.clone(), privacy: me.privacy };
        self.append_account(caller, change).await?;
        Ok(me)
    }

    /// Changes an account and forgets what was remembered of it.
    pub(super) async fn change_account(
        &self,
        id: PrincipalId,
        change: PrincipalChange,
    ) -> Result<(), HubError> {
        let changed = self.change_person(id, change).await;
        self.identity.tokens.forget(id);
        changed
    }
}

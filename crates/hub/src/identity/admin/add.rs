use super::{
    super::{invitations::hash_of, prepare::prepare_new, secret},
    Administration,
};
use crate::{HubError, Redacted, ports::InvitationRow};
use parlance_core::principal::Principal;

/// An account to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// The name before the `@`.
    pub name: String,
    /// The name people see; the same as `name` when absent.
    pub display_name: Option<String>,
    /// Whether it administers the domain.
    pub is_admin: bool,
}

/// How long an invitation from the command line works.
const INVITED_MS: u64 = 7 * 24 * 3_600_000;

impl Administration<'_> {
    /// Makes an account with a password, in any mode of registration.
    ///
    /// # Errors
    /// `NameInvalid`, `NameTaken`, `PasswordTooWeak`, `InvalidValue`, `Unavailable`.
    pub async fn add(&self, new: NewAccount, password: &Redacted<String>) -> Result<Principal, HubError> {
        let principal = self.hub.new_person(&new.name, new.display_name.as_deref(), new.is_admin)?;
        let password = prepare_new(password)?;
        self.hub.check_is_free(&principal.address).await?;
        let credentials = self.hub.identity.passwords.hash_patiently(password).await?;
        self.hub.create_person(principal, credentials, None).await
    }

    /// Invites somebody to an account of this name; the code works once and for a week.
    ///
    /// # Errors
    /// `NameInvalid`, `NameTaken`, `Unavailable`.
    pub async fn invite(&self, name: &str, is_admin: bool) -> Result<Redacted<String>, HubError> {
        let address = self.hub.new_person(name, None, is_admin)?.address;
        self.hub.check_is_free(&address).await?;
        let code = secret::code(self.hub.world.entropy.as_ref());
        let row = InvitationRow {
            code: hash_of(&code),
            shown_code: None,
            domain: self.hub.domain,
            inviter: None,
            name: Some(address.name().to_owned()),
            is_admin,
            expires_at: Some(self.hub.now().plus_ms(INVITED_MS)),
            uses_left: 1,
        };
        self.hub.world.store.create_invitation(row).await?;
        Ok(code)
    }
}

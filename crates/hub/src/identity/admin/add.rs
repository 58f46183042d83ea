use super::{
    super::{invitations::hash_of, prepare::prepare_new, secret},
    Administration,
};
use crate::{HubError, IdentityRefusal, Redacted, ports::InvitationRow};
use parlance_core::{
    id::{PrincipalId, UnixMillis},
    principal::Principal,
};

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

/// An account that somebody is invited to make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Newcomer {
    /// The name before the `@`, which is kept for them; their own choice when absent.
    pub name: Option<String>,
    /// Whether it administers the domain.
    pub is_admin: bool,
    /// Who becomes a contact of theirs, and the other way round.
    pub contact: Option<PrincipalId>,
}

/// How long an invitation of an administrator works.
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

    /// Invites somebody to make an account; the code works once and for a week. Answers with its end too.
    ///
    /// # Errors
    /// `NameInvalid`, `NameTaken`, `Forbidden` for an administrator of any name, `Unavailable`.
    pub async fn invite(&self, new: Newcomer) -> Result<(Redacted<String>, UnixMillis), HubError> {
        let Newcomer { name, is_admin, contact } = new;
        let name = match name {
            Some(name) => Some(self.free_name(&name).await?),
            None if is_admin => return Err(IdentityRefusal::Forbidden.into()),
            None => None,
        };
        let code = secret::code(self.hub.world.entropy.as_ref());
        let expires_at = self.hub.now().plus_ms(INVITED_MS);
        let row = InvitationRow {
            code: hash_of(&code),
            shown_code: None,
            domain: self.hub.domain,
            inviter: None,
            contact,
            name,
            is_admin,
            expires_at: Some(expires_at),
            uses_left: 1,
        };
        self.hub.world.store.create_invitation(row).await?;
        Ok((code, expires_at))
    }

    async fn free_name(&self, name: &str) -> Result<String, HubError> {
        let address = self.hub.new_person(name, None, false)?.address;
        self.hub.check_is_free(&address).await?;
        Ok(address.name().to_owned())
    }
}

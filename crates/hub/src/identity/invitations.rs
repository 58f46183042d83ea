use super::secret;
use crate::{
    Caller, Hub, HubError, IdentityRefusal, Limit, LimitKey, Redacted, Registration, ports::InvitationRow,
};
use parlance_core::{
    Rejection,
    id::{PrincipalId, UnixMillis},
    principal::Principal,
};
use std::net::IpAddr;

/// Most invitations of one person that work at the same time.
pub const INVITATIONS_MAX: usize = 100;

/// What an invitation should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// How many accounts it can make, 1 to 100.
    pub uses: u32,
    /// Seconds until it stops working, 60 to 31,536,000.
    pub expires_in_s: u32,
    /// Whether whoever uses it and who invites become each other's contacts.
    pub makes_contact: bool,
}

/// An invitation as its maker sees it.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The secret of the link.
    pub code: Redacted<String>,
    /// Who invites.
    pub inviter: PrincipalId,
    /// When it stops working.
    pub expires_at: Option<UnixMillis>,
    /// How many accounts it can still make.
    pub uses_left: u32,
}

/// An invitation as the one who holds it sees it.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The domain the account will be on.
    pub domain: String,
    /// Who invites; `None` for the server itself.
    pub inviter: Option<Principal>,
    /// Whether the account will administer the domain.
    pub is_admin: bool,
    /// Whether who invites becomes a contact.
    pub makes_contact: bool,
    /// The name the account will have, where one was chosen.
    pub name: Option<String>,
}

impl Hub {
    /// Invites people to this server.
    ///
    /// # Errors
    /// `RegistrationClosed` where only administrators may, `InvalidValue`, `TooMany`, `Unavailable`.
    pub async fn create_invitation(
        &self,
        caller: Caller,
        new: NewInvitation,
    ) -> Result<Invitation, HubError> {
        let expires_at = check(new, self.now())?;
        let inviter = self.load_principal(caller.who).await?;
        if !self.may_invite(&inviter) {
            return Err(IdentityRefusal::RegistrationClosed.into());
        }
        if self.world.store.list_invitations(Some(caller.who), self.now()).await?.len() >= INVITATIONS_MAX {
            return Err(HubError::TooMany);
        }
        let code = secret::code(self.world.entropy.as_ref());
        let row = InvitationRow {
            code: hash_of(&code),
            shown_code: Some(code.expose().clone()),
            domain: self.domain,
            inviter: Some(caller.who),
            contact: new.makes_contact.then_some(caller.who),
            name: None,
            is_admin: false,
            expires_at: Some(expires_at),
            uses_left: new.uses,
        };
        self.world.store.create_invitation(row).await?;
        Ok(Invitation { code, inviter: caller.who, expires_at: Some(expires_at), uses_left: new.uses })
    }

    /// Whether the caller may invite people to this server.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn may_create_invitation(&self, caller: Caller) -> Result<bool, HubError> {
        Ok(self.may_invite(&self.load_principal(caller.who).await?))
    }

    /// My invitations that still work.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn invitations(&self, caller: Caller) -> Result<Vec<Invitation>, HubError> {
        let rows = self.world.store.list_invitations(Some(caller.who), self.now()).await?;
        let shown = rows.into_iter().filter_map(|row| {
            let code = Redacted::new(row.shown_code?);
            Some(Invitation {
                code,
                inviter: caller.who,
                expires_at: row.expires_at,
                uses_left: row.uses_left,
            })
        });
        Ok(shown.collect())
    }

    /// Ends an invitation of mine.
    ///
    /// # Errors
    /// `InvitationInvalid` when there is none, `Unavailable`.
    pub async fn revoke_invitation(&self, caller: Caller, code: &Redacted<String>) -> Result<(), HubError> {
        let hash = secret::code_hash(code.expose()).ok_or(IdentityRefusal::InvitationInvalid)?;
        let was_there = self.world.store.revoke_invitation(Some(caller.who), &hash).await?;
        if was_there { Ok(()) } else { Err(IdentityRefusal::InvitationInvalid.into()) }
    }

    /// What an invitation is for.
    ///
    /// # Errors
    /// `InvitationInvalid`, `Limited`, `Unavailable`.
    pub async fn look_at_invitation(
        &self,
        code: &Redacted<String>,
        peer: IpAddr,
    ) -> Result<Invited, HubError> {
        self.limits.take(Limit::LinkLookup, LimitKey::Peer(peer))?;
        let (row, inviter) = self.find_working_invitation(code).await?;
        let domain = self.settings.domain.clone();
        let makes_contact = row.contact.is_some();
        Ok(Invited { domain, inviter, is_admin: row.is_admin, makes_contact, name: row.name })
    }

    /// Uses an invitation of somebody to become their contact, with an account that is there already. Both see
    /// each other's presence afterwards; where they do already, it is not used up.
    ///
    /// # Errors
    /// `InvitationInvalid` when it is not theirs, is for a new account of a certain name, or does not work;
    /// `Limited`, `Unavailable`.
    ///
    /// # Source
    /// XEP-0379 (0.1.1) section 3.5.
    pub async fn accept_invitation(
        &self,
        caller: Caller,
        from: PrincipalId,
        code: &Redacted<String>,
    ) -> Result<(), HubError> {
        self.limits.take(Limit::LinkLookup, LimitKey::Account(caller.who))?;
        let (row, _) = self.find_working_invitation(code).await?;
        let is_for_caller = row.contact == Some(from) && row.name.is_none() && from != caller.who;
        if is_for_caller && self.are_acquainted(caller.who, from).await? {
            return Ok(());
        }
        if !is_for_caller
            || self.is_blocked(from, caller.who).await?
            || !self.world.store.use_invitation(&row.code, self.now()).await?
        {
            return Err(IdentityRefusal::InvitationInvalid.into());
        }
        self.acquaint(from, caller.who).await
    }

    /// An invitation that works now, and who made it.
    ///
    /// It stops working with its maker: when they are switched off, and where only administrators
    /// invite, when they are none. The first administrator's works until there is any.
    pub(super) async fn find_working_invitation(
        &self,
        code: &Redacted<String>,
    ) -> Result<(InvitationRow, Option<Principal>), HubError> {
        let invalid = || HubError::from(IdentityRefusal::InvitationInvalid);
        let hash = secret::code_hash(code.expose()).ok_or_else(invalid)?;
        let row = self.world.store.find_invitation(&hash).await?.ok_or_else(invalid)?;
        let is_over = row.uses_left == 0 || row.expires_at.is_some_and(|end| end <= self.now());
        if is_over || row.domain != self.domain {
            return Err(invalid());
        }
        let inviter = match row.inviter {
            Some(id) => Some(self.load_principal(id).await?),
            None => None,
        };
        let may_invite = match &inviter {
            Some(inviter) => self.may_invite(inviter),
            None => !is_for_first_admin(&row) || !self.world.store.has_admin(self.domain).await?,
        };
        if may_invite { Ok((row, inviter)) } else { Err(invalid()) }
    }

    fn may_invite(&self, inviter: &Principal) -> bool {
        inviter.is_enabled && (inviter.is_admin || self.settings.registration != Registration::Closed)
    }
}

/// What is kept of a fresh code.
pub(super) fn hash_of(code: &Redacted<String>) -> crate::ports::TokenHash {
    secret::code_hash(code.expose()).expect("invariant: a fresh code has the form of one")
}

/// The one kind of invitation that makes an administrator of any name.
pub(super) fn is_for_first_admin(row: &InvitationRow) -> bool {
    row.inviter.is_none() && row.is_admin && row.name.is_none()
}

fn check(new: NewInvitation, now: UnixMillis) -> Result<UnixMillis, Rejection> {
    if !(1..=100).contains(&new.uses) {
        return Err(Rejection::InvalidValue("uses: 1 to 100"));
    }
    if !(60..=31_536_000).contains(&new.expires_in_s) {
        return Err(Rejection::InvalidValue("expires_in_s: 60 to 31,536,000"));
    }
    Ok(now.plus_ms(u64::from(new.expires_in_s) * 1_000))
}

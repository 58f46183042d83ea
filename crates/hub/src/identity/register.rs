use super::{prepare::prepare_new, sign_in::SignedIn, sign_in::tidy_device_name};
use crate::{
    Hub, HubError, IdentityRefusal, Limit, LimitKey, Redacted, Registration,
    ports::{CreateError, Credentials, InvitationRow, NewPrincipal},
};
use parlance_core::{
    Rejection,
    address::Address,
    id::PrincipalId,
    principal::{Principal, PrincipalKind, Privacy, tidy_display_name},
};
use std::net::IpAddr;

/// A request to make an account.
#[derive(Clone, Debug)]
pub struct Register {
    /// The name before the `@`.
    pub name: String,
    /// The password, of at least eight bytes.
    pub password: Redacted<String>,
    /// The name people see; the same as `name` when absent.
    pub display_name: Option<String>,
    /// The code of an invitation.
    pub invitation: Option<Redacted<String>>,
    /// A name for the device that the person will recognise; may be empty.
    pub device_name: String,
    /// Where the request comes from.
    pub peer: IpAddr,
}

impl Hub {
    /// Makes an account and signs in.
    ///
    /// # Errors
    /// `RegistrationClosed`, `InvitationRequired`, `InvitationInvalid`, `NameInvalid`, `NameTaken`,
    /// `PasswordTooWeak`, `InvalidValue`, `Limited`, `Unavailable`.
    pub async fn register(&self, request: Register) -> Result<SignedIn, HubError> {
        let device_name = tidy_device_name(&request.device_name)?;
        let principal = self.register_account(request).await?;
        self.create_device(principal, device_name).await
    }

    /// Makes an account for somebody who signs in later; the name of the device means nothing. Whoever
    /// invited them to become a contact is one.
    ///
    /// # Errors
    /// Those of [`Hub::register`].
    pub async fn register_account(&self, request: Register) -> Result<Principal, HubError> {
        self.limits.take(Limit::Registration, LimitKey::Peer(request.peer))?;
        let invitation = self.find_entry(request.invitation.as_ref()).await?;
        let is_admin = invitation.as_ref().is_some_and(|invitation| invitation.is_admin);
        let principal = self.new_person(&request.name, request.display_name.as_deref(), is_admin)?;
        let password = prepare_new(&request.password)?;
        self.check_is_free(&principal.address).await?;
        self.check_is_not_reserved(&principal.address, invitation.as_ref()).await?;
        let credentials = self.identity.passwords.hash(password).await?;
        let contact = invitation.as_ref().and_then(|invitation| invitation.contact);
        let principal = self.create_person(principal, credentials, invitation).await?;
        if let Some(contact) = contact {
            self.introduce(principal.id, contact).await;
        }
        Ok(principal)
    }

    /// Makes somebody new a contact of who invited them. The account is there already, so a failure here is
    /// no reason to refuse it.
    async fn introduce(&self, newcomer: PrincipalId, contact: PrincipalId) {
        let introduced = match self.load_principal(contact).await {
            Ok(contact) if !contact.is_enabled => Ok(()),
            Ok(contact) => self.acquaint(contact.id, newcomer).await,
            Err(error) => Err(error),
        };
        if let Err(error) = introduced {
            tracing::warn!(%error, user.id = %newcomer, "who was invited did not become a contact");
        }
    }

    /// Refuses a name that another invitation is for.
    ///
    /// # Source
    /// XEP-0401 (0.6.0) section 6.2.
    async fn check_is_not_reserved(
        &self,
        address: &Address,
        invitation: Option<&InvitationRow>,
    ) -> Result<(), HubError> {
        let is_for_it = invitation.is_some_and(|row| row.name.as_deref() == Some(address.name()));
        let is_reserved =
            !is_for_it && self.world.store.is_reserved(self.domain, address.name(), self.now()).await?;
        if is_reserved { Err(IdentityRefusal::NameTaken.into()) } else { Ok(()) }
    }

    /// The invitation to use up, or `None` where none is needed.
    async fn find_entry(&self, code: Option<&Redacted<String>>) -> Result<Option<InvitationRow>, HubError> {
        match (code, self.settings.registration) {
            (Some(code), _) => Ok(Some(self.find_working_invitation(code).await?.0)),
            (None, Registration::Open) => Ok(None),
            (None, Registration::Invite) => Err(IdentityRefusal::InvitationRequired.into()),
            (None, Registration::Closed) => Err(IdentityRefusal::RegistrationClosed.into()),
        }
    }

    /// A person of this domain who is not kept yet.
    pub(super) fn new_person(
        &self,
        name: &str,
        display_name: Option<&str>,
        is_admin: bool,
    ) -> Result<Principal, HubError> {
        let address = Address::new(name, &self.settings.domain).map_err(|_| IdentityRefusal::NameInvalid)?;
        let now = self.now();
        Ok(Principal {
            id: PrincipalId(self.world.entropy.uuid_v7(now)),
            domain: self.domain,
            display_name: tidy_name(display_name.unwrap_or(address.name()))?,
            address,
            kind: PrincipalKind::Person,
            is_admin,
            is_enabled: true,
            privacy: Privacy::default(),
            created_at: now,
        })
    }

    /// Refuses a name that is in use before a password is hashed for it.
    pub(super) async fn check_is_free(&self, address: &Address) -> Result<(), HubError> {
        match self.world.store.find_principal(address).await? {
            Some(_) => Err(IdentityRefusal::NameTaken.into()),
            None => Ok(()),
        }
    }

    /// Keeps a person, and uses up the invitation if there is one.
    pub(super) async fn create_person(
        &self,
        principal: Principal,
        credentials: Credentials,
        invitation: Option<InvitationRow>,
    ) -> Result<Principal, HubError> {
        let new = NewPrincipal {
            principal: principal.clone(),
            credentials: Some(credentials),
            invitation: invitation.map(|invitation| invitation.code),
        };
        match self.world.store.create_principal(new).await {
            Ok(()) => Ok(principal),
            Err(CreateError::NameTaken) => Err(IdentityRefusal::NameTaken.into()),
            Err(CreateError::InvitationInvalid) => Err(IdentityRefusal::InvitationInvalid.into()),
            Err(CreateError::Store(error)) => Err(error.into()),
        }
    }
}

/// A display name as it is kept.
pub(super) fn tidy_name(name: &str) -> Result<String, Rejection> {
    tidy_display_name(name).ok_or(Rejection::InvalidValue("display_name: 1 to 64 characters"))
}

use super::{
    super::{prepare::prepare, scram},
    Administration,
};
use crate::{
    HubError, IdentityRefusal, Redacted,
    ports::{Credentials, NodeOwner, ScramVerifier},
    usecase::NewItem,
};
use parlance_core::{
    Rejection,
    account::{Contact, check_alias, tidy_groups},
    id::{DeviceId, PrincipalId},
    subscription::Direction,
};
use uuid::Uuid;

/// Most iterations of a verifier that is taken over: what checking one password may cost.
pub const SCRAM_ITERATIONS_MAX: u32 = 1_000_000;
/// Fewest iterations.
///
/// # Source
/// RFC 7677 section 4.
const SCRAM_ITERATIONS_MIN: u32 = 4_096;
/// Longest salt, in bytes.
const SALT_BYTES_MAX: usize = 255;

/// How somebody proved who they are on another server.
#[derive(Clone, Debug)]
pub enum OldPassword {
    /// The password itself. It may be shorter than new ones must be.
    Plain(Redacted<String>),
    /// What SCRAM keeps of it, each hash function once.
    Verifiers(Vec<ScramVerifier>),
}

/// What was already here, or is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adoption {
    /// It was taken over, or would be.
    Taken,
    /// There is something in its place, which stays as it is.
    WasThere,
}

/// Takes over what another server kept, or only says what would become of it. What is there already always
/// stays, so that doing it again changes nothing.
#[derive(Clone, Copy)]
pub struct Adopted<'a> {
    administration: Administration<'a>,
    is_dry: bool,
}

impl<'a> Administration<'a> {
    /// Takes over what another server kept; with `is_dry` nothing is written.
    pub fn adopt(self, is_dry: bool) -> Adopted<'a> {
        Adopted { administration: self, is_dry }
    }
}

impl Adopted<'_> {
    /// Makes an account whose owner goes on with the old password.
    ///
    /// # Errors
    /// `NameInvalid`; `NameTaken` for an account that was removed; `InvalidValue` for a password or
    /// verifiers that nobody could sign in with; `Unavailable`.
    pub async fn account(self, name: &str, old: OldPassword) -> Result<Adoption, HubError> {
        let hub = self.administration.hub;
        let principal = hub.new_person(name, None, false)?;
        if hub.world.store.find_principal(&principal.address).await?.is_some() {
            return match self.administration.load(name).await {
                Err(HubError::Identity(IdentityRefusal::UserNotFound)) => {
                    Err(IdentityRefusal::NameTaken.into())
                }
                there => there.map(|_| Adoption::WasThere),
            };
        }
        let credentials = self.credentials(old).await?;
        if let Some(credentials) = credentials {
            hub.create_person(principal, credentials, None).await?;
            hub.identity.decoys.forget().await;
        }
        Ok(Adoption::Taken)
    }

    /// What to keep; nothing when nothing is to be written.
    async fn credentials(self, old: OldPassword) -> Result<Option<Credentials>, HubError> {
        match old {
            OldPassword::Plain(password) => {
                let unusable = Rejection::InvalidValue("password: at most 1024 bytes, no control characters");
                let password = prepare(password.expose()).ok_or(unusable)?;
                if self.is_dry {
                    return Ok(None);
                }
                let passwords = &self.administration.hub.identity.passwords;
                passwords.hash_patiently(password).await.map(Some)
            }
            OldPassword::Verifiers(verifiers) => {
                let scram = checked(verifiers)?;
                Ok((!self.is_dry).then_some(Credentials { argon2id: String::new(), scram }))
            }
        }
    }

    /// Puts somebody into an address book, as the other server had it.
    ///
    /// # Errors
    /// `UserNotFound` when either is not here, `InvalidValue`, `TooMany`, `Unavailable`.
    pub async fn contact(self, owner: &str, who: &str, contact: Contact) -> Result<Adoption, HubError> {
        check_alias(&contact.alias)?;
        let contact = Contact { groups: tidy_groups(contact.groups)?, ..contact };
        let (owner, who) = (self.find(owner).await?, self.find(who).await?);
        if owner == who {
            return Err(Rejection::InvalidValue("user: not oneself").into());
        }
        let hub = self.administration.hub;
        let before = hub.contact(owner, who).await?;
        let after = merged(&before, contact);
        if after == before {
            return Ok(Adoption::WasThere);
        }
        if !self.is_dry {
            let by_server = Some(DeviceId(Uuid::nil()));
            let decide = |kept: &mut Contact| {
                *kept = merged(kept, after);
                Ok(((), None))
            };
            hub.change_contact(owner, by_server, who, decide).await?;
        }
        Ok(Adoption::Taken)
    }

    /// Keeps an item of a node of somebody's.
    ///
    /// # Errors
    /// `UserNotFound`, `InvalidValue` for what is too large or has no name, `TooMany`, `Unavailable`.
    pub async fn item(self, owner: &str, node: &str, item: NewItem) -> Result<Adoption, HubError> {
        let owner = self.find(owner).await?;
        let nodes = self.administration.hub.nodes(NodeOwner::Principal(owner));
        if nodes.find(node).await?.is_some() {
            return Ok(Adoption::WasThere);
        }
        if !self.is_dry {
            nodes.publish(owner, node, item).await?;
        }
        Ok(Adoption::Taken)
    }

    async fn find(self, user: &str) -> Result<PrincipalId, HubError> {
        self.administration.load(user).await.map(|principal| principal.id)
    }
}

/// What is kept, and beside it what another server kept where nothing is yet.
fn merged(kept: &Contact, other: Contact) -> Contact {
    let blocked = kept.blocked || other.blocked;
    let mut subscription = if kept.is_listed { kept.subscription } else { other.subscription };
    if [kept, &other].iter().any(|one| one.subscription.incoming == Direction::Pending)
        && subscription.incoming == Direction::None
    {
        subscription.incoming = Direction::Pending;
    }
    match kept.is_listed || !other.is_listed {
        true => Contact { blocked, subscription, ..kept.clone() },
        false => Contact { blocked, subscription, ..other },
    }
}

/// Verifiers in order, if somebody can sign in with them.
fn checked(mut verifiers: Vec<ScramVerifier>) -> Result<Vec<ScramVerifier>, Rejection> {
    verifiers.sort_by_key(|verifier| verifier.hash);
    let is_once = verifiers.windows(2).all(|pair| pair[0].hash != pair[1].hash);
    let is_usable = !verifiers.is_empty() && is_once && verifiers.iter().all(is_usable);
    if is_usable { Ok(verifiers) } else { Err(Rejection::InvalidValue("scram: not a usable verifier")) }
}

fn is_usable(verifier: &ScramVerifier) -> bool {
    let bytes = scram::key_bytes(verifier.hash);
    (SCRAM_ITERATIONS_MIN..=SCRAM_ITERATIONS_MAX).contains(&verifier.iterations)
        && (1..=SALT_BYTES_MAX).contains(&verifier.salt.len())
        && [&verifier.stored_key, &verifier.server_key].into_iter().all(|key| key.len() == bytes)
}

use super::{ReconnectToken, Reconnects, StoreError};
use async_trait::async_trait;
use parlance_core::{
    address::Address,
    id::{ConversationId, DeviceId, DomainId, PrincipalId, UnixMillis},
    presence::Availability,
    principal::{Device, DeviceKey, Principal, Privacy},
};

/// Accounts, credentials, devices, invitations and invite links.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The tenant with this name, made when there is none.
    async fn ensure_domain(&self, name: &str) -> Result<DomainId, StoreError>;

    /// Makes an account, using up one use of the invitation in the same transaction if there is one.
    /// Whether the invitation has expired is judged by the account's `created_at`.
    async fn create_principal(&self, new: NewPrincipal) -> Result<(), CreateError>;

    /// An account by address.
    async fn find_principal(&self, address: &Address) -> Result<Option<Principal>, StoreError>;

    /// An account by address with what is needed to check a password. Looking for nobody takes the same work.
    async fn find_login(
        &self,
        address: &Address,
    ) -> Result<Option<(Principal, Option<Credentials>)>, StoreError>;

    /// Accounts by identity, in any order; unknown ones are left out.
    async fn load_principals(&self, ids: &[PrincipalId]) -> Result<Vec<Principal>, StoreError>;

    /// Enabled accounts whose name or display name begins with a text (any word of it), by address.
    async fn search_principals(
        &self,
        domain: DomainId,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<Principal>, StoreError>;

    /// Accounts of a domain after an address, by address; with `is_enabled` only those that are, or are not.
    async fn list_principals(
        &self,
        domain: DomainId,
        is_enabled: Option<bool>,
        after: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<Principal>, StoreError>;

    /// How many accounts a domain has.
    async fn count_principals(&self, domain: DomainId) -> Result<PrincipalCounts, StoreError>;

    /// Changes an account; absent fields stay. `false` when there is none.
    async fn update_principal(&self, id: PrincipalId, change: PrincipalChange) -> Result<bool, StoreError>;

    /// What is needed to check a password.
    async fn load_credentials(&self, id: PrincipalId) -> Result<Option<Credentials>, StoreError>;

    /// Replaces the credentials.
    async fn set_credentials(&self, id: PrincipalId, credentials: Credentials) -> Result<(), StoreError>;

    /// Makes a device that signs in with the token of this hash.
    async fn create_device(&self, device: Device, token: TokenHash) -> Result<(), StoreError>;

    /// Somebody's device with this key.
    async fn find_keyed_device(
        &self,
        owner: PrincipalId,
        key: &DeviceKey,
    ) -> Result<Option<Device>, StoreError>;

    /// Makes a device without a token, unless its owner has one with the same key; answers with the one
    /// there is. Of fifty at once with the same key exactly one is made.
    async fn ensure_keyed_device(&self, device: Device) -> Result<Device, StoreError>;

    /// Issues a token to reconnect with, as [`Reconnects::issue`] does; `None` when there is no such device.
    async fn issue_reconnect(
        &self,
        device: DeviceId,
        mechanism: &str,
        at: UnixMillis,
        works_from: UnixMillis,
    ) -> Result<Option<ReconnectToken>, StoreError>;

    /// Somebody's devices that were ever issued tokens to reconnect with, with those tokens.
    async fn reconnects(&self, owner: PrincipalId) -> Result<Vec<(Device, Reconnects)>, StoreError>;

    /// Notes that a token was used to reconnect, as [`Reconnects::note_used`] does; `false` when it, or the
    /// device, is gone.
    async fn note_reconnect_used(&self, device: DeviceId, number: u64) -> Result<bool, StoreError>;

    /// Ends all tokens to reconnect with of these devices of somebody.
    async fn end_reconnects(&self, owner: PrincipalId, which: Devices) -> Result<(), StoreError>;

    /// The device and its owner, by the hash of its token.
    async fn find_device(&self, token: &TokenHash) -> Result<Option<(Device, Principal)>, StoreError>;

    /// A device of somebody and its owner, by identity.
    async fn load_device(
        &self,
        owner: PrincipalId,
        device: DeviceId,
    ) -> Result<Option<(Device, Principal)>, StoreError>;

    /// Somebody's devices, newest first.
    async fn list_devices(&self, owner: PrincipalId) -> Result<Vec<Device>, StoreError>;

    /// Removes devices of somebody: the one named, or all but the one to keep. Answers with those removed.
    async fn revoke_devices(&self, owner: PrincipalId, which: Devices) -> Result<Vec<DeviceId>, StoreError>;

    /// Notes when devices were last here.
    async fn touch_devices(&self, seen: Vec<(DeviceId, UnixMillis)>) -> Result<(), StoreError>;

    /// When somebody was last here with any device.
    async fn last_seen(&self, owner: PrincipalId) -> Result<Option<UnixMillis>, StoreError>;

    /// What somebody wants to show while they are here; the usual when they never said.
    async fn presence_wish(&self, owner: PrincipalId) -> Result<PresenceWish, StoreError>;

    /// Keeps what somebody wants to show.
    async fn set_presence_wish(&self, owner: PrincipalId, wish: PresenceWish) -> Result<(), StoreError>;

    /// Keeps an invitation.
    async fn create_invitation(&self, invitation: InvitationRow) -> Result<(), StoreError>;

    /// An invitation, whether it still works or not.
    async fn find_invitation(&self, code: &TokenHash) -> Result<Option<InvitationRow>, StoreError>;

    /// Somebody's invitations, or with `None` those of the server for any domain, that still have uses
    /// left and have not expired.
    async fn list_invitations(
        &self,
        inviter: Option<PrincipalId>,
        now: UnixMillis,
    ) -> Result<Vec<InvitationRow>, StoreError>;

    /// Ends an invitation of somebody, or with `None` of the server; `false` when there is none.
    async fn revoke_invitation(
        &self,
        inviter: Option<PrincipalId>,
        code: &TokenHash,
    ) -> Result<bool, StoreError>;

    /// Uses an invitation up once without making an account, if it still works: of fifty at once on the last
    /// use exactly one gets `true`.
    async fn use_invitation(&self, code: &TokenHash, now: UnixMillis) -> Result<bool, StoreError>;

    /// Whether an invitation that still works is for an account of this name.
    async fn is_reserved(&self, domain: DomainId, name: &str, now: UnixMillis) -> Result<bool, StoreError>;

    /// Whether the domain has any administrator.
    async fn has_admin(&self, domain: DomainId) -> Result<bool, StoreError>;

    /// Keeps an invite link of a conversation.
    async fn create_link(&self, link: LinkRow) -> Result<(), StoreError>;

    /// An invite link, whether it still works or not.
    async fn find_link(&self, code: &str) -> Result<Option<LinkRow>, StoreError>;

    /// The links of a conversation that still work.
    async fn list_links(
        &self,
        conversation: ConversationId,
        now: UnixMillis,
    ) -> Result<Vec<LinkRow>, StoreError>;

    /// Ends a link; `false` when there is none.
    async fn revoke_link(&self, conversation: ConversationId, code: &str) -> Result<bool, StoreError>;

    /// Uses a link up once, if it still works: of fifty at once on the last use exactly one gets `true`.
    async fn use_link(&self, code: &str, now: UnixMillis) -> Result<bool, StoreError>;

    /// Gives one use of a link back, for somebody who could not join after all.
    async fn return_link(&self, code: &str) -> Result<(), StoreError>;
}

/// The SHA-256 of a secret; the secret itself is never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// An account to make.
#[derive(Clone, Debug)]
pub struct NewPrincipal {
    /// The account.
    pub principal: Principal,
    /// Its credentials, for those who sign in with a password.
    pub credentials: Option<Credentials>,
    /// The invitation to use up.
    pub invitation: Option<TokenHash>,
}

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The address is in use, or was once: addresses are never given twice.
    #[error("the name is taken")]
    NameTaken,
    /// The invitation does not exist, has expired, is used up, or is for another name.
    #[error("the invitation does not work")]
    InvitationInvalid,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many accounts there are; removed ones are among those switched off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrincipalCounts {
    /// Those that may sign in.
    pub enabled: u64,
    /// Those that are switched off.
    pub disabled: u64,
}

/// A change of an account; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct PrincipalChange {
    /// The name people see.
    pub display_name: Option<String>,
    /// Who may see what.
    pub privacy: Option<Privacy>,
    /// Whether they may sign in.
    pub is_enabled: Option<bool>,
    /// Whether they administer the domain.
    pub is_admin: Option<bool>,
}

/// What is needed to check a password, by each way of signing in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// An argon2id hash in PHC string form; empty where another server made the verifiers and the password
    /// was not typed since.
    pub argon2id: String,
    /// SCRAM verifiers, one per hash function, the weakest function first.
    pub scram: Vec<ScramVerifier>,
}

impl Credentials {
    /// Whether all there is are verifiers that another server made.
    pub fn is_adopted(&self) -> bool {
        self.argon2id.is_empty() && !self.scram.is_empty()
    }
}

/// What a server keeps to check a SCRAM proof.
///
/// # Source
/// RFC 5802 section 3, RFC 7677.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ScramVerifier {
    /// The hash function.
    pub hash: ScramHash,
    /// The salt.
    pub salt: Vec<u8>,
    /// The iteration count.
    pub iterations: u32,
    /// `H(HMAC(SaltedPassword, "Client Key"))`.
    pub stored_key: Vec<u8>,
    /// `HMAC(SaltedPassword, "Server Key")`.
    pub server_key: Vec<u8>,
}

/// Hash functions of SCRAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[allow(missing_docs)]
pub enum ScramHash {
    Sha1,
    Sha256,
    Sha512,
}

/// What somebody wants to show while they are here, on whatever device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceWish {
    /// `Online`, `DoNotDisturb` or `Invisible`; whether somebody is away is for each device to say.
    pub availability: Availability,
    /// What they say about it.
    pub status: String,
}

impl Default for PresenceWish {
    fn default() -> Self {
        Self { availability: Availability::Online, status: String::new() }
    }
}

/// Which devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Devices {
    /// This one.
    One(DeviceId),
    /// All but this one.
    AllBut(DeviceId),
    /// All.
    All,
}

/// An invitation to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// The hash of the secret code.
    pub code: TokenHash,
    /// The code itself for invitations whose maker may look at them again; `None` for the first
    /// administrator's.
    pub shown_code: Option<String>,
    /// The tenant.
    pub domain: DomainId,
    /// Who invites; `None` for the server itself.
    pub inviter: Option<PrincipalId>,
    /// Who becomes a contact of whoever uses it, and the other way round; `None` when nobody does.
    pub contact: Option<PrincipalId>,
    /// The name the account must have, where one was chosen.
    pub name: Option<String>,
    /// Whether the account becomes an administrator.
    pub is_admin: bool,
    /// When it stops working.
    pub expires_at: Option<UnixMillis>,
    /// How many accounts it can still make.
    pub uses_left: u32,
}

/// An invite link of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// The secret code.
    pub code: String,
    /// The conversation.
    pub conversation: ConversationId,
    /// Who made it.
    pub creator: PrincipalId,
    /// When it stops working.
    pub expires_at: Option<UnixMillis>,
    /// How many people it can still let in; `None` for any number.
    pub uses_left: Option<u32>,
    /// Whether a moderator has to say yes.
    pub needs_approval: bool,
}

//! Who somebody is: accounts, passwords, devices, invitations.
//!
//! A person proves who they are with a password ([`Hub::sign_in`](crate::Hub::sign_in), or SCRAM by
//! [`Hub::begin_scram`](crate::Hub::begin_scram)) and then holds the token of a device
//! ([`Hub::authenticate`](crate::Hub::authenticate)), or, where a protocol names devices itself, finds its
//! device again ([`Hub::open_device`](crate::Hub::open_device)). Nothing secret is stored in the clear, and no
//! answer tells whether an account exists.

mod admin;
mod attempt;
mod authenticate;
mod change_password;
mod check_password;
mod decoys;
mod devices;
mod first_admin;
mod invitations;
mod open_device;
mod password;
mod prepare;
mod profile;
mod reconnect;
mod register;
mod scram;
mod scram_sign_in;
mod secret;
mod sign_in;
mod token_cache;

pub use admin::{
    AccountDetails, Administration, Adopted, Adoption, ImportLine, ImportReport, NewAccount, Newcomer,
    NotImported, OldPassword, ReportedMessage, SCRAM_ITERATIONS_MAX,
};
pub use authenticate::Authenticated;
pub use change_password::ChangePassword;
pub use first_admin::FIRST_ADMIN_HOURS;
pub use invitations::{INVITATIONS_MAX, Invitation, Invited, NewInvitation};
pub use password::PasswordCost;
pub use prepare::{PASSWORD_BYTES_MAX, PASSWORD_BYTES_MIN};
pub use reconnect::{RECONNECT_MECHANISM_BYTES_MAX, RECONNECT_MS};
pub use register::Register;
pub use scram::ScramProof;
pub use scram_sign_in::ScramExchange;
pub use sign_in::{SignIn, SignedIn};

use crate::{Redacted, ports::Entropy};
use decoys::Decoys;
use password::Passwords;
use std::sync::Arc;
use token_cache::TokenCache;

/// Plain values for everything about accounts.
#[derive(Clone, Debug)]
pub struct IdentitySettings {
    /// What one hash of a password costs.
    pub password_cost: PasswordCost,
    /// How many passwords are hashed at the same time.
    pub hashing_parallel: usize,
    /// How many passwords may wait for that; beyond, sign-in is unavailable for a moment.
    pub hashing_waiting_max: usize,
    /// How many tokens are remembered to save a query each.
    pub tokens_remembered_max: u64,
    /// How long a token is remembered, in milliseconds: the longest time until this node notices
    /// what another node revoked, should it never be told.
    pub token_remembered_ms: u64,
    /// Most devices of one account; a further one replaces the one not seen for longest.
    pub devices_max: usize,
    /// The key from which accounts that do not exist get their salt, and devices their tokens to
    /// reconnect with. Kept by the server over restarts, so that neither changes; `None` takes a fresh one.
    pub server_key: Option<Redacted<[u8; 32]>>,
}

impl Default for IdentitySettings {
    fn default() -> Self {
        Self {
            password_cost: PasswordCost::default(),
            hashing_parallel: 2,
            hashing_waiting_max: 256,
            tokens_remembered_max: 16_384,
            token_remembered_ms: 1_000,
            devices_max: 100,
            server_key: None,
        }
    }
}

/// What the hub keeps in memory about accounts.
pub(crate) struct Identity {
    settings: IdentitySettings,
    passwords: Passwords,
    tokens: TokenCache,
    decoy_key: Redacted<[u8; 32]>,
    decoys: Decoys,
    reconnect_key: Redacted<[u8; 32]>,
}

impl Identity {
    pub(crate) fn new(settings: IdentitySettings, entropy: Arc<dyn Entropy>) -> Self {
        let server_key = settings.server_key.clone().unwrap_or_else(|| fresh_key(entropy.as_ref()));
        Self {
            passwords: Passwords::new(&settings, entropy),
            tokens: TokenCache::new(settings.tokens_remembered_max, settings.token_remembered_ms),
            reconnect_key: reconnect::derive_key(&server_key),
            decoy_key: server_key,
            decoys: Decoys::default(),
            settings,
        }
    }
}

fn fresh_key(entropy: &dyn Entropy) -> Redacted<[u8; 32]> {
    let mut key = [0; 32];
    entropy.fill(&mut key);
    Redacted::new(key)
}

#[cfg(test)]
mod tests;

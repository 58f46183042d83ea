use super::Authenticated;
use crate::ports::TokenHash;
use moka::sync::Cache;
use parking_lot::RwLock;
use parlance_core::id::{PrincipalId, UnixMillis};
use std::sync::Arc;

/// Tokens that were looked up a moment ago.
pub(super) struct TokenCache {
    entries: Cache<TokenHash, Entry>,
    /// Moves with each revocation: what was read from the store before is not kept after.
    generation: RwLock<u64>,
    remembered_ms: u64,
}

#[derive(Clone)]
struct Entry {
    authenticated: Arc<Authenticated>,
    read_at: UnixMillis,
}

/// The state of the cache before the store was read.
pub(super) struct Before(u64);

impl TokenCache {
    pub(super) fn new(entries_max: u64, remembered_ms: u64) -> Self {
        Self { entries: Cache::new(entries_max), generation: RwLock::new(0), remembered_ms }
    }

    pub(super) fn find(&self, token: &TokenHash, now: UnixMillis) -> Option<Arc<Authenticated>> {
        let entry = self.entries.get(token)?;
        let is_fresh = entry.read_at <= now && now.ms_since(entry.read_at) < self.remembered_ms;
        is_fresh.then_some(entry.authenticated)
    }

    pub(super) fn before_reading(&self) -> Before {
        Before(*self.generation.read())
    }

    /// Remembers a token, unless something was revoked since it was read.
    pub(super) fn keep(
        &self,
        before: Before,
        token: TokenHash,
        authenticated: Arc<Authenticated>,
        read_at: UnixMillis,
    ) {
        let generation = self.generation.read();
        if *generation == before.0 {
            self.entries.insert(token, Entry { authenticated, read_at });
        }
    }

    /// Forgets the tokens of somebody.
    pub(super) fn forget(&self, owner: PrincipalId) {
        let mut generation = self.generation.write();
        *generation += 1;
        for (token, entry) in &self.entries {
            if entry.authenticated.principal.id == owner {
                self.entries.invalidate(&*token);
            }
        }
    }
}

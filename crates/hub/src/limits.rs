//! Named leaky buckets: how often somebody may do something, and what happens when too much is
//! remembered. Every bucket has its own size and refill, and memory has a ceiling.

mod key;
mod settings;
mod table;

pub use key::{KeyKind, LimitKey};
pub use settings::LimitSettings;

use crate::{HubError, ports::Clock};
use parking_lot::Mutex;
use parlance_core::id::UnixMillis;
use std::{collections::VecDeque, sync::Arc};
use table::{Table, Verdict};

macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident $word:literal $when_full:ident;)+) => {
        /// What is limited.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Limit {
            $($(#[$doc])* $name,)+
        }

        impl Limit {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The name in metrics and settings.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// What happens to somebody new when no more can be remembered.
            pub fn when_full(self) -> WhenFull {
                match self {
                    $(Self::$name => WhenFull::$when_full,)+
                }
            }
        }
    };
}

limits! {
    /// Wrong passwords for one account, existing or not. Right ones cost nothing, and devices that
    /// are signed in do not pass here.
    SignInAccount "sign_in_account" Closed;
    /// Wrong passwords from one network address.
    SignInPeer "sign_in_peer" Closed;
    /// Attempts to make an account from one network address.
    Registration "registration" Closed;
    /// New devices of one account.
    NewDevice "new_device" Closed;
    /// New devices of one account that a protocol names itself, after they proved who they are.
    OpenDevice "open_device" Closed;
    /// Look-ups of people by one account.
    UserLookup "user_lookup" Closed;
    /// Look-ups of invitations and invite links from one network address.
    LinkLookup "link_lookup" Closed;
    /// Reports about others by one account.
    Reports "reports" Closed;
    /// Messages, edits and reactions of one device.
    Messages "messages" Open;
    /// All requests of one device, or of one network address without one.
    Requests "requests" Open;
    /// Typing, presence and receipts of one device.
    Signals "signals" Open;
    /// Searches of one account.
    Search "search" Open;
}

/// What a limit answers to somebody new when it remembers as many as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// Yes: the limit only guards capacity, and refusing honest people would cost more.
    Open,
    /// No: the limit guards accounts, secrets or privacy.
    Closed,
}

/// Somebody was told to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// By which limit.
    pub limit: Limit,
    /// What kind of somebody; who exactly is not kept.
    pub key: KeyKind,
    /// When.
    pub at: UnixMillis,
}

/// How many of the latest hits are kept for administrators.
pub const HITS_MAX: usize = 64;

/// All limits of one node.
pub struct Limits {
    settings: LimitSettings,
    clock: Arc<dyn Clock>,
    tables: Vec<Mutex<Table>>,
    hits: Mutex<VecDeque<Hit>>,
}

impl Limits {
    /// Limits that nobody has touched yet.
    pub fn new(settings: LimitSettings, clock: Arc<dyn Clock>) -> Self {
        let tables = Limit::ALL.iter().map(|_| Mutex::new(Table::new(settings.keys_max))).collect();
        Self { settings, clock, tables, hits: Mutex::new(VecDeque::with_capacity(HITS_MAX)) }
    }

    /// Takes one.
    ///
    /// # Errors
    /// `Limited` with the time to wait.
    pub fn take(&self, limit: Limit, key: LimitKey<'_>) -> Result<(), HubError> {
        self.ask(limit, key, Table::take)
    }

    /// Whether one could be taken now; takes nothing.
    ///
    /// # Errors
    /// `Limited` with the time to wait.
    pub fn peek(&self, limit: Limit, key: LimitKey<'_>) -> Result<(), HubError> {
        self.ask(limit, key, Table::peek)
    }

    /// The latest hits, newest last.
    pub fn latest_hits(&self) -> Vec<Hit> {
        self.hits.lock().iter().copied().collect()
    }

    fn ask(
        &self,
        limit: Limit,
        key: LimitKey<'_>,
        question: fn(&mut Table, key::Fingerprint, parlance_core::bucket::Rate, UnixMillis) -> Verdict,
    ) -> Result<(), HubError> {
        if !self.settings.enabled {
            return Ok(());
        }
        let now = self.clock.now();
        let rate = self.settings.rate(limit);
        let verdict = question(&mut self.tables[limit as usize].lock(), key.fingerprint(), rate, now);
        match (verdict, limit.when_full()) {
            (Verdict::Passes, _) => Ok(()),
            (Verdict::Full, WhenFull::Open) => {
                self.note(limit, key.kind(), now, "forgotten");
                Ok(())
            }
            (Verdict::Full, WhenFull::Closed) => {
                self.note(limit, key.kind(), now, "refused");
                Err(HubError::Limited { wait_ms: table::SWEEP_MS })
            }
            (Verdict::Waits { wait_ms }, _) => {
                self.note(limit, key.kind(), now, "limited");
                Err(HubError::Limited { wait_ms })
            }
        }
    }

    /// Shows administrators that a limit was hit, and whether it was the limit or its memory.
    fn note(&self, limit: Limit, key: KeyKind, at: UnixMillis, answer: &'static str) {
        metrics::counter!("parlance_rate_limited_total", "bucket" => limit.word(), "answer" => answer)
            .increment(1);
        let mut hits = self.hits.lock();
        if hits.len() == HITS_MAX {
            hits.pop_front();
        }
        hits.push_back(Hit { limit, key, at });
    }
}

#[cfg(test)]
mod tests;

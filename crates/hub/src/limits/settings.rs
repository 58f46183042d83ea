use super::Limit;
use parlance_core::bucket::Rate;

/// How often each thing may happen: so many at once, then one more after each refill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitSettings {
    /// Whether anything is limited at all.
    pub enabled: bool,
    /// Wrong passwords per account.
    pub sign_in_account: Rate,
    /// Wrong passwords per network address.
    pub sign_in_peer: Rate,
    /// Registrations per network address.
    pub registration: Rate,
    /// New devices per account.
    pub new_device: Rate,
    /// New devices per account that a protocol names itself.
    pub open_device: Rate,
    /// Look-ups of people per account.
    pub user_lookup: Rate,
    /// Look-ups of invitations and invite links per network address.
    pub link_lookup: Rate,
    /// Reports about others per account.
    pub reports: Rate,
    /// Messages per device.
    pub messages: Rate,
    /// Requests per device.
    pub requests: Rate,
    /// Signals per device.
    pub signals: Rate,
    /// Searches per account.
    pub search: Rate,
    /// How many are remembered by each limit at most; one costs about 32 bytes.
    pub keys_max: usize,
}

impl Default for LimitSettings {
    fn default() -> Self {
        let rate = |burst, refill_ms| Rate { burst, refill_ms };
        Self {
            enabled: true,
            sign_in_account: rate(10, 90_000),
            sign_in_peer: rate(10, 90_000),
            registration: rate(6, 30_000),
            new_device: rate(6, 120_000),
            open_device: rate(100, 10_000),
            user_lookup: rate(100, 900_000),
            link_lookup: rate(100, 15_000),
            reports: rate(10, 60_000),
            messages: rate(60, 1_000),
            requests: rate(600, 20),
            signals: rate(120, 100),
            search: rate(30, 1_000),
            keys_max: 65_536,
        }
    }
}

impl LimitSettings {
    /// The size and refill of a limit.
    pub fn rate(&self, limit: Limit) -> Rate {
        match limit {
            Limit::SignInAccount => self.sign_in_account,
            Limit::SignInPeer => self.sign_in_peer,
            Limit::Registration => self.registration,
            Limit::NewDevice => self.new_device,
            Limit::OpenDevice => self.open_device,
            Limit::UserLookup => self.user_lookup,
            Limit::LinkLookup => self.link_lookup,
            Limit::Reports => self.reports,
            Limit::Messages => self.messages,
            Limit::Requests => self.requests,
            Limit::Signals => self.signals,
            Limit::Search => self.search,
        }
    }
}

use crate::{Hub, HubError, IdentityRefusal, Limit, LimitKey};
use parlance_core::address::Address;
use std::net::IpAddr;

/// One try to prove who somebody is. Wrong tries use up the limits of the account and of the
/// network address, right ones do not; once a limit is used up, right and wrong look the same.
#[derive(Debug)]
pub(super) struct Attempt {
    name: String,
    peer: IpAddr,
}

impl Hub {
    /// Begins a try for an account by the name that was typed, whether it exists or not.
    ///
    /// # Errors
    /// `Limited`.
    pub(super) fn attempt(&self, user: &str, peer: IpAddr) -> Result<Attempt, HubError> {
        let known_form = self.local_address(user).map(|address| address.as_str().to_owned());
        let name = known_form.unwrap_or_else(|| user.to_lowercase());
        let attempt = Attempt { name, peer };
        attempt.may_continue(self)?;
        Ok(attempt)
    }

    /// The address on this domain that somebody typed, with or without the domain.
    pub(super) fn local_address(&self, user: &str) -> Option<Address> {
        let domain = &self.settings.domain;
        let address = match user.split_once('@') {
            Some((name, domain)) => Address::new(name, domain),
            None => Address::new(user, domain),
        };
        address.ok().filter(|address| address.domain().eq_ignore_ascii_case(domain))
    }
}

impl Attempt {
    /// The name as it is counted.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Ends the try.
    ///
    /// # Errors
    /// `WrongCredentials` for a wrong one; `Limited` for any when too many wrong ones came before.
    pub(super) fn judge(self, hub: &Hub, is_right: bool) -> Result<(), HubError> {
        if is_right {
            return self.may_continue(hub);
        }
        let by_peer = hub.limits.take(Limit::SignInPeer, LimitKey::Peer(self.peer));
        hub.limits.take(Limit::SignInAccount, LimitKey::Name(&self.name))?;
        by_peer?;
        Err(IdentityRefusal::WrongCredentials.into())
    }

    fn may_continue(&self, hub: &Hub) -> Result<(), HubError> {
        hub.limits.peek(Limit::SignInPeer, LimitKey::Peer(self.peer))?;
        hub.limits.peek(Limit::SignInAccount, LimitKey::Name(&self.name))
    }
}

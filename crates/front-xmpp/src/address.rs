//! Whom an address names.

use crate::context::Xmpp;
use parlance_core::address::Address;
use parlance_xmpp::Jid;

/// What an address stands for, as far as its form tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entity<'a> {
    /// The server itself.
    Server,
    /// An account of this server.
    Account(Address),
    /// One resource of an account of this server.
    Resource(Address, &'a str),
    /// The service that groups live at.
    Groups,
    /// A group.
    Room(&'a str),
    /// Somebody in a group.
    Occupant(&'a str, &'a str),
    /// Nobody can have this address here.
    Nobody,
    /// Somebody on another server.
    Remote,
}

impl Xmpp {
    /// Whether something that has an address of ours can only come from us.
    pub(crate) fn is_ours(&self, by: &str) -> bool {
        Jid::parse(by)
            .is_ok_and(|by| by.domain() == self.settings.domain || by.domain() == self.settings.groups_domain)
    }

    /// Whom an address names.
    pub(crate) fn entity<'a>(&self, jid: &'a Jid) -> Entity<'a> {
        let settings = &self.settings;
        if jid.domain() == settings.groups_domain {
            return match (jid.local(), jid.resource()) {
                (None, _) => Entity::Groups,
                (Some(room), None) => Entity::Room(room),
                (Some(room), Some(nick)) => Entity::Occupant(room, nick),
            };
        }
        if jid.domain() != settings.domain {
            return Entity::Remote;
        }
        let Some(local) = jid.local() else { return Entity::Server };
        match (Address::new(local, &settings.domain), jid.resource()) {
            (Err(_), _) => Entity::Nobody,
            (Ok(address), None) => Entity::Account(address),
            (Ok(address), Some(resource)) => Entity::Resource(address, resource),
        }
    }
}

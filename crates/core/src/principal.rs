//! Principals and their devices.

use crate::{
    address::Address,
    id::{DeviceId, DomainId, PrincipalId, UnixMillis},
};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Whoever can act or be a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The identity.
    pub id: PrincipalId,
    /// The tenant.
    pub domain: DomainId,
    /// The address, for ever.
    pub address: Address,
    /// The name people see.
    pub display_name: String,
    /// What kind of somebody.
    pub kind: PrincipalKind,
    /// Whether they administer the domain.
    pub is_admin: bool,
    /// Whether they may sign in.
    pub is_enabled: bool,
    /// Who may see what about them.
    pub privacy: Privacy,
    /// When the account was made.
    pub created_at: UnixMillis,
}

impl Principal {
    /// Somebody on another server, of whom a tenant knows the address.
    pub fn remote(id: PrincipalId, domain: DomainId, address: Address, known_since: UnixMillis) -> Self {
        Self {
            id,
            domain,
            display_name: address.to_string(),
            address,
            kind: PrincipalKind::Remote,
            is_admin: false,
            is_enabled: true,
            privacy: Privacy::default(),
            created_at: known_since,
        }
    }

    /// Whether they are on another server: then there is no account, and what they are told goes there.
    pub fn is_remote(&self) -> bool {
        self.kind == PrincipalKind::Remote
    }
}

/// What kind of somebody. Things and visitors come with their front ends; their numbers in the store (3, 4)
/// are reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// A human being.
    Person,
    /// A program.
    Bot,
    /// Somebody on another server, of whom nothing is known but the address.
    Remote,
}

/// Who may see what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    /// Whether others see when they were last online.
    pub show_last_seen: bool,
    /// Whether others see how far they have read.
    pub show_read: bool,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { show_last_seen: true, show_read: true }
    }
}

/// One login of one principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The identity.
    pub id: DeviceId,
    /// Whose it is.
    pub owner: PrincipalId,
    /// A name people recognise.
    pub name: String,
    /// When it signed in.
    pub created_at: UnixMillis,
    /// When it was last here.
    pub last_seen_at: UnixMillis,
    /// How its protocol names it, for devices that are found again by it.
    pub key: Option<DeviceKey>,
}

/// How a protocol names a device of somebody, such as `xmpp:agent:…`; one owner has it once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceKey(SmolStr);

impl DeviceKey {
    /// Longest key, in bytes.
    pub const BYTES_MAX: usize = 300;

    /// Takes a key of 1 to 300 bytes without control characters; `None` for anything else.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=Self::BYTES_MAX).contains(&text.len());
        (fits && !text.chars().any(char::is_control)).then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Longest display name, in characters.
pub const DISPLAY_NAME_CHARS_MAX: usize = 64;

/// A display name without control characters and outer white space; `None` when nothing or too
/// much is left.
pub fn tidy_display_name(text: &str) -> Option<String> {
    let visible: String = text.chars().filter(|c| !is_invisible_control(*c)).collect();
    let name = visible.trim();
    (1..=DISPLAY_NAME_CHARS_MAX).contains(&name.chars().count()).then(|| name.to_owned())
}

/// Control characters and bidirectional overrides, which could make one name look like another.
fn is_invisible_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_key_is_short_and_visible() {
        assert!(DeviceKey::new("xmpp:resource:Gajim.ÄÖ 7").is_some());
        for bad in ["", "line\nbreak", &"x".repeat(301)] {
            assert!(DeviceKey::new(bad).is_none(), "{bad:?}");
        }
    }
}

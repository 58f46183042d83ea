//! Identifiers and measures.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use uuid::Uuid;

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.as_simple().fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )+};
}

uuid_id! {
    /// Whoever can act or be a member.
    PrincipalId;
    /// One login of one principal, through any protocol.
    DeviceId;
    /// One conversation, account logs included.
    ConversationId;
    /// One folder of conversations; told apart among those of its owner only.
    FolderId;
    /// One event; the same in every protocol (UUIDv7, RFC 9562 section 5.7).
    EventId;
}

impl ConversationId {
    /// The direct conversation of two principals: its identity is the pair.
    pub fn direct(one: PrincipalId, other: PrincipalId) -> Self {
        let (low, high) = if one <= other { (one, other) } else { (other, one) };
        Self(Uuid::new_v5(&low.0, high.0.as_bytes()))
    }

    /// A principal's notes to self.
    pub fn notes(owner: PrincipalId) -> Self {
        Self(Uuid::new_v5(&owner.0, b"notes"))
    }

    /// What two say to each other; notes to self when they are the same.
    pub fn between(one: PrincipalId, other: PrincipalId) -> Self {
        if one == other { Self::notes(one) } else { Self::direct(one, other) }
    }

    /// A principal's account log.
    pub fn account(owner: PrincipalId) -> Self {
        Self(Uuid::new_v5(&owner.0, b"account"))
    }
}

/// A tenant. Accounts, conversations, settings and limits belong to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DomainId(pub u32);

/// A place in a conversation: dense, from 1. Zero is "before everything".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// Before everything.
    pub const ZERO: Self = Self(0);

    /// The place after this one; none comes after the last that can be written.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The place before this one; none comes before [`Self::ZERO`].
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

impl std::fmt::Display for Seq {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The life of a log; restoring a backup begins a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u32);

/// Moves when membership, roles or settings of a conversation change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RulesVersion(pub u64);

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(pub u64);

impl UnixMillis {
    /// This moment and `ms` milliseconds.
    #[must_use]
    pub fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds since an earlier moment; zero when it is not earlier.
    pub fn ms_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A sender's own reference for one thing it sends, unique per device.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientRef(SmolStr);

impl ClientRef {
    /// Longest reference, in bytes.
    pub const BYTES_MAX: usize = 64;

    /// Takes a reference of 1 to 64 printable ASCII characters; `None` for anything else.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=Self::BYTES_MAX).contains(&text.len());
        (fits && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direct_conversation_is_the_pair_in_any_order() {
        let (a, b) = (PrincipalId(Uuid::from_u128(1)), PrincipalId(Uuid::from_u128(2)));
        assert_eq!(ConversationId::direct(a, b), ConversationId::direct(b, a));
        assert_ne!(ConversationId::direct(a, b), ConversationId::direct(a, a));
        assert_ne!(ConversationId::notes(a), ConversationId::account(a));
    }

    #[test]
    fn a_client_ref_is_short_and_printable() {
        assert!(ClientRef::new("a-1").is_some());
        for bad in ["", "with space", "ü", &"x".repeat(65)] {
            assert!(ClientRef::new(bad).is_none(), "{bad:?}");
        }
    }
}

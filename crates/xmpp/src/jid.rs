//! Addresses: `local@domain/resource`, of which only the domain must be there.
//!
//! A value of these types is always prepared: equal addresses have equal bytes, so they can be compared,
//! hashed and used as keys. Cloning is cheap, short ones are kept without allocation.
//!
//! ```
//! use parlance_xmpp::{BareJid, Jid};
//!
//! let jid = Jid::parse("Romeo@EXAMPLE.net/Orchard")?;
//! assert_eq!(jid.as_str(), "romeo@example.net/Orchard");
//! assert_eq!(jid.to_bare(), BareJid::parse("romeo@example.net")?);
//! assert_eq!(jid.resource(), Some("Orchard"));
//! # Ok::<(), parlance_xmpp::JidError>(())
//! ```

mod escape;
mod prepare;

use std::{borrow::Borrow, fmt, ops::Deref, str::FromStr};

use smol_str::SmolStr;

pub use escape::{escape_local, unescape_local};

/// The bytes that a localpart, a domainpart and a resourcepart may have each, after preparation.
///
/// # Source
/// RFC 7622 sections 3.2 to 3.4.
pub const PART_BYTES_MAX: usize = 1023;

/// An address with or without resource.
///
/// # Source
/// RFC 7622 section 3.
#[derive(Clone, PartialEq, Eq)]
pub struct Jid {
    text: SmolStr,
    /// Where the domain starts: 0, or behind the `@`.
    domain_at: u16,
    /// Where the domain ends: at the `/` or at the end.
    domain_end: u16,
}

/// An address without resource: an account, a room or a server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BareJid(Jid);

/// An address with resource: a device, or an occupant of a room.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FullJid(Jid);

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JidError {
    /// The localpart is empty or has characters that UsernameCaseMapped does not allow.
    #[error("the localpart is not allowed")]
    Local,
    /// The domainpart is empty, or neither a name by IDNA nor an address of IP.
    #[error("the domainpart is not allowed")]
    Domain,
    /// The resourcepart is empty or has characters that OpaqueString does not allow.
    #[error("the resourcepart is not allowed")]
    Resource,
    /// A part has more than [`PART_BYTES_MAX`] bytes.
    #[error("a part of the address is too long")]
    TooLong,
    /// A bare address was asked for, and there is a resource.
    #[error("the address has a resource")]
    HasResource,
    /// A full address was asked for, and there is no resource.
    #[error("the address has no resource")]
    NoResource,
}

impl Jid {
    /// Reads and prepares an address.
    ///
    /// # Errors
    /// [`JidError`] says which part is wrong.
    ///
    /// # Source
    /// RFC 7622 section 3.1: the resource starts at the first `/`, the domain at the first `@` before it.
    pub fn parse(text: &str) -> Result<Self, JidError> {
        let (bare, resource) = match text.split_once('/') {
            Some((bare, resource)) => (bare, Some(resource)),
            None => (text, None),
        };
        match bare.split_once('@') {
            Some((local, domain)) => Self::from_parts(Some(local), domain, resource),
            None => Self::from_parts(None, bare, resource),
        }
    }

    /// Prepares the parts of an address and puts them together.
    ///
    /// # Errors
    /// [`JidError`] says which part is wrong.
    pub fn from_parts(local: Option<&str>, domain: &str, resource: Option<&str>) -> Result<Self, JidError> {
        let local = local.map(prepare::local).transpose()?;
        let domain = prepare::domain(domain)?;
        let resource = resource.map(prepare::resource).transpose()?;
        Ok(Self::join(local.as_deref(), &domain, resource.as_deref()))
    }

    /// The parts are prepared.
    fn join(local: Option<&str>, domain: &str, resource: Option<&str>) -> Self {
        let domain_at = local.map_or(0, |local| local.len() + 1);
        let domain_end = domain_at + domain.len();
        let (local, at) = local.map_or(("", ""), |local| (local, "@"));
        let (slash, resource) = resource.map_or(("", ""), |resource| ("/", resource));
        let text = [local, at, domain, slash, resource].concat();
        Self { text: text.into(), domain_at: offset(domain_at), domain_end: offset(domain_end) }
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What is before the `@`.
    pub fn local(&self) -> Option<&str> {
        let end = usize::from(self.domain_at).checked_sub(1)?;
        Some(&self.text[..end])
    }

    /// The domain, names as Unicode.
    pub fn domain(&self) -> &str {
        &self.text[self.domain_at.into()..self.domain_end.into()]
    }

    /// What is behind the `/`.
    pub fn resource(&self) -> Option<&str> {
        self.text.get(usize::from(self.domain_end) + 1..)
    }

    /// The address without resource, as text.
    pub fn bare(&self) -> &str {
        &self.text[..self.domain_end.into()]
    }

    /// The address without resource.
    pub fn to_bare(&self) -> BareJid {
        let text = match self.resource() {
            Some(_) => self.bare().into(),
            None => self.text.clone(),
        };
        BareJid(Self { text, ..*self })
    }

    /// The address when it has a resource.
    pub fn to_full(&self) -> Option<FullJid> {
        self.resource().is_some().then(|| FullJid(self.clone()))
    }
}

impl BareJid {
    /// Reads and prepares an address without resource.
    ///
    /// # Errors
    /// As [`Jid::parse`], and [`JidError::HasResource`].
    pub fn parse(text: &str) -> Result<Self, JidError> {
        Jid::parse(text)?.try_into()
    }

    /// Prepares the parts of an address.
    ///
    /// # Errors
    /// [`JidError`] says which part is wrong.
    pub fn from_parts(local: Option<&str>, domain: &str) -> Result<Self, JidError> {
        Jid::from_parts(local, domain, None).map(Self)
    }

    /// The full address of one of its resources.
    ///
    /// # Errors
    /// [`JidError::Resource`] and [`JidError::TooLong`].
    pub fn with_resource(&self, resource: &str) -> Result<FullJid, JidError> {
        let resource = prepare::resource(resource)?;
        Ok(FullJid(Jid::join(self.local(), self.domain(), Some(&resource))))
    }
}

impl FullJid {
    /// Reads and prepares an address with resource.
    ///
    /// # Errors
    /// As [`Jid::parse`], and [`JidError::NoResource`].
    pub fn parse(text: &str) -> Result<Self, JidError> {
        Jid::parse(text)?.try_into()
    }

    /// What is behind the `/`; also there as an `Option` from [`Jid::resource`].
    pub fn resource(&self) -> &str {
        self.0.resource().expect("invariant: a full address has a resource")
    }
}

fn offset(value: usize) -> u16 {
    u16::try_from(value).expect("invariant: each part has at most 1,023 bytes")
}

impl std::hash::Hash for Jid {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Ord for Jid {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for Jid {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Jid {
    type Err = JidError;

    fn from_str(text: &str) -> Result<Self, JidError> {
        Self::parse(text)
    }
}

/// Lets a map with addresses as keys be asked with a prepared text.
impl Borrow<str> for Jid {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl TryFrom<Jid> for BareJid {
    type Error = JidError;

    fn try_from(jid: Jid) -> Result<Self, JidError> {
        if jid.resource().is_some() { Err(JidError::HasResource) } else { Ok(Self(jid)) }
    }
}

impl TryFrom<Jid> for FullJid {
    type Error = JidError;

    fn try_from(jid: Jid) -> Result<Self, JidError> {
        if jid.resource().is_some() { Ok(Self(jid)) } else { Err(JidError::NoResource) }
    }
}

macro_rules! is_a_jid {
    ($kind:ident) => {
        impl Deref for $kind {
            type Target = Jid;

            fn deref(&self) -> &Jid {
                &self.0
            }
        }

        impl From<$kind> for Jid {
            fn from(jid: $kind) -> Self {
                jid.0
            }
        }

        impl Borrow<str> for $kind {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $kind {
            type Err = JidError;

            fn from_str(text: &str) -> Result<Self, JidError> {
                Self::parse(text)
            }
        }
    };
}

is_a_jid!(BareJid);
is_a_jid!(FullJid);

#[cfg(test)]
mod tests;

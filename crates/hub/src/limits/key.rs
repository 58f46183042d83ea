use parlance_core::id::{DeviceId, PrincipalId};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv6Addr};

/// Who is limited.
#[derive(Clone, Copy, Debug)]
pub enum LimitKey<'a> {
    /// One device.
    Device(DeviceId),
    /// One account.
    Account(PrincipalId),
    /// An account by the name somebody gave, whether it exists or not.
    Name(&'a str),
    /// A network address; IPv6 counts by /64, which is what one household or machine gets.
    Peer(IpAddr),
}

/// What kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A device.
    Device,
    /// An account.
    Account,
    /// A name.
    Name,
    /// A network address.
    Peer,
}

/// A key in a fixed number of bytes, so that long names cost no memory.
pub(super) type Fingerprint = [u8; 16];

impl LimitKey<'_> {
    /// What kind of key.
    pub fn kind(&self) -> KeyKind {
        match self {
            Self::Device(_) => KeyKind::Device,
            Self::Account(_) => KeyKind::Account,
            Self::Name(_) => KeyKind::Name,
            Self::Peer(_) => KeyKind::Peer,
        }
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Device(id) => digest(b"device", id.0.as_bytes()),
            Self::Account(id) => digest(b"account", id.0.as_bytes()),
            Self::Name(name) => digest(b"name", name.as_bytes()),
            Self::Peer(address) => digest(b"peer", &network(*address).octets()),
        }
    }
}

fn digest(kind: &[u8], key: &[u8]) -> Fingerprint {
    let hash = Sha256::new().chain_update(kind).chain_update([0]).chain_update(key).finalize();
    std::array::from_fn(|place| hash[place])
}

fn network(address: IpAddr) -> Ipv6Addr {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn peer(text: &str) -> Fingerprint {
        LimitKey::Peer(text.parse().unwrap()).fingerprint()
    }

    #[test]
    fn a_network_counts_as_one_in_every_spelling() {
        assert_eq!(peer("192.0.2.1"), peer("::ffff:192.0.2.1"));
        assert_eq!(peer("2001:db8:1:2::1"), peer("2001:db8:1:2:ffff::9"));
        assert_ne!(peer("2001:db8:1:2::1"), peer("2001:db8:1:3::1"));
        assert_ne!(peer("192.0.2.1"), peer("192.0.2.2"));
    }

    #[test]
    fn keys_of_different_kinds_do_not_cross() {
        let id = Uuid::from_u128(7);
        assert_ne!(
            LimitKey::Device(DeviceId(id)).fingerprint(),
            LimitKey::Account(PrincipalId(id)).fingerprint()
        );
    }
}

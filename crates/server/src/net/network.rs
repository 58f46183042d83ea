use std::{net::IpAddr, str::FromStr};

/// A network of addresses, such as `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix_bits: u32,
}

/// The text is not a network.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotANetwork;

impl Network {
    /// Whether the address belongs to this network. An IPv4 address inside an IPv6 one counts as
    /// the IPv4 address.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                shares_prefix(u128::from(own.to_bits()), u128::from(other.to_bits()), 32, self.prefix_bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                shares_prefix(own.to_bits(), other.to_bits(), 128, self.prefix_bits)
            }
            _ => false,
        }
    }
}

fn shares_prefix(own: u128, other: u128, bits: u32, prefix_bits: u32) -> bool {
    (own ^ other).checked_shr(bits - prefix_bits).unwrap_or(0) == 0
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, prefix) =
            text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = prefix.map_or(Ok(bits), str::parse).map_err(|_| NotANetwork)?;
        if prefix_bits > bits { Err(NotANetwork) } else { Ok(Self { address, prefix_bits }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_contains_what_shares_its_prefix() {
        let check = |network: &str, address: &str| {
            network.parse::<Network>().expect("a network").contains(address.parse().expect("an address"))
        };
        assert!(check("10.0.0.0/8", "10.200.3.4"));
        assert!(check("10.0.0.0/8", "::ffff:10.200.3.4"));
        assert!(!check("10.0.0.0/8", "11.0.0.1"));
        assert!(check("192.168.1.7", "192.168.1.7"));
        assert!(!check("192.168.1.7", "192.168.1.8"));
        assert!(check("2001:db8::/32", "2001:db8:1::1"));
        assert!(!check("2001:db8::/32", "2001:db9::1"));
        assert!(check("0.0.0.0/0", "8.8.8.8"));
        assert!(check("::/0", "2001:db8::1"));
        assert!(!check("::/0", "8.8.8.8"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "example.org", "10.0.0.0/", "10.0.0.0/-1"] {
            assert_eq!(text.parse::<Network>(), Err(NotANetwork), "{text}");
        }
    }
}

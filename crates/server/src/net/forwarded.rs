use crate::settings::Http;
use http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The address of the client: the peer, or whom a trusted proxy names.
///
/// `X-Forwarded-For` is read from its end, where each proxy added whom it spoke to; the first
/// address that is not a trusted proxy is the client. What stands before it can be made up.
pub(super) fn client_address(peer: SocketAddr, headers: &HeaderMap, http: &Http) -> SocketAddr {
    if !http.is_trusted_proxy(peer.ip()) {
        return peer;
    }
    let lines: Vec<_> =
        headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    let named = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let mut client = peer;
    for text in named {
        let Some(address) = read(text.trim()) else { break };
        client = SocketAddr::new(address, 0);
        if !http.is_trusted_proxy(address) {
            break;
        }
    }
    client
}

/// Reads an address with or without a port.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Sources, load};

    fn check(peer: &str, lines: &[&str]) -> String {
        let environment =
            vec![("PARLANCE__HTTP__TRUSTED_PROXIES".to_owned(), "10.0.0.0/8,127.0.0.1".to_owned())];
        let settings = load(&Sources { environment, ..Sources::default() }).expect("right settings");
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().expect("a header"));
        }
        client_address(SocketAddr::new(peer.parse().expect("an address"), 1), &headers, &settings.http)
            .ip()
            .to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(check("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(check("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(check("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_a_client_makes_up_is_not_read() {
        assert_eq!(check("10.0.0.1", &["1.2.3.4, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(check("10.0.0.1", &["1.2.3.4", "198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(check("10.0.0.1", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(check("10.0.0.1", &["198.51.100.1, nonsense"]), "10.0.0.1");
    }
}

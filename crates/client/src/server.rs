//! Addresses of servers.

use crate::error::CallError;
use url::Url;

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server(Url);

impl Server {
    /// Takes an address like `https://chat.example.org` or `http://localhost:8080`.
    ///
    /// # Errors
    /// [`CallError::Unreachable`] when it is no HTTP address.
    pub fn parse(address: &str) -> Result<Self, CallError> {
        let refuse = |reason: String| CallError::Unreachable { server: address.to_owned(), reason };
        let url = Url::parse(address).map_err(|error| refuse(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(refuse("an address begins with http:// or https://".to_owned()));
        }
        Ok(Self(url))
    }

    /// The usual address for a domain: plain HTTP on port 8080 for `localhost`, HTTPS for others.
    ///
    /// # Errors
    /// [`CallError::Unreachable`] when the domain cannot be part of an address.
    pub fn of_domain(domain: &str) -> Result<Self, CallError> {
        match domain {
            "localhost" => Self::parse("http://localhost:8080"),
            _ => Self::parse(&format!("https://{domain}")),
        }
    }

    /// The address of an HTTP path, given by its segments.
    pub(crate) fn http_url<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        url.path_segments_mut()
            .expect("invariant: HTTP addresses have a path")
            .pop_if_empty()
            .extend(segments);
        url
    }

    /// The address of the native WebSocket.
    pub(crate) fn socket_url(&self) -> Url {
        let mut url = self.http_url(["v1", "ws"]);
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        url.set_scheme(scheme).expect("invariant: http(s) can become ws(s)");
        url
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_is_under_the_servers_own_path() {
        let server = Server::parse("https://example.org/chat/").unwrap();
        assert_eq!(server.socket_url().as_str(), "wss://example.org/chat/v1/ws");
        let server = Server::of_domain("localhost").unwrap();
        assert_eq!(server.socket_url().as_str(), "ws://localhost:8080/v1/ws");
        assert_eq!(server.to_string(), "http://localhost:8080");
    }

    #[test]
    fn other_schemes_are_refused() {
        assert!(Server::parse("ftp://example.org").is_err());
        assert!(Server::parse("localhost:8080").is_err());
    }
}

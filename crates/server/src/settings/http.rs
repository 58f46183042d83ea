use super::SettingsErrors;
use crate::net::{Network, Origin};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

/// The listener for the web client, the API and its WebSocket.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HttpSection {
    /// Addresses to listen on, one or a list; port 0 takes any free port. Other addresses than
    /// loopback need `tls.mode = "files"`, or a proxy in front that encrypts: then set
    /// `public_url` to its `https://` address and `trusted_proxies` to where it connects from, and
    /// only the proxy is let in. When absent, `127.0.0.1:8080`; if another program has that port,
    /// the server says so and goes on without.
    #[schemars(extend("x-default" = "127.0.0.1:8080"))]
    pub(crate) listen: Option<OneOrMany>,
    /// The address that people type, which stands in links and invitations. When absent, made from
    /// `domain` and the port that is listened on.
    #[schemars(example = "https://chat.example.org")]
    pub(crate) public_url: Option<String>,
    /// Addresses or networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` is believed. Limits
    /// count the address that the proxy names. Never list an address that strangers can use: they
    /// could then pretend to be anybody.
    pub(crate) trusted_proxies: Vec<String>,
    /// Other web sites whose pages may use the API of this server with their visitors' sign-in,
    /// such as `https://intranet.example.org`. The server's own pages need not be listed.
    pub(crate) allowed_origins: Vec<String>,
}

/// One address, or a list of them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    /// One address with its port.
    One(String),
    /// Several addresses with their ports.
    Many(Vec<String>),
}

/// Addresses to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listen {
    /// The addresses, in the order written.
    pub(crate) addresses: Vec<SocketAddr>,
    /// Whether somebody chose them: then failing to listen there is an error.
    pub(crate) is_configured: bool,
}

/// Who may connect to a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peers {
    /// Everybody.
    Anybody,
    /// Trusted proxies and this machine, because the connection is not encrypted.
    Proxies,
}

/// The HTTP listener, checked.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    pub(crate) listen: Listen,
    pub(crate) peers: Peers,
    /// Without a slash at the end.
    pub(crate) public_url: Option<String>,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) allowed_origins: Vec<Origin>,
}

impl Http {
    /// Whether any address can be reached by other machines.
    pub(crate) fn is_reachable_from_outside(&self) -> bool {
        self.listen.addresses.iter().any(|address| !address.ip().is_loopback())
    }

    /// Whether this address belongs to a proxy that is believed.
    pub(crate) fn is_trusted_proxy(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(address))
    }
}

impl HttpSection {
    pub(super) fn validate(self, has_tls: bool, wrong: &mut SettingsErrors) -> Http {
        let listen =
            Listen::read("http.listen", self.listen, SocketAddr::from(([127, 0, 0, 1], 8080)), wrong);
        let public_url = self.public_url.and_then(|url| check_public_url(&url, wrong));
        let trusted_proxies = read_all(
            "http.trusted_proxies",
            &self.trusted_proxies,
            "an address or network such as 10.0.0.0/8",
            wrong,
        );
        let allowed_origins = read_all(
            "http.allowed_origins",
            &self.allowed_origins,
            "scheme and host such as https://example.org",
            wrong,
        );
        let has_encrypting_proxy =
            !trusted_proxies.is_empty() && public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
        let http = Http {
            peers: if has_tls { Peers::Anybody } else { Peers::Proxies },
            listen,
            public_url,
            trusted_proxies,
            allowed_origins,
        };
        if http.is_reachable_from_outside() && !has_tls && !has_encrypting_proxy {
            wrong.add(
                "http.listen",
                "passwords would travel unencrypted: set [tls] mode = \"files\", or listen on 127.0.0.1, or set \
                 http.public_url = \"https://...\" and http.trusted_proxies to the proxy that encrypts",
            );
        }
        http
    }
}

impl Listen {
    /// Reads addresses; what cannot be read is added to `wrong` under `key`.
    pub(super) fn read(
        key: &str,
        written: Option<OneOrMany>,
        default: SocketAddr,
        wrong: &mut SettingsErrors,
    ) -> Self {
        let texts = match written {
            None => return Self { addresses: vec![default], is_configured: false },
            Some(OneOrMany::One(text)) => vec![text],
            Some(OneOrMany::Many(texts)) => texts,
        };
        let addresses = read_all(
            key,
            &texts,
            "a numeric address with its port, such as 127.0.0.1:8080 or [::1]:8080",
            wrong,
        );
        Self { addresses, is_configured: true }
    }
}

fn read_all<T: std::str::FromStr>(
    key: &str,
    texts: &[String],
    expected: &str,
    wrong: &mut SettingsErrors,
) -> Vec<T> {
    let mut values = Vec::with_capacity(texts.len());
    for text in texts {
        match text.trim().parse() {
            Ok(value) => values.push(value),
            Err(_) => wrong.add(key, format!("\"{text}\" is not {expected}")),
        }
    }
    values
}

fn check_public_url(url: &str, wrong: &mut SettingsErrors) -> Option<String> {
    let url = url.trim_end_matches('/');
    if url.parse::<Origin>().is_err() {
        wrong.add(
            "http.public_url",
            "write scheme and host without a path, such as \"https://chat.example.org\"",
        );
        return None;
    }
    Some(url.to_owned())
}

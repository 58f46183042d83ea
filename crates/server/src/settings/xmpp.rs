use super::{
    SettingsErrors,
    components::{self, ComponentSection},
    http::{Listen, OneOrMany},
    units::Period,
};
use parlance_front_xmpp::ComponentSecret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, time::Duration};

/// Clients of XMPP: Conversations, Dino, Gajim, Monal and others.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct XmppSection {
    /// Addresses to listen on for clients that begin without encryption and then ask for it (STARTTLS),
    /// one or a list; port 0 takes any free port. Without `tls.mode = "files"` the server makes a certificate
    /// of its own, which clients ask about once; then only loopback is possible. When absent,
    /// `127.0.0.1:5222`; if another program has that port, the server says so and goes on without.
    #[schemars(extend("x-default" = "127.0.0.1:5222"))]
    pub(crate) c2s_listen: Option<OneOrMany>,
    /// Addresses to listen on for clients that encrypt from the first byte (direct TLS), one or a list. When
    /// absent, none; the usual port is 5223.
    #[schemars(example = "127.0.0.1:5223")]
    pub(crate) c2s_tls_listen: Option<OneOrMany>,
    /// Lets clients sign in over connections that are not encrypted, with their password in the clear. For tests
    /// on this machine: it needs `dev = true`.
    pub(crate) allow_plaintext: bool,
    /// How long a client may take to sign in and to take a resource. Then the connection ends; a longer time
    /// lets people type a password after their program has connected.
    pub(crate) sign_in_time_max: Period,
    /// How long a client that lost its connection can go on with its stream as if nothing had happened. Until
    /// then it counts as present, and costs some memory.
    pub(crate) resume_time_max: Period,
    /// Addresses to listen on for components: gateways, bots and services with a domain of their own (XEP-0114),
    /// one or a list. What they say is not encrypted, so let other machines reach it only through a network that
    /// nobody else uses. When absent, none; the usual port is 5347.
    #[schemars(example = "127.0.0.1:5347")]
    pub(crate) component_listen: Option<OneOrMany>,
    /// The components that may connect: for each a table `[[xmpp.components]]` with its `domain`, and with its
    /// `secret` or the `secret_file` that holds it.
    pub(crate) components: Vec<ComponentSection>,
    /// How long messages wait for a component that went away. Those who wrote them find in the conversation
    /// afterwards that they did not arrive.
    pub(crate) component_wait_max: Period,
    /// Whether push services, which wake the phones of people whose clients are away, are told who wrote and what
    /// (up to 500 characters), and not only how many messages wait. Most services are run by others.
    pub(crate) push_content: bool,
    /// The domain that groups have their addresses in, as in `garden@groups.example.org`. When absent, `groups.`
    /// and the domain. It is part of the address of every group for ever.
    #[schemars(example = "groups.example.org")]
    pub(crate) groups_domain: Option<String>,
}

impl Default for XmppSection {
    fn default() -> Self {
        Self {
            c2s_listen: None,
            c2s_tls_listen: None,
            allow_plaintext: false,
            sign_in_time_max: Period::seconds(60),
            resume_time_max: Period::seconds(600),
            component_listen: None,
            components: Vec::new(),
            component_wait_max: Period::seconds(600),
            push_content: false,
            groups_domain: None,
        }
    }
}

/// Clients of XMPP, checked.
#[derive(Clone, Debug)]
pub(crate) struct Xmpp {
    pub(crate) c2s_listen: Listen,
    pub(crate) c2s_tls_listen: Listen,
    pub(crate) allow_plaintext: bool,
    pub(crate) sign_in_time_max: Duration,
    pub(crate) resume_time_max: Duration,
    pub(crate) groups_domain: String,
    pub(crate) component_listen: Listen,
    pub(crate) components: Vec<ComponentSecret>,
    pub(crate) component_wait_max: Duration,
    pub(crate) push_content: bool,
}

impl XmppSection {
    pub(super) fn validate(self, domain: &str, dev: bool, has_tls: bool, wrong: &mut SettingsErrors) -> Xmpp {
        let c2s = SocketAddr::from(([127, 0, 0, 1], 5222));
        let c2s_listen = Listen::read("xmpp.c2s_listen", self.c2s_listen, c2s, wrong);
        let c2s_tls_listen = match self.c2s_tls_listen {
            None => Listen { addresses: Vec::new(), is_configured: true },
            written => Listen::read("xmpp.c2s_tls_listen", written, c2s, wrong),
        };
        if self.allow_plaintext && !dev {
            wrong.add("xmpp.allow_plaintext", "passwords would travel in the clear: it needs dev = true");
        }
        for (key, listen) in [("xmpp.c2s_listen", &c2s_listen), ("xmpp.c2s_tls_listen", &c2s_tls_listen)] {
            let is_outside = listen.addresses.iter().any(|address| !address.ip().is_loopback());
            if is_outside && !has_tls {
                wrong.add(key, "clients need a certificate they can trust: set [tls] mode = \"files\"");
            }
            if is_outside && dev {
                wrong.add(key, "dev = true is only for loopback: remove it, or listen on 127.0.0.1");
            }
        }
        let groups_domain = self.groups_domain.unwrap_or_else(|| format!("groups.{domain}"));
        if groups_domain == domain {
            wrong.add("xmpp.groups_domain", "choose another name than the domain of people");
        }
        let component_listen = match self.component_listen {
            None => Listen { addresses: Vec::new(), is_configured: true },
            written => Listen::read("xmpp.component_listen", written, c2s, wrong),
        };
        Xmpp {
            component_listen,
            components: components::validate(self.components, [domain, &groups_domain], wrong),
            component_wait_max: self.component_wait_max.duration(),
            push_content: self.push_content,
            c2s_listen,
            c2s_tls_listen,
            allow_plaintext: self.allow_plaintext,
            sign_in_time_max: self.sign_in_time_max.duration(),
            resume_time_max: self.resume_time_max.duration(),
            groups_domain,
        }
    }
}

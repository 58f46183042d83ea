//! What an operator can set: one file per section, one struct per section, every field documented.
//!
//! The doc comments are the reference: `parlance.toml`, the reference page and the JSON schema are
//! generated from them. A file is read into [`SettingsFile`] (what was written) and checked once
//! into [`Settings`] (plain values that the rest of the program uses).

mod admin;
mod components;
mod contact;
mod data;
mod http;
mod keys;
mod limits;
mod load;
mod log;
mod reference;
mod registration;
mod search;
mod storage;
mod suggest;
mod tls;
mod units;
mod xmpp;

pub(crate) use self::{
    admin::Admin,
    contact::ContactSection,
    http::{Http, Listen, Peers},
    keys::find_key,
    limits::{Limits, RateLimit, RateLimits},
    load::{Sources, load, unknown},
    log::{LogFormat, LogSection},
    reference::{example, explanation, reference, schema},
    registration::RegistrationMode,
    search::Search,
    storage::Storage,
    tls::TlsFiles,
    xmpp::Xmpp,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, path::PathBuf};

/// Settings of a Parlance server. Every one of them can be left out.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SettingsFile {
    /// The name that people's addresses end in, as in `anna@example.org`: a DNS name in small
    /// letters. It is part of every address for ever, so choose it before the first account is
    /// made. Must be set before the server listens on anything but loopback.
    pub(crate) domain: String,
    /// Permits what is only right for tests and development on this machine: `limits.enabled =
    /// false`, and the test endpoints under `/dev`. Refused as soon as any listener can be reached
    /// from outside.
    pub(crate) dev: bool,
    /// Where the server keeps what it must not lose.
    pub(crate) data: data::DataSection,
    /// The listener for the web client, the API and its WebSocket.
    pub(crate) http: http::HttpSection,
    /// Encryption of connections.
    pub(crate) tls: tls::TlsSection,
    /// Clients of XMPP: Conversations, Dino, Gajim, Monal and others.
    pub(crate) xmpp: xmpp::XmppSection,
    /// Whom people turn to about this server. Every program that asks is shown these addresses, each of them
    /// written as `mailto:...`, `xmpp:...` or `https://...`; up to 8 for each matter.
    pub(crate) contact: contact::ContactSection,
    /// Health, metrics and administration of a running server.
    pub(crate) admin: admin::AdminSection,
    /// The database.
    pub(crate) storage: storage::StorageSection,
    /// Full-text search.
    pub(crate) search: search::SearchSection,
    /// Who can make an account.
    pub(crate) registration: registration::RegistrationSection,
    /// Bounds on everything that can grow, and how fast people may do things.
    pub(crate) limits: limits::LimitsSection,
    /// What the server writes about itself to standard error.
    pub(crate) log: log::LogSection,
}

impl Default for SettingsFile {
    fn default() -> Self {
        Self {
            domain: LOCAL_DOMAIN.to_owned(),
            dev: false,
            data: data::DataSection::default(),
            http: http::HttpSection::default(),
            tls: tls::TlsSection::default(),
            xmpp: xmpp::XmppSection::default(),
            contact: contact::ContactSection::default(),
            admin: admin::AdminSection::default(),
            storage: storage::StorageSection::default(),
            search: search::SearchSection::default(),
            registration: registration::RegistrationSection::default(),
            limits: limits::LimitsSection::default(),
            log: log::LogSection::default(),
        }
    }
}

/// The domain of a server that was given none.
pub(crate) const LOCAL_DOMAIN: &str = "localhost";

/// Settings that were checked: plain values without units, defaults filled in.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) domain: String,
    pub(crate) dev: bool,
    pub(crate) data_dir: PathBuf,
    pub(crate) http: Http,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) xmpp: Xmpp,
    pub(crate) contact: ContactSection,
    pub(crate) admin: Admin,
    pub(crate) storage: Storage,
    pub(crate) search: Search,
    pub(crate) registration: RegistrationMode,
    pub(crate) limits: Limits,
    pub(crate) log: LogSection,
}

impl SettingsFile {
    /// Checks everything and fills in what was left out.
    ///
    /// # Errors
    /// Every value that cannot be used or is not safe, not only the first.
    pub(crate) fn validate(self) -> Result<Settings, SettingsErrors> {
        let mut wrong = SettingsErrors::default();
        check_domain(&self.domain, &mut wrong);
        let tls = self.tls.validate(&mut wrong);
        let http = self.http.validate(tls.is_some(), &mut wrong);
        let xmpp = self.xmpp.validate(&self.domain, self.dev, tls.is_some(), &mut wrong);
        let admin = self.admin.validate(&self.data.dir, &mut wrong);
        let storage = self.storage.validate(&self.data.dir, &mut wrong);
        let limits = self.limits.validate(self.dev, &mut wrong);
        self.log.check(&mut wrong);
        self.contact.check(&mut wrong);
        if http.is_reachable_from_outside() {
            refuse_what_is_only_local(&self.domain, self.dev, &mut wrong);
        }
        wrong.none_or(Settings {
            domain: self.domain,
            dev: self.dev,
            data_dir: self.data.dir,
            http,
            tls,
            xmpp,
            contact: self.contact,
            admin,
            storage,
            search: self.search.validate(),
            registration: self.registration.mode,
            limits,
            log: self.log,
        })
    }
}

fn check_domain(domain: &str, wrong: &mut SettingsErrors) {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if domain.len() > 253 || !domain.split('.').all(is_label) {
        wrong.add("domain", "write a DNS name in small letters, such as \"chat.example.org\"");
    }
}

fn refuse_what_is_only_local(domain: &str, dev: bool, wrong: &mut SettingsErrors) {
    if dev {
        wrong.add("dev", "dev = true is only for loopback: remove it, or listen on 127.0.0.1");
    }
    if domain == LOCAL_DOMAIN {
        wrong.add("domain", "set the name that addresses shall end in before others can reach this server");
    }
}

/// One value that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SettingsError {
    /// The key, with dots.
    pub(crate) key: String,
    /// What to do about it.
    pub(crate) advice: String,
}

/// All values that cannot be used.
#[derive(Debug, Default, PartialEq, Eq, thiserror::Error)]
pub(crate) struct SettingsErrors(Vec<SettingsError>);

impl SettingsErrors {
    /// Adds one.
    pub(crate) fn add(&mut self, key: impl Into<String>, advice: impl Into<String>) {
        self.0.push(SettingsError { key: key.into(), advice: advice.into() });
    }

    /// All of them, in the order they were found.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &SettingsError> {
        self.0.iter()
    }

    /// The value when nothing was wrong.
    pub(crate) fn none_or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, error) in self.0.iter().enumerate() {
            let separator = if place == 0 { "" } else { "\n" };
            write!(f, "{separator}{}: {}", error.key, error.advice)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

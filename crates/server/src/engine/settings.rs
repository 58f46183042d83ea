use crate::settings::{ContactSection, Limits, RateLimit, RateLimits, RegistrationMode, Settings};
use parlance_api::model::ServerLimits;
use parlance_core::{bucket::Rate, conversation::Bounds};
use parlance_front::SessionLimits;
use parlance_front_native::NativeSettings;
use parlance_front_xmpp::{ContactAddresses, XmppSettings};
use parlance_hub::{
    HubSettings, Redacted, Registration,
    identity::{IdentitySettings, PasswordCost},
    limits::LimitSettings,
};
use std::time::Duration;

/// What the hub needs of the settings.
pub(super) fn hub(settings: &Settings, server_key: Redacted<[u8; 32]>) -> HubSettings {
    HubSettings {
        domain: settings.domain.clone(),
        registration: match settings.registration {
            RegistrationMode::Closed => Registration::Closed,
            RegistrationMode::Invite => Registration::Invite,
            RegistrationMode::Open => Registration::Open,
        },
        bounds: Bounds {
            body_bytes_max: settings.limits.body_bytes_max,
            members_max: settings.limits.members_per_conversation_max as usize,
            conversations_max: settings.limits.conversations_per_user_max as usize,
            nodes_bytes_max: settings.limits.nodes_bytes_per_account_max,
            remotes_max: settings.limits.remote_people_per_user_max as usize,
            outward_max: settings.limits.events_per_remote_max as usize,
            reports_max: settings.limits.reports_max as usize,
            scheduled_max: settings.limits.scheduled_per_user_max as usize,
            folders_max: settings.limits.folders_per_user_max as usize,
            poll_options_max: settings.limits.poll_options_max as usize,
            expire_after_s_min: settings.limits.message_timer_min.as_secs() as u32,
            expire_after_s_max: settings.limits.message_timer_max.as_secs() as u32,
            pushes_max: settings.limits.push_registrations_per_user_max as usize,
            ..Bounds::default()
        },
        identity: identity(&settings.limits, server_key),
        limits: settings.limits.rates.map_or_else(unlimited, limited),
    }
}

/// What the native front needs of the settings.
pub(super) fn native(settings: &Settings, public_url: &str) -> NativeSettings {
    let limits = &settings.limits;
    NativeSettings {
        public_url: public_url.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        limits: ServerLimits {
            body_bytes_max: limits.body_bytes_max as u64,
            request_bytes_max: limits.request_bytes_max as u64,
            page_events_max: u64::from(limits.events_per_page_max),
            poll_options_max: u64::from(limits.poll_options_max),
        },
        sockets_max: limits.connections_max.map_or(usize::MAX, |max| max as usize),
        session: SessionLimits {
            calls_max: limits.calls_per_connection_max as usize,
            keep_alive_ms: milliseconds(limits.silence_time_max),
            write_timeout_ms: milliseconds(limits.write_time_max),
        },
    }
}

/// What the front end of XMPP needs of the settings.
pub(super) fn xmpp(settings: &Settings, public_url: &str) -> XmppSettings {
    let limits = &settings.limits;
    let stanza_bytes_max = u32::try_from(limits.request_bytes_max).unwrap_or(u32::MAX);
    XmppSettings {
        domain: settings.domain.clone(),
        groups_domain: settings.xmpp.groups_domain.clone(),
        allow_plaintext: settings.xmpp.allow_plaintext,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        public_url: public_url.to_owned(),
        websocket_url: format!("{}/xmpp-websocket", public_url.replacen("http", "ws", 1)),
        streams_max: limits.connections_max.map_or(usize::MAX, |max| max as usize),
        stanza: parlance_xmpp::Limits { stanza_bytes_max, ..parlance_xmpp::Limits::default() },
        sign_in_ms: milliseconds(settings.xmpp.sign_in_time_max),
        resume_ms: milliseconds(settings.xmpp.resume_time_max),
        session: SessionLimits {
            // Stanzas that are dealt with at once, and notes of what was delivered.
            calls_max: 2 * limits.calls_per_connection_max as usize,
            keep_alive_ms: milliseconds(limits.silence_time_max),
            write_timeout_ms: milliseconds(limits.write_time_max),
        },
        components: settings.xmpp.components.clone(),
        component_wait_ms: milliseconds(settings.xmpp.component_wait_max),
        push_content: settings.xmpp.push_content,
        contacts: contacts(&settings.contact),
    }
}

fn contacts(section: &ContactSection) -> Vec<ContactAddresses> {
    let by_role = section.by_role().into_iter();
    by_role.map(|(role, addresses)| ContactAddresses { role, addresses: addresses.to_vec() }).collect()
}

/// Without limits, which only development on loopback can have, passwords cost the least there is:
/// load tests make thousands of accounts.
fn identity(limits: &Limits, server_key: Redacted<[u8; 32]>) -> IdentitySettings {
    let password_cost = if limits.rates.is_some() { PasswordCost::default() } else { PasswordCost::LEAST };
    IdentitySettings { password_cost, server_key: Some(server_key), ..IdentitySettings::default() }
}

fn unlimited() -> LimitSettings {
    LimitSettings { enabled: false, ..LimitSettings::default() }
}

fn limited(rates: RateLimits) -> LimitSettings {
    LimitSettings {
        enabled: true,
        sign_in_account: rate(rates.sign_in),
        sign_in_peer: rate(rates.sign_in),
        registration: rate(rates.register),
        new_device: rate(rates.new_device),
        open_device: rate(rates.open_device),
        user_lookup: rate(rates.lookup),
        link_lookup: rate(rates.link),
        reports: rate(rates.report),
        messages: rate(rates.message),
        requests: rate(rates.request),
        signals: rate(rates.signal),
        search: rate(rates.search),
        ..LimitSettings::default()
    }
}

fn rate(limit: RateLimit) -> Rate {
    Rate { burst: limit.burst, refill_ms: milliseconds(limit.refill) }
}

fn milliseconds(period: Duration) -> u64 {
    u64::try_from(period.as_millis()).unwrap_or(u64::MAX)
}

//! Personal eventing: what people publish under names of their own, and who is told.
//!
//! Each account is a service of its own. Its nodes are kept by the hub, which does not look inside; who may
//! read what, and who is told, is decided here.
//!
//! # Source
//! XEP-0163 (1.2.2) on XEP-0060 (1.26.0).

mod access;
pub(crate) mod avatar;
pub(crate) mod bookmarks;
mod caps;
pub(crate) mod config;
pub(crate) mod disco;
pub(crate) mod displayed;
mod errors;
pub(crate) mod nick;
pub(crate) mod node;
mod notification_settings;
mod notify;
mod owner;
mod requests;
pub(crate) mod xml;

#[cfg(test)]
mod tests;

pub(crate) use caps::{
    CAPS, Interests, KnownCaps, on_answer, on_available, on_missed, on_seen, on_unavailable,
    version_of as caps_version,
};
pub(crate) use owner::HANDLERS as OWNER_HANDLERS;
pub(crate) use requests::HANDLERS;

/// What everybody may ask for.
pub(crate) const PUBSUB: &str = "http://jabber.org/protocol/pubsub";
/// What only owners may ask for.
pub(crate) const OWNER: &str = "http://jabber.org/protocol/pubsub#owner";

//! Extensions, one file each. What each answers stands in one list.

mod administration;
pub(crate) mod archive;
pub(crate) mod blocking;
mod carbons;
pub(crate) mod commands;
pub(crate) mod contact_addresses;
mod invitations;
pub(crate) mod last_activity;
mod ping;
pub(crate) mod preauth_registration;
pub(crate) mod preauth_subscription;
mod private;
pub(crate) mod push;
pub(crate) mod register;
pub(crate) mod roster;
mod session;
pub(crate) mod time;
mod vcard;
pub(crate) mod version;

use crate::iq::Handler;

/// Who answers what.
pub(crate) const HANDLERS: &[&[Handler]] = &[
    archive::HANDLERS,
    blocking::HANDLERS,
    carbons::HANDLERS,
    commands::HANDLERS,
    last_activity::HANDLERS,
    ping::HANDLERS,
    private::HANDLERS,
    push::HANDLERS,
    register::HANDLERS,
    roster::HANDLERS,
    session::HANDLERS,
    time::HANDLERS,
    vcard::HANDLERS,
    version::HANDLERS,
    crate::discovery::HANDLERS,
    crate::pubsub::HANDLERS,
    crate::pubsub::OWNER_HANDLERS,
];

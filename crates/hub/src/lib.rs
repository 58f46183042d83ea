//! Use cases of Parlance: from a command to a durable event to everybody who follows.
//!
//! The hub knows the rules (`parlance_core`) and what it needs of the world ([`ports`]); it knows
//! no wire protocol and no concrete database. Front ends hold a [`Hub`] and call its use cases;
//! what happens reaches them through a [`live::Connection`].

pub mod conformance;
mod error;
mod hub;
pub mod identity;
pub mod limits;
pub mod live;
pub mod memory;
mod people;
pub mod ports;
mod redacted;
pub mod usecase;

pub use error::{HubError, IdentityRefusal};
pub use hub::{Caller, Hub, HubSettings, Registration, World};
pub use limits::{Limit, LimitKey};
pub use redacted::Redacted;

#[cfg(test)]
mod stage;
#[cfg(test)]
mod test_world;

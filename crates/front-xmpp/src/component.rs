//! XEP-0114: Jabber Component Protocol (1.6): programs beside the server that have a domain of their own, such as
//! gateways, bots and services.
//!
//! What is said between two people is told to a component from the log, in its order, and counts as told once it
//! was written; everything else is relayed, and comes back as an error when the component goes.

mod away;
mod front;
mod inbound;
mod outbound;
mod presence;
mod serve;
mod session;

pub use away::give_back_undelivered;
pub use serve::serve_component;

use parlance_hub::Redacted;

/// The namespace of the streams of components.
const COMPONENT: &str = "jabber:component:accept";

/// A component that may connect.
#[derive(Clone, Debug)]
pub struct ComponentSecret {
    /// Its domain.
    pub domain: String,
    /// What it proves to know.
    pub secret: Redacted<String>,
}

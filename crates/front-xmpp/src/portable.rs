//! What people keep, in the form in which servers hand it to each other.
//!
//! # Source
//! XEP-0227 (1.1) sections 4.9 and 4.10.

mod archive;
mod intake;
mod nodes;
mod rooms;
mod set_up;

#[cfg(test)]
mod tests;

pub use archive::{ArchivePart, archive_part};
pub use intake::{ArchivedMessage, Intake};
pub use nodes::{KeptItem, nodes_xml};
pub use rooms::KeptRoom;
pub use set_up::NodeSetUp;

use crate::seat::Seat;
use parlance_core::principal::Principal;
use parlance_hub::usecase::importer;
use std::sync::Arc;

/// The place of somebody who has no client here.
fn absent(who: &Principal, resource: &str) -> Arc<Seat> {
    Arc::new(Seat::new(importer(who.id), 0, who.address.as_str(), resource))
}

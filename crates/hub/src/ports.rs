//! What the hub needs of the world, as traits. `conformance` holds the suite every store passes.

mod archive;
mod bus;
mod clock;
mod directory;
mod event_log;
mod names;
mod nodes;
mod push;
mod reconnect;
mod remotes;
mod reports;
mod schedule;
mod search;
mod views;
mod work;

pub use archive::*;
pub use bus::{Bus, Wake};
pub use clock::{Clock, Entropy, SystemClock, SystemEntropy};
pub use directory::*;
pub use event_log::*;
pub use names::*;
pub use nodes::*;
pub use push::*;
pub use reconnect::*;
pub use remotes::*;
pub use reports::*;
pub use schedule::*;
pub use search::*;
pub use views::*;
pub use work::*;

/// Everything a store does. One value that implements all of it is handed to the hub.
pub trait Store:
    EventLog
    + Views
    + Archive
    + Directory
    + Remotes
    + Names
    + Search
    + WorkQueue
    + Nodes
    + Pushes
    + Reports
    + Schedule
{
}
impl<T> Store for T where
    T: EventLog
        + Views
        + Archive
        + Directory
        + Remotes
        + Names
        + Search
        + WorkQueue
        + Nodes
        + Pushes
        + Reports
        + Schedule
{
}

/// The store could not do it now. Nothing was changed, and the same call can be made again.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Too much is waiting, or the world failed for a moment.
    #[error("the store is busy: {0}")]
    Unavailable(String),
    /// A durable write failed: the store stops for good, and the process has to end.
    #[error("the store failed: {0}")]
    Fatal(String),
    /// What is stored cannot be understood.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

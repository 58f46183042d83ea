//! The ports as plain maps behind one lock.
//!
//! [`MemoryStore`] is the reference that every other store must agree with, and what tests run
//! on. What people see is made of the logs by the functions of `parlance_core` alone, nearly all
//! of it at each reading, so that there is no second state which could be wrong. Nothing survives
//! the process.

mod account;
mod archive;
mod bus;
mod directory;
mod event_log;
mod log;
mod names;
mod nodes;
mod push;
mod remotes;
mod reports;
mod schedule;
mod search;
mod views;
mod work;

pub use bus::LocalBus;

use crate::ports::{NodeKey, PushKey, Report, ReportId, ScheduledId};
use log::Log;
use parking_lot::{Mutex, MutexGuard};
use parlance_core::{
    event::Offset,
    id::{ConversationId, DeviceId, DomainId, PrincipalId, Seq},
};
use smol_str::SmolStr;
use std::collections::{BTreeMap, HashMap};

/// A store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock()
    }
}

/// Everything there is.
#[derive(Debug, Default)]
struct Tables {
    offset: Offset,
    logs: HashMap<ConversationId, Log>,
    delivered: HashMap<(ConversationId, PrincipalId, DeviceId), Seq>,
    names: BTreeMap<(DomainId, SmolStr), ConversationId>,
    directory: directory::Rows,
    work: BTreeMap<u64, work::Row>,
    work_made: u64,
    nodes: BTreeMap<NodeKey, nodes::Node>,
    pushes: BTreeMap<PushKey, push::Row>,
    reports: BTreeMap<ReportId, Report>,
    scheduled: BTreeMap<ScheduledId, schedule::Row>,
}

use super::Log;
use crate::sqlite::{
    codec::{n, number},
    event_log::last_where,
};
use parlance_hub::ports::{ArchiveRange, ArchiveSide};
use rusqlite::{Connection, Result};

/// The places of one log that are in a range, of any kind.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) log: Log,
    /// The first place.
    pub(super) low: u64,
    /// The last place.
    pub(super) high: u64,
    /// The offset at the end from which the range is read.
    pub(super) edge: u64,
}

impl Span {
    /// `None` when nothing of the log is in the range. Halving reads the index alone for offsets, which
    /// stand in it.
    pub(super) fn of(connection: &Connection, log: Log, range: &ArchiveRange) -> Result<Option<Self>> {
        if range.after.is_some_and(|after| log.head_offset <= after.0)
            || range.start.is_some_and(|start| log.last_at < start.0)
        {
            return Ok(None);
        }
        let mut low = log.visible_from.max(1);
        let mut high = log.head;
        if let Some(before) = range.before.filter(|before| log.head_offset >= before.0) {
            high = last(connection, &log, high, "offset", |offset| offset < before.0)?;
        }
        if let Some(end) = range.end.filter(|end| log.last_at > end.0) {
            high = last(connection, &log, high, "at", |at| at <= end.0)?;
        }
        if let Some(after) = range.after {
            low = low.max(last(connection, &log, high, "offset", |offset| offset <= after.0)? + 1);
        }
        if let Some(start) = range.start {
            low = low.max(last(connection, &log, high, "at", |at| at < start.0)? + 1);
        }
        if low > high {
            return Ok(None);
        }
        let edge = match range.side {
            ArchiveSide::Newest if high == log.head => log.head_offset,
            ArchiveSide::Newest => column(connection, &log, "offset", high)?,
            ArchiveSide::Oldest => column(connection, &log, "offset", low)?,
        };
        Ok(Some(Self { log, low, high, edge }))
    }
}

/// The last of the places up to `head` whose column, which never falls, satisfies a condition.
fn last(
    connection: &Connection,
    log: &Log,
    head: u64,
    name: &str,
    holds: impl Fn(u64) -> bool,
) -> Result<u64> {
    let mut statement = connection.prepare_cached(&select(name))?;
    let found = last_where(head, |seq| {
        Ok(holds(statement.query_row([log.source.key, n(seq)], |row| number(row, 0))?))
    })?;
    Ok(found.0)
}

fn column(connection: &Connection, log: &Log, name: &str, seq: u64) -> Result<u64> {
    connection.prepare_cached(&select(name))?.query_row([log.source.key, n(seq)], |row| number(row, 0))
}

fn select(name: &str) -> String {
    format!("SELECT {name} FROM events WHERE conversation = ?1 AND seq = ?2")
}

use super::Log;
use crate::sqlite::codec::{is_of_kind, n, number};
use parlance_hub::ports::{ArchiveRange, ArchiveSide};
use rusqlite::{Connection, Result, params};
use std::collections::HashMap;

/// Most events of anybody that are looked at in the order of offsets.
const EVENTS_MAX: u64 = 512;

/// Looks at the events next to where the range is read from, whoever's they are: where few people write
/// at the same time, a page is found in less than it takes to look into each log. The logs and places,
/// oldest first; `None` when this finds too little, and always where the range ends at a moment, because
/// times do not grow with offsets.
pub(super) fn find(
    connection: &Connection,
    logs: &[Log],
    range: &ArchiveRange,
) -> Result<Option<Vec<(Log, u64)>>> {
    let (moment, sql) = match range.side {
        ArchiveSide::Newest => (
            range.end,
            "SELECT offset, seq, kind, at, conversation FROM events WHERE offset > ?1 AND offset < ?2
             ORDER BY offset DESC LIMIT ?3",
        ),
        ArchiveSide::Oldest => (
            range.start,
            "SELECT offset, seq, kind, at, conversation FROM events WHERE offset > ?1 AND offset < ?2
             ORDER BY offset LIMIT ?3",
        ),
    };
    if moment.is_some() {
        return Ok(None);
    }
    let by_key: HashMap<i64, &Log> = logs.iter().map(|log| (log.source.key, log)).collect();
    let (after, before) =
        (range.after.map_or(0, |after| n(after.0)), range.before.map_or(i64::MAX, |before| n(before.0)));
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![after, before, n(EVENTS_MAX)])?;
    let mut found = Vec::with_capacity(range.limit);
    while found.len() < range.limit {
        let Some(row) = rows.next()? else { return Ok(None) };
        let Some(log) = by_key.get(&row.get::<_, i64>(4)?) else { continue };
        let (seq, at) = (number(row, 1)?, number(row, 3)?);
        let is_in_time =
            range.start.is_none_or(|start| at >= start.0) && range.end.is_none_or(|end| at <= end.0);
        if seq >= log.visible_from && is_in_time && is_of_kind(range.kinds, row.get(2)?) {
            found.push((**log, seq));
        }
    }
    if range.side == ArchiveSide::Newest {
        found.reverse();
    }
    Ok(Some(found))
}

//! Many logs seen as one, without a second copy of anything.
//!
//! A log is in the order of its places and of its offsets alike, so what a range has of it is found by
//! halving. The logs are then gone through in the order of the best that each can offer, until the next
//! one has nothing better than what is already there.

mod merge;
mod span;
mod window;

use super::{
    SqliteStore,
    codec::{self, ACCOUNT, Source, number, uuid},
    event_log::consistently,
    views,
};
use async_trait::async_trait;
use merge::Merge;
use parlance_core::{
    conversation::Kind,
    id::{ConversationId, Epoch, EventId, PrincipalId, Seq},
};
use parlance_hub::ports::{Archive, ArchiveRange, ArchiveScope, ArchivedEvent, StoreError};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use span::Span;

#[async_trait]
impl Archive for SqliteStore {
    async fn archive(
        &self,
        who: PrincipalId,
        scope: ArchiveScope,
        range: ArchiveRange,
    ) -> Result<Option<Vec<ArchivedEvent>>, StoreError> {
        self.readers.read(move |c| consistently(c, |c| page(c, who, scope, &range))).await
    }

    async fn archived(
        &self,
        who: PrincipalId,
        scope: ArchiveScope,
        ids: &[EventId],
    ) -> Result<Vec<ArchivedEvent>, StoreError> {
        let ids = ids.to_vec();
        self.readers.read(move |c| consistently(c, |c| by_ids(c, who, scope, &ids))).await
    }
}

/// A log as far as somebody may see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Log {
    source: Source,
    kind: Kind,
    visible_from: u64,
    head: u64,
    head_offset: u64,
    last_at: u64,
}

/// What [`Log::from_row`] reads, of conversations `c` and members `m`.
macro_rules! log_columns {
    () => {
        "c.key, c.id, c.epoch, c.kind, m.visible_from, c.head, c.head_offset, c.last_at"
    };
}

/// How many columns [`log_columns`] are.
const LOG_COLUMNS: usize = 8;

impl Log {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let (key, id, epoch) = (row.get(0)?, ConversationId(uuid(row, 1)?), Epoch(row.get(2)?));
        Ok(Self {
            source: Source { key, id, epoch },
            kind: codec::kind(row, 3)?,
            visible_from: number(row, 4)?,
            head: number(row, 5)?,
            head_offset: number(row, 6)?,
            last_at: number(row, 7)?,
        })
    }

    fn is_in(&self, scope: ArchiveScope) -> bool {
        match scope {
            ArchiveScope::Personal => matches!(self.kind, Kind::Direct | Kind::Notes),
            ArchiveScope::Conversation(id) => self.source.id == id && self.kind != Kind::Account,
        }
    }
}

fn page(
    connection: &Connection,
    who: PrincipalId,
    scope: ArchiveScope,
    range: &ArchiveRange,
) -> Result<Option<Vec<ArchivedEvent>>> {
    let logs = match scope {
        ArchiveScope::Personal => personal(connection, who)?,
        ArchiveScope::Conversation(id) => match one(connection, who, id)? {
            Some(log) => vec![log],
            None => return Ok(None),
        },
    };
    let near = match scope {
        ArchiveScope::Personal => window::find(connection, &logs, range)?,
        ArchiveScope::Conversation(_) => None,
    };
    let places = match near {
        Some(places) => places,
        None => merge(connection, logs, range)?,
    };
    places.into_iter().map(|(log, seq)| load(connection, who, &log, seq)).collect::<Result<_>>().map(Some)
}

/// The logs and places of a page, oldest first.
fn merge(connection: &Connection, logs: Vec<Log>, range: &ArchiveRange) -> Result<Vec<(Log, u64)>> {
    let mut spans = Vec::with_capacity(logs.len());
    for log in logs {
        spans.extend(Span::of(connection, log, range)?);
    }
    let mut merge = Merge::new(range);
    merge.run(connection, spans)?;
    Ok(merge.into_places())
}

fn personal(connection: &Connection, who: PrincipalId) -> Result<Vec<Log>> {
    connection
        .prepare_cached(concat!(
            "SELECT ",
            log_columns!(),
            " FROM members m JOIN conversations c ON c.key = m.conversation
              WHERE m.principal = ?1 AND m.left_offset IS NULL AND c.kind IN (1, 4)"
        ))?
        .query_map([who.0.as_bytes()], Log::from_row)?
        .collect()
}

fn one(connection: &Connection, who: PrincipalId, id: ConversationId) -> Result<Option<Log>> {
    connection
        .prepare_cached(concat!(
            "SELECT ",
            log_columns!(),
            " FROM conversations c JOIN members m ON m.conversation = c.key
              WHERE c.id = ?2 AND m.principal = ?1 AND m.left_offset IS NULL AND c.kind <> ?3"
        ))?
        .query_row(params![who.0.as_bytes(), id.0.as_bytes(), ACCOUNT], Log::from_row)
        .optional()
}

fn by_ids(
    connection: &Connection,
    who: PrincipalId,
    scope: ArchiveScope,
    ids: &[EventId],
) -> Result<Vec<ArchivedEvent>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        log_columns!(),
        ", e.seq FROM events e JOIN conversations c ON c.key = e.conversation
          JOIN members m ON m.conversation = c.key AND m.principal = ?1 AND m.left_offset IS NULL
          WHERE e.id = ?2"
    ))?;
    let mut events = Vec::new();
    for id in ids {
        let found = statement
            .query_row(params![who.0.as_bytes(), id.0.as_bytes()], |row| {
                Ok((Log::from_row(row)?, number(row, LOG_COLUMNS)?))
            })
            .optional()?;
        if let Some((log, seq)) = found.filter(|(log, seq)| log.is_in(scope) && *seq >= log.visible_from) {
            events.push(load(connection, who, &log, seq)?);
        }
    }
    events.sort_by_key(|event| event.folded.event.offset);
    events.dedup_by_key(|event| event.folded.event.offset);
    Ok(events)
}

fn load(connection: &Connection, who: PrincipalId, log: &Log, seq: u64) -> Result<ArchivedEvent> {
    let folded = views::by_place(connection, log.source, Seq(seq))?;
    let peer = match log.kind {
        Kind::Direct => views::peer(connection, who, log.source.key)?,
        _ => None,
    };
    let folded = folded.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(ArchivedEvent { folded, peer })
}

#[cfg(test)]
mod tests;

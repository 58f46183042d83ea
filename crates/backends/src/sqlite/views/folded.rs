//! Events together with what has become of them.

use crate::sqlite::codec::{self, EVENT_COLUMNS, Source, n, number, optional_json, uuid};
use parlance_core::{
    event::Offset,
    fold::Fold,
    id::{ConversationId, Epoch, PrincipalId, Seq, UnixMillis},
    poll::Ballot,
};
use parlance_hub::ports::FoldedEvent;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Result, Row};
use smol_str::SmolStr;
use std::sync::Arc;

/// What a query for folded events begins with; the conditions follow. Events are `e`, folds `f`.
macro_rules! select_folded {
    ($($rest:expr),+) => {
        concat!(
            "SELECT ",
            $crate::sqlite::codec::event_columns!(),
            ", f.edited, f.edited_at, f.replies, f.reactions, f.pinned_offset IS NOT NULL, f.changed, ",
            "f.votes, f.is_closed, f.acknowledged ",
            "FROM events e LEFT JOIN folds f ON f.conversation = e.conversation AND f.seq = e.seq ",
            $($rest),+
        )
    };
}
pub(super) use select_folded;

/// Runs a query that begins with [`select_folded`].
pub(super) fn query(
    connection: &Connection,
    source: Source,
    sql: &str,
    parameters: impl Params,
) -> Result<Vec<FoldedEvent>> {
    let mut reactions = Reactions { connection, statement: None };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(from_row(row, source, &mut reactions)?);
    }
    Ok(events)
}

/// The event at a place, with what has become of it.
pub(in crate::sqlite) fn by_place(
    connection: &Connection,
    source: Source,
    seq: Seq,
) -> Result<Option<FoldedEvent>> {
    let sql = select_folded!("WHERE e.conversation = ?1 AND e.seq = ?2");
    Ok(query(connection, source, sql, [source.key, n(seq.0)])?.into_iter().next())
}

/// The message that was committed with an offset, as it is now; `None` for anything else.
pub(in crate::sqlite) fn by_offset(connection: &Connection, offset: Offset) -> Result<Option<FoldedEvent>> {
    let source = connection
        .prepare_cached(
            "SELECT c.key, c.id, c.epoch FROM events e JOIN conversations c ON c.key = e.conversation
             WHERE e.offset = ?1 AND e.kind = 1 AND e.content IS NOT NULL",
        )?
        .query_row([n(offset.0)], |row| {
            Ok(Source { key: row.get(0)?, id: ConversationId(uuid(row, 1)?), epoch: Epoch(row.get(2)?) })
        })
        .optional()?;
    let Some(source) = source else { return Ok(None) };
    let found = query(connection, source, select_folded!("WHERE e.offset = ?1"), [n(offset.0)])?;
    Ok(found.into_iter().next())
}

fn from_row(row: &Row<'_>, source: Source, reactions: &mut Reactions<'_>) -> Result<FoldedEvent> {
    let event = codec::event(row, source)?;
    let column = |index: usize| EVENT_COLUMNS + index;
    let Some(replies) = codec::optional_number(row, column(2))? else {
        return Ok(FoldedEvent { event: Arc::new(event), fold: None });
    };
    let edited = match optional_json(row, column(0))? {
        Some(body) => Some((body, UnixMillis(number(row, column(1))?))),
        None => None,
    };
    let has_reactions = number(row, column(3))? > 0;
    let mut fold = Fold {
        edited,
        reactions: if has_reactions { reactions.load(source.key, event.seq)? } else { Vec::new() },
        replies,
        is_pinned: row.get(column(4))?,
        changed: Seq(number(row, column(5))?),
        is_closed: row.get(column(7))?,
        ..Fold::default()
    };
    if number(row, column(6))? > 0 {
        fold.votes = votes(reactions.connection, source.key, event.seq)?;
    }
    if number(row, column(8))? > 0 {
        fold.acknowledged = acknowledged(reactions.connection, source.key, event.seq)?;
    }
    let fold = (!fold.is_empty()).then_some(fold);
    Ok(FoldedEvent { event: Arc::new(event), fold })
}

/// What people chose in a poll, in the order in which they did.
fn votes(connection: &Connection, key: i64, seq: Seq) -> Result<Vec<Ballot>> {
    connection
        .prepare_cached(
            "SELECT principal, options FROM votes
             WHERE conversation = ?1 AND target = ?2 AND options IS NOT NULL ORDER BY seq",
        )?
        .query_map([key, n(seq.0)], |row| {
            Ok(Ballot { who: PrincipalId(uuid(row, 0)?), options: codec::json(row, 1)? })
        })?
        .collect()
}

/// Who confirmed a message, in the order in which they did.
fn acknowledged(connection: &Connection, key: i64, seq: Seq) -> Result<Vec<PrincipalId>> {
    connection
        .prepare_cached(
            "SELECT principal FROM acknowledgements WHERE conversation = ?1 AND target = ?2 ORDER BY seq",
        )?
        .query_map([key, n(seq.0)], |row| uuid(row, 0).map(PrincipalId))?
        .collect()
}

/// Asks for reactions only of messages that have some.
struct Reactions<'a> {
    connection: &'a Connection,
    statement: Option<CachedStatement<'a>>,
}

impl Reactions<'_> {
    fn load(&mut self, key: i64, seq: Seq) -> Result<Vec<(SmolStr, Vec<PrincipalId>)>> {
        if self.statement.is_none() {
            self.statement = Some(self.connection.prepare_cached(
                "SELECT emoji, principal FROM reactions WHERE conversation = ?1 AND seq = ?2
                 ORDER BY emoji_offset, emoji, offset",
            )?);
        }
        let Some(statement) = &mut self.statement else { return Ok(Vec::new()) };
        let mut found: Vec<(SmolStr, Vec<PrincipalId>)> = Vec::new();
        let mut rows = statement.query([key, n(seq.0)])?;
        while let Some(row) = rows.next()? {
            let (emoji, who) = (row.get_ref(0)?.as_str()?, PrincipalId(uuid(row, 1)?));
            match found.last_mut().filter(|(last, _)| last == emoji) {
                Some((_, people)) => people.push(who),
                None => found.push((emoji.into(), vec![who])),
            }
        }
        Ok(found)
    }
}

use super::is_deleted;
use crate::sqlite::codec::{self, n};
use parlance_core::{
    event::Event,
    id::{PrincipalId, Seq},
    poll::{AnswerBefore, OptionNumber, Vote},
};
use rusqlite::{Connection, OptionalExtension, Result, params};

/// What somebody has answered to a message by now.
pub(super) fn answer_of(
    connection: &Connection,
    key: i64,
    target: Seq,
    who: PrincipalId,
) -> Result<AnswerBefore> {
    let has_acknowledged = connection
        .prepare_cached(
            "SELECT 1 FROM acknowledgements WHERE conversation = ?1 AND target = ?2 AND principal = ?3",
        )?
        .exists(params![key, n(target.0), who.0.as_bytes()])?;
    Ok(AnswerBefore { chosen: choice_of(connection, key, target, who)?, has_acknowledged })
}

fn choice_of(connection: &Connection, key: i64, target: Seq, who: PrincipalId) -> Result<Vec<OptionNumber>> {
    connection
        .prepare_cached(
            "SELECT options FROM votes
             WHERE conversation = ?1 AND target = ?2 AND principal = ?3 AND options IS NOT NULL",
        )?
        .query_row(params![key, n(target.0), who.0.as_bytes()], |row| codec::json(row, 0))
        .optional()
        .map(Option::unwrap_or_default)
}

/// Puts a vote in the place of what the same person had chosen. One that comes after the poll was closed counts
/// for nothing, but its place is remembered as that of every vote, to be deleted with the poll.
pub(super) fn vote(connection: &Connection, key: i64, event: &Event, target: Seq, vote: &Vote) -> Result<()> {
    if is_deleted(connection, key, n(target.0))? {
        return Ok(());
    }
    let is_late = is_closed(connection, key, target)?;
    let replaced = if is_late { 0 } else { forget_choice(connection, key, target, event.sender)? };
    let counts = !is_late && !vote.options.is_empty();
    connection
        .prepare_cached(
            "INSERT INTO votes (conversation, target, seq, principal, options) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            key,
            n(target.0),
            n(event.seq.0),
            event.sender.0.as_bytes(),
            counts.then(|| codec::to_json(&vote.options)).transpose()?,
        ])?;
    if is_late {
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO folds (conversation, seq, votes, changed) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET votes = votes + ?3, changed = excluded.changed",
        )?
        .execute([key, n(target.0), i64::from(counts) - replaced as i64, n(event.seq.0)])?;
    Ok(())
}

/// Takes no more votes from here on.
pub(super) fn close(connection: &Connection, key: i64, event: &Event, target: Seq) -> Result<()> {
    if is_deleted(connection, key, n(target.0))? {
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO folds (conversation, seq, is_closed, changed) VALUES (?1, ?2, 1, ?3)
             ON CONFLICT DO UPDATE SET is_closed = 1, changed = excluded.changed",
        )?
        .execute([key, n(target.0), n(event.seq.0)])?;
    Ok(())
}

/// Remembers who confirmed a message; doing it again changes nothing.
pub(super) fn acknowledge(connection: &Connection, key: i64, event: &Event, target: Seq) -> Result<()> {
    if is_deleted(connection, key, n(target.0))? {
        return Ok(());
    }
    let added = connection
        .prepare_cached(
            "INSERT OR IGNORE INTO acknowledgements (conversation, target, principal, seq)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![key, n(target.0), event.sender.0.as_bytes(), n(event.seq.0)])?;
    connection
        .prepare_cached(
            "INSERT INTO folds (conversation, seq, acknowledged, changed) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET acknowledged = acknowledged + ?3, changed = excluded.changed",
        )?
        .execute([key, n(target.0), added as i64, n(event.seq.0)])?;
    Ok(())
}

fn is_closed(connection: &Connection, key: i64, target: Seq) -> Result<bool> {
    connection
        .prepare_cached("SELECT is_closed FROM folds WHERE conversation = ?1 AND seq = ?2")?
        .query_row([key, n(target.0)], |row| row.get(0))
        .optional()
        .map(Option::unwrap_or_default)
}

fn forget_choice(connection: &Connection, key: i64, target: Seq, who: PrincipalId) -> Result<usize> {
    connection
        .prepare_cached(
            "UPDATE votes SET options = NULL
             WHERE conversation = ?1 AND target = ?2 AND principal = ?3 AND options IS NOT NULL",
        )?
        .execute(params![key, n(target.0), who.0.as_bytes()])
}

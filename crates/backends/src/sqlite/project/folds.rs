use super::{is_deleted, mentions};
use crate::sqlite::codec::{self, n};
use parlance_core::{
    body::Body,
    event::Event,
    id::{PrincipalId, Seq},
};
use rusqlite::{Connection, OptionalExtension, Result, params};

/// Counts a message in the thread that begins with `root`.
pub(super) fn add_reply(connection: &Connection, key: i64, event: &Event, root: Seq) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO threads (conversation, root, seq) VALUES (?1, ?2, ?3)")?
        .execute([key, n(root.0), n(event.seq.0)])?;
    connection
        .prepare_cached(
            "INSERT INTO folds (conversation, seq, replies, changed) VALUES (?1, ?2, 1, ?3)
             ON CONFLICT DO UPDATE SET replies = replies + 1, changed = excluded.changed",
        )?
        .execute([key, n(root.0), n(event.seq.0)])?;
    Ok(())
}

pub(super) fn edit(connection: &Connection, key: i64, event: &Event, target: Seq, body: &Body) -> Result<()> {
    let Some(author) = live_author(connection, key, target)? else { return Ok(()) };
    connection
        .prepare_cached("INSERT INTO edits (conversation, target, seq) VALUES (?1, ?2, ?3)")?
        .execute([key, n(target.0), n(event.seq.0)])?;
    connection
        .prepare_cached(
            "INSERT INTO folds (conversation, seq, edited, edited_at, changed) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET edited = excluded.edited, edited_at = excluded.edited_at,
                 changed = excluded.changed",
        )?
        .execute(params![key, n(target.0), codec::to_json(body)?, n(event.at.0), n(event.seq.0)])?;
    mentions::remove(connection, key, target)?;
    mentions::add(connection, key, target, author, body)
}

pub(super) fn react(
    connection: &Connection,
    key: i64,
    event: &Event,
    target: Seq,
    emoji: &str,
    added: bool,
) -> Result<()> {
    if is_deleted(connection, key, n(target.0))? {
        return Ok(());
    }
    let changed = if added {
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO reactions (conversation, seq, emoji, principal, offset, emoji_offset)
                 VALUES (?1, ?2, ?3, ?4, ?5, coalesce(
                     (SELECT emoji_offset FROM reactions WHERE conversation = ?1 AND seq = ?2 AND emoji = ?3),
                     ?5))",
            )?
            .execute(params![key, n(target.0), emoji, event.sender.0.as_bytes(), n(event.offset.0)])?
    } else {
        connection
            .prepare_cached(
                "DELETE FROM reactions WHERE conversation = ?1 AND seq = ?2 AND emoji = ?3 AND principal = ?4",
            )?
            .execute(params![key, n(target.0), emoji, event.sender.0.as_bytes()])?
    };
    let change = changed as i64 * if added { 1 } else { -1 };
    connection
        .prepare_cached(
            "INSERT INTO folds (conversation, seq, reactions, changed) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET reactions = reactions + ?3, changed = excluded.changed",
        )?
        .execute([key, n(target.0), change, n(event.seq.0)])?;
    Ok(())
}

pub(super) fn pin(connection: &Connection, key: i64, event: &Event, target: Seq, pinned: bool) -> Result<()> {
    if is_deleted(connection, key, n(target.0))? {
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO folds (conversation, seq, pinned_offset, changed) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET pinned_offset = excluded.pinned_offset, changed = excluded.changed",
        )?
        .execute(params![key, n(target.0), pinned.then_some(n(event.offset.0)), n(event.seq.0)])?;
    Ok(())
}

/// Forgets everything that has become of a message but the answers to it.
pub(super) fn delete(connection: &Connection, key: i64, event: &Event, target: Seq) -> Result<()> {
    let Some(author) = live_author(connection, key, target)? else { return Ok(()) };
    connection
        .prepare_cached("INSERT INTO deleted (conversation, seq, sender) VALUES (?1, ?2, ?3)")?
        .execute(params![key, n(target.0), author.0.as_bytes()])?;
    for sql in [
        "DELETE FROM edits WHERE conversation = ?1 AND target = ?2",
        "DELETE FROM reactions WHERE conversation = ?1 AND seq = ?2",
        "DELETE FROM votes WHERE conversation = ?1 AND target = ?2",
        "DELETE FROM acknowledgements WHERE conversation = ?1 AND target = ?2",
        "DELETE FROM folds WHERE conversation = ?1 AND seq = ?2 AND replies = 0",
    ] {
        connection.prepare_cached(sql)?.execute([key, n(target.0)])?;
    }
    connection
        .prepare_cached(
            "UPDATE folds SET edited = NULL, edited_at = NULL, reactions = 0, pinned_offset = NULL,
                 votes = 0, is_closed = 0, acknowledged = 0, changed = ?3
             WHERE conversation = ?1 AND seq = ?2",
        )?
        .execute([key, n(target.0), n(event.seq.0)])?;
    mentions::remove(connection, key, target)?;
    remove_reply(connection, key, event, target)
}

fn remove_reply(connection: &Connection, key: i64, event: &Event, seq: Seq) -> Result<()> {
    let root: Option<i64> = connection
        .prepare_cached("DELETE FROM threads WHERE conversation = ?1 AND seq = ?2 RETURNING root")?
        .query_row([key, n(seq.0)], |row| row.get(0))
        .optional()?;
    if let Some(root) = root {
        connection
            .prepare_cached(
                "UPDATE folds SET replies = replies - 1, changed = ?3 WHERE conversation = ?1 AND seq = ?2",
            )?
            .execute([key, root, n(event.seq.0)])?;
    }
    Ok(())
}

/// Who wrote a message; `None` when it is none, or was deleted.
fn live_author(connection: &Connection, key: i64, seq: Seq) -> Result<Option<PrincipalId>> {
    connection
        .prepare_cached(
            "SELECT sender FROM events e WHERE conversation = ?1 AND seq = ?2 AND kind = 1 AND NOT EXISTS
                 (SELECT 1 FROM deleted d WHERE d.conversation = e.conversation AND d.seq = e.seq)",
        )?
        .query_row([key, n(seq.0)], |row| codec::uuid(row, 0).map(PrincipalId))
        .optional()
}

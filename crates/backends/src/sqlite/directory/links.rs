use crate::sqlite::codec::{n, optional_number, uuid};
use parlance_core::id::{ConversationId, PrincipalId, UnixMillis};
use parlance_hub::ports::LinkRow;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

/// # Errors
/// When there is no such conversation.
pub(super) fn create(connection: &Connection, link: &LinkRow) -> Result<()> {
    let made = connection
        .prepare_cached(
            "INSERT INTO links (code, domain, conversation, creator, expires_at, uses_left, needs_approval)
             SELECT ?1, domain, key, ?3, ?4, ?5, ?6 FROM conversations WHERE id = ?2",
        )?
        .execute(params![
            link.code,
            link.conversation.0.as_bytes(),
            link.creator.0.as_bytes(),
            link.expires_at.map(|at| n(at.0)),
            link.uses_left,
            link.needs_approval,
        ])?;
    if made == 1 { Ok(()) } else { Err(rusqlite::Error::QueryReturnedNoRows) }
}

const SELECT: &str = "SELECT l.code, c.id, l.creator, l.expires_at, l.uses_left, l.needs_approval
                      FROM links l JOIN conversations c ON c.key = l.conversation";

fn from_row(row: &Row<'_>) -> Result<LinkRow> {
    Ok(LinkRow {
        code: row.get(0)?,
        conversation: ConversationId(uuid(row, 1)?),
        creator: PrincipalId(uuid(row, 2)?),
        expires_at: optional_number(row, 3)?.map(UnixMillis),
        uses_left: row.get(4)?,
        needs_approval: row.get(5)?,
    })
}

pub(super) fn find(connection: &Connection, code: &str) -> Result<Option<LinkRow>> {
    connection.prepare_cached(&format!("{SELECT} WHERE l.code = ?1"))?.query_row([code], from_row).optional()
}

pub(super) fn list(
    connection: &Connection,
    conversation: ConversationId,
    now: UnixMillis,
) -> Result<Vec<LinkRow>> {
    connection
        .prepare_cached(&format!(
            "{SELECT} WHERE c.id = ?1 AND (l.expires_at IS NULL OR l.expires_at > ?2)
                 AND (l.uses_left IS NULL OR l.uses_left > 0)"
        ))?
        .query_map(params![conversation.0.as_bytes(), n(now.0)], from_row)?
        .collect()
}

pub(super) fn revoke(connection: &Connection, conversation: ConversationId, code: &str) -> Result<bool> {
    let removed = connection
        .prepare_cached(
            "DELETE FROM links WHERE code = ?2
                 AND conversation = (SELECT key FROM conversations WHERE id = ?1)",
        )?
        .execute(params![conversation.0.as_bytes(), code])?;
    Ok(removed > 0)
}

pub(super) fn use_once(connection: &Connection, code: &str, now: UnixMillis) -> Result<bool> {
    let used = connection
        .prepare_cached(
            "UPDATE links SET uses_left = uses_left - 1
             WHERE code = ?1 AND (expires_at IS NULL OR expires_at > ?2)
                 AND (uses_left IS NULL OR uses_left > 0)",
        )?
        .execute(params![code, n(now.0)])?;
    Ok(used > 0)
}

pub(super) fn give_back(connection: &Connection, code: &str) -> Result<()> {
    connection
        .prepare_cached("UPDATE links SET uses_left = uses_left + 1 WHERE code = ?1")?
        .execute([code])?;
    Ok(())
}

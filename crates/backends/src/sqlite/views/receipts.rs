use crate::sqlite::codec::{n, number, uuid};
use parlance_core::id::{ConversationId, PrincipalId, Seq};
use parlance_hub::ports::{Delivered, ReceiptRow};
use rusqlite::{Connection, Result, params};

pub(super) fn list(connection: &Connection, conversation: ConversationId) -> Result<Vec<ReceiptRow>> {
    connection
        .prepare_cached(
            "SELECT m.principal, max(m.read, m.furthest_read), coalesce((SELECT max(d.seq) FROM delivered d
                 WHERE d.conversation = m.conversation AND d.principal = m.principal), 0)
             FROM conversations c JOIN members m ON m.conversation = c.key
             WHERE c.id = ?1 AND m.left_offset IS NULL",
        )?
        .query_map([conversation.0.as_bytes()], |row| {
            Ok(ReceiptRow {
                who: PrincipalId(uuid(row, 0)?),
                read: Seq(number(row, 1)?),
                delivered: Seq(number(row, 2)?),
            })
        })?
        .collect()
}

/// Kinds 1 to 5 are what people do; the others are comings and settings.
pub(super) fn undelivered(
    connection: &Connection,
    who: PrincipalId,
    limit: usize,
) -> Result<Vec<(ConversationId, Seq)>> {
    connection
        .prepare_cached(
            "WITH direct AS (
                 SELECT c.key, c.id, c.head, c.head_offset, max(m.read, m.furthest_read, m.visible_from - 1,
                     coalesce((SELECT max(d.seq) FROM delivered d
                               WHERE d.conversation = m.conversation AND d.principal = m.principal), 0)) AS after
                 FROM members m JOIN conversations c ON c.key = m.conversation
                 WHERE m.principal = ?1 AND m.left_offset IS NULL AND c.kind = 1)
             SELECT d.id, d.after FROM direct d
             WHERE d.after < d.head AND EXISTS (SELECT 1 FROM events e WHERE e.conversation = d.key
                 AND e.seq > d.after AND e.sender <> ?1 AND (e.kind BETWEEN 1 AND 5 OR e.kind = 9))
             ORDER BY d.head_offset DESC LIMIT ?2",
        )?
        .query_map(params![who.0.as_bytes(), n(limit as u64)], |row| {
            Ok((ConversationId(uuid(row, 0)?), Seq(number(row, 1)?)))
        })?
        .collect()
}

/// Never beyond the newest place, whatever a device says.
pub(super) fn set_delivered(connection: &Connection, delivered: &[Delivered]) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO delivered (conversation, principal, device, seq)
         SELECT key, ?2, ?3, min(?4, head) FROM conversations WHERE id = ?1
         ON CONFLICT DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq",
    )?;
    for one in delivered {
        statement.execute(params![
            one.conversation.0.as_bytes(),
            one.who.0.as_bytes(),
            one.device.0.as_bytes(),
            n(one.seq.0)
        ])?;
    }
    Ok(())
}

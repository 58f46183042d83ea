use crate::sqlite::codec::{self, ACCOUNT, n, number, uuid};
use parlance_core::{
    account::Preferences,
    conversation::Kind,
    count::Counts,
    event::Offset,
    id::{ConversationId, Epoch, PrincipalId, Seq, UnixMillis},
};
use parlance_hub::ports::{MembershipRange, MembershipRow};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

/// What [`from_row`] reads.
macro_rules! select_memberships {
    ($rest:expr) => {
        concat!(
            "SELECT c.key, c.ordinal, c.id, c.kind, c.settings, c.epoch, c.head, c.head_offset, c.last_at, ",
            "c.members_count, m.role, m.visible_from, m.read, m.is_muted, m.is_favourite, m.is_hidden, m.draft, ",
            "m.is_mentions_only, m.hidden_at ",
            "FROM members m JOIN conversations c ON c.key = m.conversation ",
            $rest
        )
    };
}

/// A row without what takes queries of its own.
struct Found {
    key: i64,
    ordinal: u64,
    row: MembershipRow,
}

fn from_row(row: &Row<'_>) -> Result<Found> {
    let membership = MembershipRow {
        conversation: ConversationId(uuid(row, 2)?),
        kind: codec::kind(row, 3)?,
        settings: codec::json(row, 4)?,
        epoch: Epoch(row.get(5)?),
        head: Seq(number(row, 6)?),
        head_offset: Offset(number(row, 7)?),
        changed_at: UnixMillis(number(row, 8)?),
        members_count: number(row, 9)?,
        peer: None,
        role: codec::role(row, 10)?,
        visible_from: Seq(number(row, 11)?),
        read: Seq(number(row, 12)?),
        counts: Counts::default(),
        preferences: Preferences {
            muted: row.get(13)?,
            favourite: row.get(14)?,
            hidden: row.get(15)?,
            mentions_only: row.get(17)?,
            hidden_at: Seq(number(row, 18)?),
        },
        draft: row.get(16)?,
    };
    Ok(Found { key: row.get(0)?, ordinal: number(row, 1)?, row: membership })
}

pub(super) fn list(
    connection: &Connection,
    who: PrincipalId,
    range: MembershipRange,
) -> Result<Vec<MembershipRow>> {
    let found = connection
        .prepare_cached(select_memberships!(
            "WHERE m.principal = ?1 AND m.left_offset IS NULL AND c.kind <> ?2
                 AND c.head_offset < ?3 AND (c.head_offset > ?4 OR m.changed_offset > ?4)
             ORDER BY c.head_offset DESC LIMIT ?5"
        ))?
        .query_map(
            params![
                who.0.as_bytes(),
                ACCOUNT,
                range.before.map_or(i64::MAX, |offset| n(offset.0)),
                range.changed_after.map_or(-1, |offset| n(offset.0)),
                range.limit as i64,
            ],
            from_row,
        )?
        .collect::<Result<Vec<_>>>()?;
    found.into_iter().map(|found| complete(connection, who, found)).collect()
}

pub(super) fn find(
    connection: &Connection,
    who: PrincipalId,
    conversation: ConversationId,
) -> Result<Option<MembershipRow>> {
    let found = connection
        .prepare_cached(select_memberships!(
            "WHERE c.id = ?1 AND m.principal = ?2 AND m.left_offset IS NULL AND c.kind <> ?3"
        ))?
        .query_row(params![conversation.0.as_bytes(), who.0.as_bytes(), ACCOUNT], from_row)
        .optional()?;
    found.map(|found| complete(connection, who, found)).transpose()
}

pub(super) fn count(connection: &Connection, who: PrincipalId) -> Result<usize> {
    connection
        .prepare_cached(
            "SELECT count(*) FROM members m JOIN conversations c ON c.key = m.conversation
             WHERE m.principal = ?1 AND m.left_offset IS NULL AND c.kind <> ?2",
        )?
        .query_row(params![who.0.as_bytes(), ACCOUNT], |row| number(row, 0).map(|count| count as usize))
}

fn complete(connection: &Connection, who: PrincipalId, found: Found) -> Result<MembershipRow> {
    let mut row = found.row;
    row.counts = counts(connection, who, found.key, found.ordinal, row.read)?;
    if row.kind == Kind::Direct {
        row.peer = peer(connection, who, found.key)?;
    }
    Ok(row)
}

/// The other one of a direct conversation.
pub(in crate::sqlite) fn peer(
    connection: &Connection,
    who: PrincipalId,
    key: i64,
) -> Result<Option<PrincipalId>> {
    connection
        .prepare_cached(
            "SELECT principal FROM members
             WHERE conversation = ?1 AND principal <> ?2 AND left_offset IS NULL LIMIT 1",
        )?
        .query_row(params![key, who.0.as_bytes()], |row| uuid(row, 0).map(PrincipalId))
        .optional()
}

/// What waits to be read, by arithmetic: all messages after the read position, without one's own
/// and without those of others that were deleted.
///
/// The read position is never before the place before the first visible one.
fn counts(connection: &Connection, who: PrincipalId, key: i64, ordinal: u64, read: Seq) -> Result<Counts> {
    let read_ordinal = connection
        .prepare_cached("SELECT ordinal FROM events WHERE conversation = ?1 AND seq = ?2")?
        .query_row([key, n(read.0)], |row| number(row, 0))
        .optional()?
        .unwrap_or(0);
    let after = ordinal.saturating_sub(read_ordinal);
    if after == 0 {
        return Ok(Counts::default());
    }
    let not_waiting: i64 = connection
        .prepare_cached(
            "SELECT (SELECT count(*) FROM events
                     WHERE conversation = ?1 AND sender = ?2 AND seq > ?3 AND kind = 1)
                  + (SELECT count(*) FROM deleted WHERE conversation = ?1 AND seq > ?3 AND sender <> ?2)",
        )?
        .query_row(params![key, who.0.as_bytes(), n(read.0)], |row| row.get(0))?;
    let unread = after.saturating_sub(not_waiting as u64);
    let mentions = if unread == 0 { 0 } else { mentions(connection, who, key, read)? };
    Ok(Counts { unread, mentions })
}

fn mentions(connection: &Connection, who: PrincipalId, key: i64, read: Seq) -> Result<u64> {
    connection
        .prepare_cached(
            "SELECT count(*) FROM (
                 SELECT seq FROM mentions WHERE principal = ?2 AND conversation = ?1 AND seq > ?3
                 UNION
                 SELECT seq FROM mentions_of_all WHERE conversation = ?1 AND seq > ?3 AND sender <> ?2)",
        )?
        .query_row(params![key, who.0.as_bytes(), n(read.0)], |row| number(row, 0))
}

pub(super) fn left_after(
    connection: &Connection,
    who: PrincipalId,
    offset: Offset,
) -> Result<Vec<ConversationId>> {
    connection
        .prepare_cached(
            "SELECT c.id FROM members m JOIN conversations c ON c.key = m.conversation
             WHERE m.principal = ?1 AND m.left_offset > ?2",
        )?
        .query_map(params![who.0.as_bytes(), n(offset.0)], |row| uuid(row, 0).map(ConversationId))?
        .collect()
}

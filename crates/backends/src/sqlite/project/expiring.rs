use crate::sqlite::codec::n;
use parlance_core::{
    event::Event,
    id::{Seq, UnixMillis},
};
use rusqlite::{Connection, OptionalExtension, Result};

/// Notes when a message disappears.
pub(super) fn add(connection: &Connection, key: i64, event: &Event, at: UnixMillis) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO expiring (expires_at, offset, conversation, seq) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute([n(at.0), n(event.offset.0), key, n(event.seq.0)])?;
    Ok(())
}

/// When a message disappears; `None` when it stays, and when it is gone.
pub(super) fn time_of(connection: &Connection, key: i64, seq: Seq) -> Result<Option<UnixMillis>> {
    connection
        .prepare_cached("SELECT expires_at FROM expiring WHERE conversation = ?1 AND seq = ?2")?
        .query_row([key, n(seq.0)], |row| row.get::<_, i64>(0))
        .optional()
        .map(|found| found.map(|at| UnixMillis(at as u64)))
}

/// Forgets the time of a message that is gone.
pub(super) fn remove(connection: &Connection, key: i64, seq: Seq) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM expiring WHERE conversation = ?1 AND seq = ?2")?
        .execute([key, n(seq.0)])?;
    Ok(())
}

use parlance_core::id::DomainId;
use rusqlite::{Connection, OptionalExtension, Result};

pub(super) fn find(connection: &Connection, name: &str) -> Result<Option<DomainId>> {
    connection
        .prepare_cached("SELECT key FROM domains WHERE name = ?1")?
        .query_row([name], |row| row.get(0).map(DomainId))
        .optional()
}

/// Two who ask at once get the same one.
pub(super) fn ensure(connection: &Connection, name: &str) -> Result<DomainId> {
    connection.prepare_cached("INSERT OR IGNORE INTO domains (name) VALUES (?1)")?.execute([name])?;
    find(connection, name)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

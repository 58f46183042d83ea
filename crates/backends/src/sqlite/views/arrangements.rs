use crate::sqlite::codec;
use parlance_core::{arrangement::Arrangement, id::PrincipalId};
use rusqlite::{Connection, OptionalExtension, Result};

/// How somebody has sorted their conversations.
pub(in crate::sqlite) fn arrangement(connection: &Connection, owner: PrincipalId) -> Result<Arrangement> {
    let found = connection
        .prepare_cached("SELECT arrangement FROM arrangements WHERE owner = ?1")?
        .query_row([owner.0.as_bytes()], |row| codec::json(row, 0))
        .optional()?;
    Ok(found.unwrap_or_default())
}

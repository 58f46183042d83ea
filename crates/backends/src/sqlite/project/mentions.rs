use crate::sqlite::codec::n;
use parlance_core::{
    body::Body,
    id::{PrincipalId, Seq},
};
use rusqlite::{Connection, Result, params};

/// Notes whom a message mentions. Nobody mentions themselves.
pub(super) fn add(
    connection: &Connection,
    key: i64,
    seq: Seq,
    sender: PrincipalId,
    body: &Body,
) -> Result<()> {
    for who in body.mentioned_principals() {
        if who != sender {
            connection
                .prepare_cached("INSERT INTO mentions (principal, conversation, seq) VALUES (?1, ?2, ?3)")?
                .execute(params![who.0.as_bytes(), key, n(seq.0)])?;
        }
    }
    if body.mentions_all() {
        connection
            .prepare_cached("INSERT INTO mentions_of_all (conversation, seq, sender) VALUES (?1, ?2, ?3)")?
            .execute(params![key, n(seq.0), sender.0.as_bytes()])?;
    }
    Ok(())
}

/// Forgets whom a message mentions.
pub(super) fn remove(connection: &Connection, key: i64, seq: Seq) -> Result<()> {
    for sql in [
        "DELETE FROM mentions WHERE conversation = ?1 AND seq = ?2",
        "DELETE FROM mentions_of_all WHERE conversation = ?1 AND seq = ?2",
    ] {
        connection.prepare_cached(sql)?.execute([key, n(seq.0)])?;
    }
    Ok(())
}

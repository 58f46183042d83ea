use crate::sqlite::{codec, heads::Head, views::arrangement};
use parlance_core::{arrangement::Rearrangement, event::Event};
use rusqlite::{Connection, Result, params};

/// Sorts the conversations of the sender, whose log it is, in another way.
pub(super) fn fold(
    connection: &Connection,
    head: &Head,
    event: &Event,
    change: &Rearrangement,
) -> Result<()> {
    let mut arrangement = arrangement(connection, event.sender)?;
    arrangement.apply(change);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO arrangements (owner, domain, arrangement) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![event.sender.0.as_bytes(), head.domain.0, codec::to_json(&arrangement)?])?;
    Ok(())
}

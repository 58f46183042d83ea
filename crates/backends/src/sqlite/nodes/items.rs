use super::{publish::remove, rows};
use crate::sqlite::codec::{n, number, uuid};
use parlance_core::id::{PrincipalId, UnixMillis};
use parlance_hub::ports::{Item, Items, NodeKey};
use rusqlite::{Connection, OptionalExtension, Params, Result, params};

pub(super) fn list(connection: &Connection, node: &NodeKey, which: &Items) -> Result<Vec<Item>> {
    let Some(known) = rows::known(connection, node)? else { return Ok(Vec::new()) };
    match which {
        Items::Named(ids) => named(connection, known.key, ids),
        Items::Before(before, limit) => {
            let before = before.map_or(i64::MAX, n);
            let mut items = query(
                connection,
                "WHERE node = ?1 AND place < ?2 ORDER BY place DESC LIMIT ?3",
                params![known.key, before, n(*limit as u64)],
            )?;
            items.reverse();
            Ok(items)
        }
        Items::After(after, limit) => query(
            connection,
            "WHERE node = ?1 AND place > ?2 ORDER BY place LIMIT ?3",
            params![known.key, n(*after), n(*limit as u64)],
        ),
    }
}

fn named(connection: &Connection, key: i64, ids: &[String]) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for id in ids {
        items.extend(query(connection, "WHERE node = ?1 AND id = ?2", params![key, id])?);
    }
    items.sort_unstable_by_key(|item| item.place);
    items.dedup_by_key(|item| item.place);
    Ok(items)
}

fn query(connection: &Connection, condition: &str, parameters: impl Params) -> Result<Vec<Item>> {
    connection
        .prepare_cached(&format!("SELECT id, place, payload, publisher, at FROM node_items {condition}"))?
        .query_map(parameters, |row| {
            Ok(Item {
                id: row.get(0)?,
                place: number(row, 1)?,
                payload: row.get(2)?,
                publisher: PrincipalId(uuid(row, 3)?),
                at: UnixMillis(number(row, 4)?),
            })
        })?
        .collect()
}

pub(super) fn retract(connection: &Connection, node: &NodeKey, ids: &[String]) -> Result<Vec<String>> {
    let Some(known) = rows::known(connection, node)? else { return Ok(Vec::new()) };
    let mut retracted: Vec<(i64, String)> = Vec::new();
    for id in ids {
        let found = connection
            .prepare_cached("SELECT place, bytes FROM node_items WHERE node = ?1 AND id = ?2")?
            .query_row(params![known.key, id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
            .optional()?;
        let Some((place, bytes)) = found else { continue };
        remove(connection, known.key, id)?;
        connection
            .prepare_cached(
                "UPDATE nodes SET items_count = items_count - 1, bytes = bytes - ?2 WHERE key = ?1",
            )?
            .execute(params![known.key, bytes])?;
        retracted.push((place, id.clone()));
    }
    retracted.sort_unstable();
    Ok(retracted.into_iter().map(|(_, id)| id).collect())
}

//! Keeping an item, with everything that follows from it.

use super::rows::{self, Known};
use crate::sqlite::codec::{n, number};
use parlance_hub::ports::{Item, NodeError, Publish, Published};
use rusqlite::{Connection, OptionalExtension, Result, params};

/// An item that makes place, and what it gives back.
struct Outgoing {
    id: String,
    bytes: u64,
}

/// Decides first and writes then, so that a refusal leaves nothing to undo.
pub(super) fn publish(connection: &Connection, publish: &Publish) -> Result<Result<Published, NodeError>> {
    let total = rows::total(connection, publish.node.owner)?;
    let known = rows::known(connection, &publish.node)?;
    let is_new_node = known.is_none();
    if is_new_node && total.nodes >= publish.bounds.nodes_max {
        return Ok(Err(NodeError::TooManyNodes));
    }
    let replaced = match &known {
        Some(known) => find(connection, known.key, &publish.id)?,
        None => None,
    };
    let evicted = match &known {
        Some(known) => evicted(connection, known, publish, replaced.is_some())?,
        None => Vec::new(),
    };
    let item_bytes = Item::cost(&publish.id, &publish.payload);
    let node_bytes = if is_new_node { publish.node.cost(&publish.config) } else { 0 };
    let less = evicted.iter().chain(&replaced).map(|item| item.bytes).sum();
    if let Err(refused) = rows::check_bytes(&total, less, item_bytes + node_bytes, publish.bounds) {
        return Ok(Err(refused));
    }
    let (key, place) = match known {
        Some(known) => (known.key, known.last_place + 1),
        None => match rows::insert(connection, &publish.node, &publish.config)? {
            Some(key) => (key, 1),
            None => return Ok(Err(NodeError::NoOwner)),
        },
    };
    let has_replaced = replaced.is_some();
    let gone = evicted.len() as u64 + u64::from(has_replaced);
    for item in evicted.iter().chain(&replaced) {
        remove(connection, key, &item.id)?;
    }
    insert(connection, key, place, item_bytes, publish)?;
    connection
        .prepare_cached(
            "UPDATE nodes SET last_place = ?2, items_count = items_count + 1 - ?3, bytes = bytes + ?4 - ?5
             WHERE key = ?1",
        )?
        .execute(params![key, n(place), n(gone), n(item_bytes), n(less)])?;
    let evicted = evicted.into_iter().map(|item| item.id).collect();
    Ok(Ok(Published { is_new_node, has_replaced, evicted }))
}

fn find(connection: &Connection, node: i64, id: &str) -> Result<Option<Outgoing>> {
    connection
        .prepare_cached("SELECT id, bytes FROM node_items WHERE node = ?1 AND id = ?2")?
        .query_row(params![node, id], |row| Ok(Outgoing { id: row.get(0)?, bytes: number(row, 1)? }))
        .optional()
}

/// The oldest items that have to go, the one that is replaced not among them.
fn evicted(
    connection: &Connection,
    known: &Known,
    publish: &Publish,
    has_replaced: bool,
) -> Result<Vec<Outgoing>> {
    let count = known.items_count + u64::from(!has_replaced);
    let excess = count.saturating_sub(publish.items_max.max(1) as u64);
    if excess == 0 {
        return Ok(Vec::new());
    }
    connection
        .prepare_cached(
            "SELECT id, bytes FROM node_items WHERE node = ?1 AND id <> ?2 ORDER BY place LIMIT ?3",
        )?
        .query_map(params![known.key, publish.id, n(excess)], |row| {
            Ok(Outgoing { id: row.get(0)?, bytes: number(row, 1)? })
        })?
        .collect()
}

pub(super) fn remove(connection: &Connection, node: i64, id: &str) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM node_items WHERE node = ?1 AND id = ?2")?
        .execute(params![node, id])?;
    Ok(())
}

fn insert(connection: &Connection, node: i64, place: u64, bytes: u64, publish: &Publish) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO node_items (node, place, id, publisher, at, bytes, payload)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            node,
            n(place),
            publish.id,
            publish.publisher.0.as_bytes(),
            n(publish.at.0),
            n(bytes),
            publish.payload,
        ])?;
    Ok(())
}

use super::rows::{self, key_from_row};
use crate::sqlite::codec::{n, number};
use parlance_hub::ports::{NodeBounds, NodeError, NodeKey};
use rusqlite::{Connection, Result, params};

pub(super) fn add(
    connection: &Connection,
    node: &NodeKey,
    subscriber: &str,
    bounds: NodeBounds,
) -> Result<Result<(), NodeError>> {
    let Some(known) = rows::known(connection, node)? else { return Ok(Err(NodeError::NoNode)) };
    let (has_it, count) = connection
        .prepare_cached(
            "SELECT coalesce(max(subscriber = ?2), 0), count(*) FROM node_subscriptions WHERE node = ?1",
        )?
        .query_row(params![known.key, subscriber], |row| {
            Ok((row.get::<_, bool>(0)?, number(row, 1)? as usize))
        })?;
    if has_it {
        return Ok(Ok(()));
    }
    if count >= bounds.subscribers_max {
        return Ok(Err(NodeError::TooManySubscribers));
    }
    let bytes = subscriber.len() as u64;
    if let Err(refused) = rows::check_bytes(&rows::total(connection, node.owner)?, 0, bytes, bounds) {
        return Ok(Err(refused));
    }
    connection
        .prepare_cached("INSERT INTO node_subscriptions (node, subscriber) VALUES (?1, ?2)")?
        .execute(params![known.key, subscriber])?;
    connection
        .prepare_cached("UPDATE nodes SET bytes = bytes + ?2 WHERE key = ?1")?
        .execute(params![known.key, n(bytes)])?;
    Ok(Ok(()))
}

pub(super) fn remove(connection: &Connection, node: &NodeKey, subscriber: &str) -> Result<bool> {
    let Some(known) = rows::known(connection, node)? else { return Ok(false) };
    remove_from(connection, known.key, subscriber)
}

fn remove_from(connection: &Connection, key: i64, subscriber: &str) -> Result<bool> {
    let removed = connection
        .prepare_cached("DELETE FROM node_subscriptions WHERE node = ?1 AND subscriber = ?2")?
        .execute(params![key, subscriber])?;
    if removed > 0 {
        connection
            .prepare_cached("UPDATE nodes SET bytes = bytes - ?2 WHERE key = ?1")?
            .execute(params![key, n(subscriber.len() as u64)])?;
    }
    Ok(removed > 0)
}

pub(super) fn of_node(connection: &Connection, node: &NodeKey) -> Result<Vec<String>> {
    let Some(known) = rows::known(connection, node)? else { return Ok(Vec::new()) };
    connection
        .prepare_cached("SELECT subscriber FROM node_subscriptions WHERE node = ?1 ORDER BY subscriber")?
        .query_map([known.key], |row| row.get(0))?
        .collect()
}

pub(super) fn of_subscriber(connection: &Connection, subscriber: &str) -> Result<Vec<NodeKey>> {
    connection
        .prepare_cached(
            "SELECT n.owner_kind, n.owner, n.name FROM node_subscriptions s JOIN nodes n ON n.key = s.node
             WHERE s.subscriber = ?1 ORDER BY n.owner_kind, n.owner, n.name",
        )?
        .query_map([subscriber], key_from_row)?
        .collect()
}

pub(super) fn erase(connection: &Connection, subscriber: &str) -> Result<()> {
    let keys: Vec<i64> = connection
        .prepare_cached("SELECT node FROM node_subscriptions WHERE subscriber = ?1")?
        .query_map([subscriber], |row| row.get(0))?
        .collect::<Result<_>>()?;
    keys.into_iter().try_for_each(|key| remove_from(connection, key, subscriber).map(drop))
}

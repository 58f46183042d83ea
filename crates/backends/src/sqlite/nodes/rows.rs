//! Nodes as rows, and what they cost their owners.

use crate::sqlite::codec::{self, n, number, uuid};
use parlance_core::id::{ConversationId, PrincipalId};
use parlance_hub::ports::{NodeBounds, NodeError, NodeKey, NodeOwner, NodeRow};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

/// A node as far as writing to it needs.
pub(super) struct Known {
    pub(super) key: i64,
    pub(super) last_place: u64,
    pub(super) items_count: u64,
    pub(super) config_bytes: u64,
}

/// What an owner has.
pub(super) struct Total {
    pub(super) nodes: usize,
    pub(super) bytes: u64,
}

/// The owner as it stands in two columns.
pub(super) fn owner_columns(owner: NodeOwner) -> (i64, [u8; 16]) {
    match owner {
        NodeOwner::Principal(id) => (1, *id.0.as_bytes()),
        NodeOwner::Conversation(id) => (2, *id.0.as_bytes()),
    }
}

/// The node in three columns: kind of owner, owner, name.
pub(super) fn key_from_row(row: &Row<'_>) -> Result<NodeKey> {
    let owner = match row.get::<_, i64>(0)? {
        1 => NodeOwner::Principal(PrincipalId(uuid(row, 1)?)),
        2 => NodeOwner::Conversation(ConversationId(uuid(row, 1)?)),
        other => return Err(codec::unreadable(0, format!("no kind of owner has the number {other}"))),
    };
    Ok(NodeKey { owner, name: row.get(2)? })
}

pub(super) fn known(connection: &Connection, node: &NodeKey) -> Result<Option<Known>> {
    let (kind, owner) = owner_columns(node.owner);
    connection
        .prepare_cached(
            "SELECT key, last_place, items_count, octet_length(config) FROM nodes
             WHERE owner_kind = ?1 AND owner = ?2 AND name = ?3",
        )?
        .query_row(params![kind, owner, node.name], |row| {
            Ok(Known {
                key: row.get(0)?,
                last_place: number(row, 1)?,
                items_count: number(row, 2)?,
                config_bytes: number(row, 3)?,
            })
        })
        .optional()
}

pub(super) fn total(connection: &Connection, owner: NodeOwner) -> Result<Total> {
    let (kind, owner) = owner_columns(owner);
    connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(bytes), 0) FROM nodes WHERE owner_kind = ?1 AND owner = ?2",
        )?
        .query_row(params![kind, owner], |row| {
            Ok(Total { nodes: number(row, 0)? as usize, bytes: number(row, 1)? })
        })
}

/// Refuses what would make an owner's bytes more than there may be. What makes them less is never
/// refused, also where the bound was lowered.
pub(super) fn check_bytes(total: &Total, less: u64, more: u64, bounds: NodeBounds) -> Result<(), NodeError> {
    let is_too_much = (total.bytes + more).saturating_sub(less) > bounds.bytes_max;
    if is_too_much && more > less { Err(NodeError::TooManyBytes) } else { Ok(()) }
}

/// Makes a node that is not there; its key, or `None` when there is no such owner.
pub(super) fn insert(connection: &Connection, node: &NodeKey, config: &str) -> Result<Option<i64>> {
    let (kind, owner) = owner_columns(node.owner);
    connection
        .prepare_cached(
            "INSERT INTO nodes (owner_kind, owner, domain, name, config, bytes)
             SELECT ?1, ?2, domain, ?3, ?4, ?5 FROM
                 (SELECT domain FROM principals WHERE ?1 = 1 AND id = ?2
                  UNION ALL SELECT domain FROM conversations WHERE ?1 = 2 AND id = ?2)
             RETURNING key",
        )?
        .query_row(params![kind, owner, node.name, config, n(node.cost(config))], |row| row.get(0))
        .optional()
}

pub(super) fn create(
    connection: &Connection,
    node: &NodeKey,
    config: &str,
    bounds: NodeBounds,
) -> Result<Result<(), NodeError>> {
    if known(connection, node)?.is_some() {
        return Ok(Err(NodeError::Exists));
    }
    let total = total(connection, node.owner)?;
    if total.nodes >= bounds.nodes_max {
        return Ok(Err(NodeError::TooManyNodes));
    }
    if let Err(refused) = check_bytes(&total, 0, node.cost(config), bounds) {
        return Ok(Err(refused));
    }
    Ok(insert(connection, node, config)?.map(drop).ok_or(NodeError::NoOwner))
}

pub(super) fn configure(
    connection: &Connection,
    node: &NodeKey,
    config: &str,
    bounds: NodeBounds,
) -> Result<Result<(), NodeError>> {
    let Some(known) = known(connection, node)? else { return Ok(Err(NodeError::NoNode)) };
    let total = total(connection, node.owner)?;
    let bytes = config.len() as u64;
    if let Err(refused) = check_bytes(&total, known.config_bytes, bytes, bounds) {
        return Ok(Err(refused));
    }
    connection
        .prepare_cached("UPDATE nodes SET config = ?2, bytes = bytes - ?3 + ?4 WHERE key = ?1")?
        .execute(params![known.key, config, n(known.config_bytes), n(bytes)])?;
    Ok(Ok(()))
}

pub(super) fn find(connection: &Connection, node: &NodeKey) -> Result<Option<NodeRow>> {
    let (kind, owner) = owner_columns(node.owner);
    connection
        .prepare_cached(
            "SELECT owner_kind, owner, name, config, items_count FROM nodes
             WHERE owner_kind = ?1 AND owner = ?2 AND name = ?3",
        )?
        .query_row(params![kind, owner, node.name], from_row)
        .optional()
}

pub(super) fn list(connection: &Connection, owner: NodeOwner) -> Result<Vec<NodeRow>> {
    let (kind, owner) = owner_columns(owner);
    connection
        .prepare_cached(
            "SELECT owner_kind, owner, name, config, items_count FROM nodes
             WHERE owner_kind = ?1 AND owner = ?2 ORDER BY name",
        )?
        .query_map(params![kind, owner], from_row)?
        .collect()
}

fn from_row(row: &Row<'_>) -> Result<NodeRow> {
    Ok(NodeRow { key: key_from_row(row)?, config: row.get(3)?, items_count: number(row, 4)? as usize })
}

pub(super) fn purge(connection: &Connection, node: &NodeKey) -> Result<bool> {
    let Some(known) = known(connection, node)? else { return Ok(false) };
    connection
        .prepare_cached(
            "UPDATE nodes SET items_count = 0, bytes = bytes -
                 (SELECT coalesce(sum(i.bytes), 0) FROM node_items i WHERE i.node = ?1) WHERE key = ?1",
        )?
        .execute([known.key])?;
    connection.prepare_cached("DELETE FROM node_items WHERE node = ?1")?.execute([known.key])?;
    Ok(true)
}

pub(super) fn delete(connection: &Connection, node: &NodeKey) -> Result<bool> {
    let Some(known) = known(connection, node)? else { return Ok(false) };
    delete_with_contents(connection, known.key)?;
    Ok(true)
}

pub(super) fn erase(connection: &Connection, owner: NodeOwner) -> Result<()> {
    let (kind, owner) = owner_columns(owner);
    let keys: Vec<i64> = connection
        .prepare_cached("SELECT key FROM nodes WHERE owner_kind = ?1 AND owner = ?2")?
        .query_map(params![kind, owner], |row| row.get(0))?
        .collect::<Result<_>>()?;
    keys.into_iter().try_for_each(|key| delete_with_contents(connection, key))
}

fn delete_with_contents(connection: &Connection, key: i64) -> Result<()> {
    connection.prepare_cached("DELETE FROM node_items WHERE node = ?1")?.execute([key])?;
    connection.prepare_cached("DELETE FROM node_subscriptions WHERE node = ?1")?.execute([key])?;
    connection.prepare_cached("DELETE FROM nodes WHERE key = ?1")?.execute([key])?;
    Ok(())
}

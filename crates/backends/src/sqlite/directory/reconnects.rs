use super::devices::{self, DEVICE_COLUMNS, device_columns, meant};
use crate::sqlite::codec::{json, optional_json, to_json, uuid};
use parlance_core::{
    id::{DeviceId, PrincipalId, UnixMillis},
    principal::Device,
};
use parlance_hub::ports::{Devices, ReconnectToken, Reconnects};
use rusqlite::{Connection, OptionalExtension, Result, params};

pub(super) fn issue(
    connection: &Connection,
    device: DeviceId,
    mechanism: &str,
    at: UnixMillis,
    works_from: UnixMillis,
) -> Result<Option<ReconnectToken>> {
    let Some(mut reconnects) = load(connection, device)? else { return Ok(None) };
    let token = reconnects.issue(mechanism, at, works_from);
    keep(connection, device, &reconnects)?;
    Ok(Some(token))
}

pub(super) fn note_used(connection: &Connection, device: DeviceId, number: u64) -> Result<bool> {
    let Some(mut reconnects) = load(connection, device)? else { return Ok(false) };
    let works = reconnects.note_used(number);
    if works {
        keep(connection, device, &reconnects)?;
    }
    Ok(works)
}

pub(super) fn end(connection: &Connection, owner: PrincipalId, which: Devices) -> Result<()> {
    let (condition, device) = meant(which);
    let sql = format!("SELECT id FROM devices WHERE owner = ?1 AND reconnects IS NOT NULL AND {condition}");
    let ids: Vec<DeviceId> = connection
        .prepare_cached(&sql)?
        .query_map(params![owner.0.as_bytes(), device], |row| uuid(row, 0).map(DeviceId))?
        .collect::<Result<_>>()?;
    for id in ids {
        let mut reconnects = load(connection, id)?.unwrap_or_default();
        reconnects.end_all();
        keep(connection, id, &reconnects)?;
    }
    Ok(())
}

pub(super) fn list(connection: &Connection, owner: PrincipalId) -> Result<Vec<(Device, Reconnects)>> {
    connection
        .prepare_cached(concat!(
            "SELECT ",
            device_columns!(),
            ", v.reconnects FROM devices v WHERE v.owner = ?1 AND v.reconnects IS NOT NULL"
        ))?
        .query_map([owner.0.as_bytes()], |row| Ok((devices::from_row(row)?, json(row, DEVICE_COLUMNS)?)))?
        .collect()
}

/// `None` when there is no such device.
fn load(connection: &Connection, device: DeviceId) -> Result<Option<Reconnects>> {
    let found = connection
        .prepare_cached("SELECT reconnects FROM devices WHERE id = ?1")?
        .query_row([device.0.as_bytes()], |row| optional_json(row, 0))
        .optional()?;
    Ok(found.map(Option::unwrap_or_default))
}

fn keep(connection: &Connection, device: DeviceId, reconnects: &Reconnects) -> Result<()> {
    connection
        .prepare_cached("UPDATE devices SET reconnects = ?2 WHERE id = ?1")?
        .execute(params![device.0.as_bytes(), to_json(reconnects)?])?;
    Ok(())
}

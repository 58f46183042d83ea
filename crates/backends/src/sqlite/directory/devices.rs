use super::principals::{self, principal_columns};
use crate::sqlite::codec::{n, number, optional_number, uuid};
use parlance_core::{
    id::{DeviceId, PrincipalId, UnixMillis},
    principal::{Device, DeviceKey, Principal},
};
use parlance_hub::ports::{Devices, TokenHash};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

/// What [`from_row`] reads.
macro_rules! device_columns {
    () => {
        "v.id, v.owner, v.name, v.created_at, v.last_seen_at, v.key"
    };
}
pub(super) use device_columns;

/// How many columns [`device_columns`] are.
pub(super) const DEVICE_COLUMNS: usize = 6;

/// A device without a token has its own id in the place of the hash, which no token has.
pub(super) fn create(connection: &Connection, device: &Device, token: Option<&TokenHash>) -> Result<()> {
    let token = token.map_or(&device.id.0.as_bytes()[..], |token| &token.0[..]);
    connection
        .prepare_cached(
            "INSERT INTO devices (id, domain, owner, name, created_at, last_seen_at, token, key)
             VALUES (?1, (SELECT domain FROM principals WHERE id = ?2), ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            device.id.0.as_bytes(),
            device.owner.0.as_bytes(),
            device.name,
            n(device.created_at.0),
            n(device.last_seen_at.0),
            token,
            device.key.as_ref().map(DeviceKey::as_str),
        ])?;
    note_seen(connection, device.id, device.last_seen_at)
}

pub(super) fn find_keyed(
    connection: &Connection,
    owner: PrincipalId,
    key: Option<&DeviceKey>,
) -> Result<Option<Device>> {
    connection
        .prepare_cached(concat!(
            "SELECT ",
            device_columns!(),
            " FROM devices v WHERE v.owner = ?1 AND v.key = ?2"
        ))?
        .query_row(params![owner.0.as_bytes(), key.map(DeviceKey::as_str)], from_row)
        .optional()
}

pub(super) fn ensure_keyed(connection: &Connection, device: &Device) -> Result<Device> {
    if let Some(known) = find_keyed(connection, device.owner, device.key.as_ref())? {
        return Ok(known);
    }
    create(connection, device, None)?;
    Ok(device.clone())
}

pub(super) fn from_row(row: &Row<'_>) -> Result<Device> {
    Ok(Device {
        id: DeviceId(uuid(row, 0)?),
        owner: PrincipalId(uuid(row, 1)?),
        name: row.get(2)?,
        created_at: UnixMillis(number(row, 3)?),
        last_seen_at: UnixMillis(number(row, 4)?),
        key: row.get_ref(5)?.as_str_or_null()?.and_then(DeviceKey::new),
    })
}

/// What reads devices with their owners, as [`owned_from_row`] expects them.
macro_rules! owned_devices {
    ($which:literal) => {
        concat!(
            "SELECT ",
            device_columns!(),
            ", ",
            principal_columns!(),
            " FROM devices v JOIN principals p ON p.id = v.owner JOIN domains d ON d.key = p.domain WHERE ",
            $which
        )
    };
}

fn owned_from_row(row: &Row<'_>) -> Result<(Device, Principal)> {
    Ok((from_row(row)?, principals::from_row(row, DEVICE_COLUMNS)?))
}

pub(super) fn find(connection: &Connection, token: &TokenHash) -> Result<Option<(Device, Principal)>> {
    let mut statement = connection.prepare_cached(owned_devices!("v.token = ?1"))?;
    statement.query_row([token.0], owned_from_row).optional()
}

pub(super) fn load(
    connection: &Connection,
    owner: PrincipalId,
    device: DeviceId,
) -> Result<Option<(Device, Principal)>> {
    let mut statement = connection.prepare_cached(owned_devices!("v.id = ?1 AND v.owner = ?2"))?;
    statement.query_row([device.0.as_bytes(), owner.0.as_bytes()], owned_from_row).optional()
}

pub(super) fn list(connection: &Connection, owner: PrincipalId) -> Result<Vec<Device>> {
    connection
        .prepare_cached(concat!(
            "SELECT ",
            device_columns!(),
            " FROM devices v WHERE v.owner = ?1 ORDER BY v.created_at DESC, v.id DESC"
        ))?
        .query_map([owner.0.as_bytes()], from_row)?
        .collect()
}

pub(super) fn revoke(connection: &Connection, owner: PrincipalId, which: Devices) -> Result<Vec<DeviceId>> {
    let (condition, device) = meant(which);
    connection
        .prepare_cached(&format!("DELETE FROM devices WHERE owner = ?1 AND {condition} RETURNING id"))?
        .query_map(params![owner.0.as_bytes(), device], |row| uuid(row, 0).map(DeviceId))?
        .collect()
}

/// The condition on which a device is meant, and the second parameter of the query.
pub(super) fn meant(which: Devices) -> (&'static str, Option<[u8; 16]>) {
    match which {
        Devices::One(device) => ("id = ?2", Some(*device.0.as_bytes())),
        Devices::AllBut(device) => ("id <> ?2", Some(*device.0.as_bytes())),
        Devices::All => ("?2 IS NULL", None),
    }
}

pub(super) fn touch(connection: &Connection, seen: &[(DeviceId, UnixMillis)]) -> Result<()> {
    let mut update =
        connection.prepare_cached("UPDATE devices SET last_seen_at = max(last_seen_at, ?2) WHERE id = ?1")?;
    for (device, at) in seen {
        update.execute(params![device.0.as_bytes(), n(at.0)])?;
        note_seen(connection, *device, *at)?;
    }
    Ok(())
}

/// Stands with the owner too, so that it outlives the device.
fn note_seen(connection: &Connection, device: DeviceId, at: UnixMillis) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE principals SET last_seen_at = max(coalesce(last_seen_at, 0), ?2)
             WHERE id = (SELECT owner FROM devices WHERE id = ?1)",
        )?
        .execute(params![device.0.as_bytes(), n(at.0)])?;
    Ok(())
}

pub(super) fn last_seen(connection: &Connection, owner: PrincipalId) -> Result<Option<UnixMillis>> {
    connection
        .prepare_cached("SELECT last_seen_at FROM principals WHERE id = ?1")?
        .query_row([owner.0.as_bytes()], |row| Ok(optional_number(row, 0)?.map(UnixMillis)))
        .optional()
        .map(Option::flatten)
}

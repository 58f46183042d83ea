use super::{
    SqliteStore,
    codec::{n, number, uuid},
};
use async_trait::async_trait;
use parlance_core::id::{DeviceId, PrincipalId, UnixMillis};
use parlance_hub::ports::{NewPush, Push, PushKey, PushSettled, Pushes, StoreError, retry_at};
use rusqlite::{Connection, Result, Row, params};

#[async_trait]
impl Pushes for SqliteStore {
    async fn enable_push(&self, new: NewPush) -> Result<bool, StoreError> {
        self.write(move |connection| enable(connection, &new)).await
    }

    async fn disable_pushes(
        &self,
        owner: PrincipalId,
        service: &str,
        node: Option<&str>,
    ) -> Result<(), StoreError> {
        let (service, node) = (service.to_owned(), node.map(str::to_owned));
        self.write(move |connection| {
            let sql = "DELETE FROM pushes WHERE owner = ?1 AND service = ?2 AND (?3 IS NULL OR node = ?3)";
            connection.prepare_cached(sql)?.execute(params![owner.0.as_bytes(), service, node]).map(drop)
        })
        .await
    }

    async fn push_devices(
        &self,
        owner: Option<PrincipalId>,
    ) -> Result<Vec<(PrincipalId, DeviceId)>, StoreError> {
        self.readers.read(move |connection| devices(connection, owner)).await
    }

    async fn ask_pushes(&self, devices: &[DeviceId]) -> Result<(), StoreError> {
        if devices.is_empty() {
            return Ok(());
        }
        let devices = devices.to_vec();
        self.write(move |connection| {
            let mut ask =
                connection.prepare_cached("UPDATE pushes SET asked = asked + 1 WHERE device = ?1")?;
            devices.iter().try_for_each(|device| ask.execute([device.0.as_bytes()]).map(drop))
        })
        .await
    }

    async fn claim_pushes(
        &self,
        server: &str,
        now: UnixMillis,
        limit: usize,
    ) -> Result<Vec<Push>, StoreError> {
        let (asked, claimed) = (server.to_owned(), server.to_owned());
        // Who looks often mostly finds nothing, which must not cost a transaction.
        if self.readers.read(move |connection| due(connection, &asked, now, 1)).await?.is_empty() {
            return Ok(Vec::new());
        }
        self.write(move |connection| claim(connection, &claimed, now, limit)).await
    }

    async fn settle_push(&self, key: &PushKey, settled: PushSettled) -> Result<(), StoreError> {
        let key = key.clone();
        self.write(move |connection| settle(connection, &key, settled)).await
    }

    async fn count_waiting_pushes(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM pushes WHERE asked > told";
        self.readers.read(|connection| connection.query_row(sql, [], |row| number(row, 0))).await
    }
}

fn enable(connection: &Connection, new: &NewPush) -> Result<bool> {
    let PushKey { owner, service, node } = &new.key;
    let (owner, device) = (owner.0.as_bytes(), new.device.0.as_bytes());
    let may: bool = connection
        .prepare_cached(
            "SELECT count(*) < ?5 AND coalesce(sum(device = ?2), 0) < ?6
                 AND EXISTS (SELECT 1 FROM devices WHERE id = ?2 AND owner = ?1)
             FROM pushes WHERE owner = ?1 AND NOT (service = ?3 AND node = ?4)",
        )?
        .query_row(
            params![owner, device, service, node, n(new.owner_max as u64), n(new.device_max as u64)],
            |row| row.get(0),
        )?;
    if may {
        connection
            .prepare_cached(
                "INSERT INTO pushes (owner, service, node, device, server, options)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET device = excluded.device, server = excluded.server,
                     options = excluded.options, tries = 0, due_at = 0",
            )?
            .execute(params![owner, service, node, device, new.server, new.options])?;
    }
    Ok(may)
}

fn devices(connection: &Connection, owner: Option<PrincipalId>) -> Result<Vec<(PrincipalId, DeviceId)>> {
    connection
        .prepare_cached(
            "SELECT DISTINCT owner, device FROM pushes WHERE ?1 IS NULL OR owner = ?1 ORDER BY 1, 2",
        )?
        .query_map([owner.map(|owner| *owner.0.as_bytes())], |row| {
            Ok((PrincipalId(uuid(row, 0)?), DeviceId(uuid(row, 1)?)))
        })?
        .collect()
}

fn due(connection: &Connection, server: &str, now: UnixMillis, limit: usize) -> Result<Vec<Push>> {
    connection
        .prepare_cached(
            "SELECT owner, service, node, device, options, asked, tries FROM pushes
             WHERE server = ?1 AND asked > told AND due_at <= ?2 ORDER BY due_at LIMIT ?3",
        )?
        .query_map(params![server, n(now.0), limit as i64], from_row)?
        .collect()
}

fn from_row(row: &Row<'_>) -> Result<Push> {
    Ok(Push {
        key: PushKey { owner: PrincipalId(uuid(row, 0)?), service: row.get(1)?, node: row.get(2)? },
        device: DeviceId(uuid(row, 3)?),
        options: row.get(4)?,
        asked: number(row, 5)?,
        tries: row.get(6)?,
    })
}

fn claim(connection: &Connection, server: &str, now: UnixMillis, limit: usize) -> Result<Vec<Push>> {
    let due = due(connection, server, now, limit)?;
    let mut take = connection.prepare_cached(
        "UPDATE pushes SET due_at = ?4, tries = tries + 1 WHERE owner = ?1 AND service = ?2 AND node = ?3",
    )?;
    for push in &due {
        let PushKey { owner, service, node } = &push.key;
        take.execute(params![owner.0.as_bytes(), service, node, n(retry_at(now, push.tries).0)])?;
    }
    Ok(due)
}

fn settle(connection: &Connection, key: &PushKey, settled: PushSettled) -> Result<()> {
    let PushKey { owner, service, node } = key;
    let owner = owner.0.as_bytes();
    match settled {
        PushSettled::Ended => connection
            .prepare_cached("DELETE FROM pushes WHERE owner = ?1 AND service = ?2 AND node = ?3")?
            .execute(params![owner, service, node]),
        PushSettled::Done { asked } => connection
            .prepare_cached(
                "UPDATE pushes SET told = max(told, ?4), tries = 0, due_at = 0
                 WHERE owner = ?1 AND service = ?2 AND node = ?3",
            )?
            .execute(params![owner, service, node, n(asked)]),
    }
    .map(drop)
}

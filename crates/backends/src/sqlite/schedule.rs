use super::{
    SqliteStore,
    codec::{json, n, number, optional_json, optional_number, to_json, unreadable, uuid},
};
use async_trait::async_trait;
use parlance_core::id::{ClientRef, ConversationId, DeviceId, PrincipalId, UnixMillis};
use parlance_hub::ports::{
    Schedule, Scheduled, ScheduledChange, ScheduledId, ScheduledRefusal, ScheduledState, StoreError,
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

/// What [`from_row`] reads.
macro_rules! columns {
    () => {
        "id, owner, device, conversation, client_ref, due_at, message, refused, taken_until"
    };
}

macro_rules! select_scheduled {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM scheduled WHERE ", $rest)
    };
}

#[async_trait]
impl Schedule for SqliteStore {
    async fn keep_scheduled(
        &self,
        scheduled: Scheduled,
        owner_max: usize,
    ) -> Result<Option<Scheduled>, StoreError> {
        self.write(move |connection| keep(connection, &scheduled, owner_max)).await
    }

    async fn list_scheduled(&self, owner: PrincipalId) -> Result<Vec<Scheduled>, StoreError> {
        self.readers
            .read(move |connection| {
                connection
                    .prepare_cached(select_scheduled!("owner = ?1 ORDER BY due_at, id"))?
                    .query_map([owner.0.as_bytes()], from_row)?
                    .collect()
            })
            .await
    }

    async fn find_scheduled(
        &self,
        owner: PrincipalId,
        id: ScheduledId,
    ) -> Result<Option<Scheduled>, StoreError> {
        self.readers
            .read(move |connection| {
                let mut find = connection.prepare_cached(select_scheduled!("owner = ?1 AND id = ?2"))?;
                find.query_row([owner.0.as_bytes(), id.0.as_bytes()], from_row).optional()
            })
            .await
    }

    async fn change_scheduled(
        &self,
        owner: PrincipalId,
        id: ScheduledId,
        change: ScheduledChange,
    ) -> Result<Option<Scheduled>, StoreError> {
        self.write(move |connection| self::change(connection, owner, id, &change)).await
    }

    async fn cancel_scheduled(
        &self,
        owner: PrincipalId,
        id: ScheduledId,
    ) -> Result<Option<Scheduled>, StoreError> {
        self.write(move |connection| {
            let sql = concat!(
                "DELETE FROM scheduled WHERE owner = ?1 AND id = ?2 AND taken_until IS NULL RETURNING ",
                columns!()
            );
            let mut cancel = connection.prepare_cached(sql)?;
            cancel.query_row([owner.0.as_bytes(), id.0.as_bytes()], from_row).optional()
        })
        .await
    }

    async fn claim_scheduled(
        &self,
        now: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> Result<Vec<Scheduled>, StoreError> {
        // Who looks often mostly finds nothing, which must not cost a transaction.
        if self.readers.read(move |connection| due(connection, now, 1)).await?.is_empty() {
            return Ok(Vec::new());
        }
        self.write(move |connection| claim(connection, now, until, limit)).await
    }

    async fn claim_scheduled_now(
        &self,
        owner: PrincipalId,
        id: ScheduledId,
        now: UnixMillis,
        until: UnixMillis,
    ) -> Result<Option<Scheduled>, StoreError> {
        self.write(move |connection| {
            let sql = concat!(
                "UPDATE scheduled SET due_at = min(due_at, ?3), taken_until = ?4, refused = NULL
                 WHERE owner = ?1 AND id = ?2 AND taken_until IS NULL RETURNING ",
                columns!()
            );
            let mut take = connection.prepare_cached(sql)?;
            let values = params![owner.0.as_bytes(), id.0.as_bytes(), n(now.0), n(until.0)];
            take.query_row(values, from_row).optional()
        })
        .await
    }

    async fn settle_scheduled(
        &self,
        id: ScheduledId,
        refused: Option<ScheduledRefusal>,
    ) -> Result<(), StoreError> {
        self.write(move |connection| settle(connection, id, refused)).await
    }

    async fn erase_scheduled(&self, owner: PrincipalId) -> Result<(), StoreError> {
        self.write(move |connection| {
            let mut erase = connection.prepare_cached("DELETE FROM scheduled WHERE owner = ?1")?;
            erase.execute([owner.0.as_bytes()]).map(drop)
        })
        .await
    }
}

fn from_row(row: &Row<'_>) -> Result<Scheduled> {
    let client_ref: String = row.get(4)?;
    let refused: Option<ScheduledRefusal> = optional_json(row, 7)?;
    let is_taken = optional_number(row, 8)?.is_some();
    Ok(Scheduled {
        id: ScheduledId(uuid(row, 0)?),
        owner: PrincipalId(uuid(row, 1)?),
        device: DeviceId(uuid(row, 2)?),
        conversation: ConversationId(uuid(row, 3)?),
        client_ref: ClientRef::new(&client_ref).ok_or_else(|| unreadable(4, "no reference"))?,
        due_at: UnixMillis(number(row, 5)?),
        message: json(row, 6)?,
        state: match refused {
            Some(refusal) => ScheduledState::Refused(refusal),
            None if is_taken => ScheduledState::Sending,
            None => ScheduledState::Waiting,
        },
    })
}

fn keep(connection: &Connection, scheduled: &Scheduled, owner_max: usize) -> Result<Option<Scheduled>> {
    let owner = scheduled.owner.0.as_bytes();
    let known = connection
        .prepare_cached(select_scheduled!(
            "owner = ?1 AND device = ?2 AND conversation = ?3 AND client_ref = ?4"
        ))?
        .query_row(
            params![
                owner,
                scheduled.device.0.as_bytes(),
                scheduled.conversation.0.as_bytes(),
                scheduled.client_ref.as_str()
            ],
            from_row,
        )
        .optional()?;
    if known.is_some() {
        return Ok(known);
    }
    let mut count = connection.prepare_cached("SELECT count(*) FROM scheduled WHERE owner = ?1")?;
    if count.query_row([owner], |row| number(row, 0))? >= owner_max as u64 {
        return Ok(None);
    }
    insert(connection, scheduled)?;
    Ok(Some(scheduled.clone()))
}

fn insert(connection: &Connection, scheduled: &Scheduled) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO scheduled (id, owner, device, conversation, client_ref, due_at, message)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            scheduled.id.0.as_bytes(),
            scheduled.owner.0.as_bytes(),
            scheduled.device.0.as_bytes(),
            scheduled.conversation.0.as_bytes(),
            scheduled.client_ref.as_str(),
            n(scheduled.due_at.0),
            to_json(&scheduled.message)?,
        ])
        .map(drop)
}

fn change(
    connection: &Connection,
    owner: PrincipalId,
    id: ScheduledId,
    change: &ScheduledChange,
) -> Result<Option<Scheduled>> {
    let mut find =
        connection.prepare_cached(select_scheduled!("owner = ?1 AND id = ?2 AND taken_until IS NULL"))?;
    let found = find.query_row([owner.0.as_bytes(), id.0.as_bytes()], from_row).optional()?;
    let Some(mut scheduled) = found else { return Ok(None) };
    scheduled.message.body = change.body.clone().unwrap_or(scheduled.message.body);
    scheduled.due_at = change.due_at.unwrap_or(scheduled.due_at);
    scheduled.state = ScheduledState::Waiting;
    connection
        .prepare_cached("UPDATE scheduled SET due_at = ?2, message = ?3, refused = NULL WHERE id = ?1")?
        .execute(params![id.0.as_bytes(), n(scheduled.due_at.0), to_json(&scheduled.message)?])?;
    Ok(Some(scheduled))
}

fn due(connection: &Connection, now: UnixMillis, limit: usize) -> Result<Vec<Scheduled>> {
    connection
        .prepare_cached(select_scheduled!(
            "refused IS NULL AND due_at <= ?1 AND (taken_until IS NULL OR taken_until <= ?1)
             ORDER BY due_at, id LIMIT ?2"
        ))?
        .query_map(params![n(now.0), limit as i64], from_row)?
        .collect()
}

fn claim(
    connection: &Connection,
    now: UnixMillis,
    until: UnixMillis,
    limit: usize,
) -> Result<Vec<Scheduled>> {
    let mut claimed = due(connection, now, limit)?;
    let mut take = connection.prepare_cached("UPDATE scheduled SET taken_until = ?2 WHERE id = ?1")?;
    for scheduled in &mut claimed {
        take.execute(params![scheduled.id.0.as_bytes(), n(until.0)])?;
        scheduled.state = ScheduledState::Sending;
    }
    Ok(claimed)
}

fn settle(connection: &Connection, id: ScheduledId, refused: Option<ScheduledRefusal>) -> Result<()> {
    let id = id.0.as_bytes();
    match refused {
        None => connection.prepare_cached("DELETE FROM scheduled WHERE id = ?1")?.execute([id]),
        Some(refusal) => connection
            .prepare_cached("UPDATE scheduled SET refused = ?2, taken_until = NULL WHERE id = ?1")?
            .execute(params![id, to_json(&refusal)?]),
    }
    .map(drop)
}

use super::{
    SqliteStore,
    codec::{n, number, unreadable, uuid},
};
use async_trait::async_trait;
use parlance_core::{
    address::Address,
    id::{DomainId, PrincipalId, UnixMillis},
    principal::Principal,
};
use parlance_hub::ports::{NewRemote, Remotes, StoreError};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

#[async_trait]
impl Remotes for SqliteStore {
    async fn find_remote(
        &self,
        domain: DomainId,
        address: &Address,
    ) -> Result<Option<Principal>, StoreError> {
        let address = address.clone();
        self.readers.read(move |connection| find(connection, domain, &address)).await
    }

    async fn ensure_remote(&self, new: NewRemote) -> Result<Option<Principal>, StoreError> {
        self.write(move |connection| ensure(connection, &new)).await
    }
}

fn find(connection: &Connection, domain: DomainId, address: &Address) -> Result<Option<Principal>> {
    connection
        .prepare_cached(
            "SELECT id, domain, address, created_at FROM remotes WHERE domain = ?1 AND address = ?2",
        )?
        .query_row(params![domain.0, address.as_str()], from_row)
        .optional()
}

/// Somebody on another server, by identity.
pub(super) fn load(connection: &Connection, id: PrincipalId) -> Result<Option<Principal>> {
    connection
        .prepare_cached("SELECT id, domain, address, created_at FROM remotes WHERE id = ?1")?
        .query_row([id.0.as_bytes()], from_row)
        .optional()
}

fn from_row(row: &Row<'_>) -> Result<Principal> {
    let address = row.get_ref(2)?.as_str()?;
    let address = Address::elsewhere(address).map_err(|error| unreadable(2, error))?;
    let (id, domain) = (PrincipalId(uuid(row, 0)?), DomainId(row.get(1)?));
    Ok(Principal::remote(id, domain, address, UnixMillis(number(row, 3)?)))
}

fn ensure(connection: &Connection, new: &NewRemote) -> Result<Option<Principal>> {
    let remote = &new.principal;
    if let Some(known) = find(connection, remote.domain, &remote.address)? {
        return Ok(Some(known));
    }
    let introducer = new.introducer.0.as_bytes();
    let introduced: i64 = connection
        .prepare_cached("SELECT count(*) FROM remotes WHERE introducer = ?1")?
        .query_row([introducer], |row| row.get(0))?;
    if introduced >= new.introduced_max as i64 {
        return Ok(None);
    }
    connection
        .prepare_cached(
            "INSERT INTO remotes (id, domain, address, introducer, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            remote.id.0.as_bytes(),
            remote.domain.0,
            remote.address.as_str(),
            introducer,
            n(remote.created_at.0),
        ])?;
    Ok(Some(remote.clone()))
}

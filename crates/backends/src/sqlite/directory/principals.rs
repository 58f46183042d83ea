use super::invitations;
use crate::sqlite::{
    codec::{self, n, number, unreadable, uuid},
    remotes,
};
use parlance_core::{
    address::Address,
    id::{DomainId, PrincipalId, UnixMillis},
    principal::{Principal, Privacy},
    search::words,
};
use parlance_hub::ports::{CreateError, Credentials, NewPrincipal, PrincipalChange, PrincipalCounts};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The columns that [`from_row`] reads. A macro, because `concat!` takes nothing else.
macro_rules! principal_columns {
    () => {
        "p.id, p.domain, p.name, d.name, p.display_name, p.kind, p.is_admin, p.is_enabled,
         p.shows_last_seen, p.shows_read, p.created_at"
    };
}
pub(super) use principal_columns;

/// The account in a row whose columns from `first` on are [`principal_columns`].
pub(super) fn from_row(row: &Row<'_>, first: usize) -> Result<Principal> {
    let name = row.get_ref(first + 2)?.as_str()?;
    let domain = row.get_ref(first + 3)?.as_str()?;
    Ok(Principal {
        id: PrincipalId(uuid(row, first)?),
        domain: DomainId(row.get(first + 1)?),
        address: Address::new(name, domain).map_err(|error| unreadable(first + 2, error))?,
        display_name: row.get(first + 4)?,
        kind: codec::principal_kind(row, first + 5)?,
        is_admin: row.get(first + 6)?,
        is_enabled: row.get(first + 7)?,
        privacy: Privacy { show_last_seen: row.get(first + 8)?, show_read: row.get(first + 9)? },
        created_at: UnixMillis(number(row, first + 10)?),
    })
}

/// Checks everything before it writes anything. The invitation comes first: who has none that
/// works does not learn which names are taken.
pub(super) fn create(connection: &Connection, new: &NewPrincipal) -> Result<Result<(), CreateError>> {
    let principal = &new.principal;
    if let Some(code) = &new.invitation
        && !invitations::works_for(connection, code, principal)?
    {
        return Ok(Err(CreateError::InvitationInvalid));
    }
    let is_taken = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM principals WHERE domain = ?1 AND name = ?2)")?
        .query_row(params![principal.domain.0, principal.address.name()], |row| row.get(0))?;
    if is_taken {
        return Ok(Err(CreateError::NameTaken));
    }
    if let Some(code) = &new.invitation {
        invitations::use_once(connection, code)?;
    }
    insert(connection, principal)?;
    index_names(
        connection,
        principal.id,
        principal.domain,
        principal.address.name(),
        &principal.display_name,
    )?;
    if let Some(credentials) = &new.credentials {
        set_credentials(connection, principal.id, credentials)?;
    }
    Ok(Ok(()))
}

fn insert(connection: &Connection, principal: &Principal) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO principals (id, domain, name, display_name, kind, is_admin, is_enabled,
                                     shows_last_seen, shows_read, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            principal.id.0.as_bytes(),
            principal.domain.0,
            principal.address.name(),
            principal.display_name,
            codec::principal_kind_code(principal.kind),
            principal.is_admin,
            principal.is_enabled,
            principal.privacy.show_last_seen,
            principal.privacy.show_read,
            n(principal.created_at.0),
        ])?;
    Ok(())
}

fn index_names(
    connection: &Connection,
    id: PrincipalId,
    domain: DomainId,
    name: &str,
    display_name: &str,
) -> Result<()> {
    connection.prepare_cached("DELETE FROM name_words WHERE principal = ?1")?.execute([id.0.as_bytes()])?;
    let found: BTreeSet<_> = words(name).into_iter().chain(words(display_name)).collect();
    let mut insert =
        connection.prepare_cached("INSERT INTO name_words (domain, word, principal) VALUES (?1, ?2, ?3)")?;
    found.iter().try_for_each(|word| insert.execute(params![domain.0, word, id.0.as_bytes()]).map(drop))
}

pub(super) fn find(connection: &Connection, address: &Address) -> Result<Option<Principal>> {
    connection
        .prepare_cached(concat!(
            "SELECT ",
            principal_columns!(),
            " FROM domains d JOIN principals p ON p.domain = d.key WHERE d.name = ?1 AND p.name = ?2"
        ))?
        .query_row([address.domain(), address.name()], |row| from_row(row, 0))
        .optional()
}

/// Credentials of nobody are looked for too, so that nobody takes as long as somebody.
pub(super) fn find_login(
    connection: &Connection,
    address: &Address,
) -> Result<Option<(Principal, Option<Credentials>)>> {
    let principal = find(connection, address)?;
    let id = principal.as_ref().map_or(PrincipalId(Uuid::nil()), |principal| principal.id);
    let credentials = load_credentials(connection, id)?;
    Ok(principal.map(|principal| (principal, credentials)))
}

pub(super) fn load(connection: &Connection, ids: &[PrincipalId]) -> Result<Vec<Principal>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        principal_columns!(),
        " FROM principals p JOIN domains d ON d.key = p.domain WHERE p.id = ?1"
    ))?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let account = statement.query_row([id.0.as_bytes()], |row| from_row(row, 0)).optional()?;
        found.extend(match account {
            None => remotes::load(connection, *id)?,
            account => account,
        });
    }
    Ok(found)
}

/// Those of whose names some word begins with each word of the text.
pub(super) fn search(
    connection: &Connection,
    domain: DomainId,
    text: &str,
    limit: usize,
) -> Result<Vec<Principal>> {
    let prefixes = words(text);
    let Some(longest) = prefixes.iter().max_by_key(|word| word.len()) else { return Ok(Vec::new()) };
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        principal_columns!(),
        " FROM principals p JOIN domains d ON d.key = p.domain
          WHERE p.is_enabled AND p.id IN (SELECT principal FROM name_words
              WHERE domain = ?1 AND word >= ?2 AND word < ?3)
          ORDER BY p.name"
    ))?;
    let rows =
        statement.query_map(params![domain.0, longest, after_prefix(longest)], |row| from_row(row, 0))?;
    let is_match = |principal: &Principal| {
        let mut own = words(principal.address.name());
        own.extend(words(&principal.display_name));
        prefixes.iter().all(|prefix| own.iter().any(|word| word.starts_with(prefix)))
    };
    rows.filter(|row| row.as_ref().map_or(true, is_match)).take(limit).collect()
}

/// Sorts after everything that begins with the prefix and before everything that comes then.
fn after_prefix(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

pub(super) fn list(
    connection: &Connection,
    domain: DomainId,
    is_enabled: Option<bool>,
    after: &str,
    limit: usize,
) -> Result<Vec<Principal>> {
    connection
        .prepare_cached(concat!(
            "SELECT ",
            principal_columns!(),
            " FROM principals p JOIN domains d ON d.key = p.domain
              WHERE p.domain = ?1 AND p.name > ?2 AND (?4 IS NULL OR p.is_enabled = ?4)
              ORDER BY p.name LIMIT ?3"
        ))?
        .query_map(params![domain.0, after, limit as i64, is_enabled], |row| from_row(row, 0))?
        .collect()
}

pub(super) fn count(connection: &Connection, domain: DomainId) -> Result<PrincipalCounts> {
    connection
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE is_enabled), count(*) FILTER (WHERE NOT is_enabled)
             FROM principals WHERE domain = ?1",
        )?
        .query_row([domain.0], |row| {
            Ok(PrincipalCounts { enabled: number(row, 0)?, disabled: number(row, 1)? })
        })
}

/// `false` when there is no such account.
pub(in crate::sqlite) fn update(
    connection: &Connection,
    id: PrincipalId,
    change: &PrincipalChange,
) -> Result<bool> {
    let changed = connection
        .prepare_cached(
            "UPDATE principals SET display_name = coalesce(?2, display_name),
                 shows_last_seen = coalesce(?3, shows_last_seen), shows_read = coalesce(?4, shows_read),
                 is_enabled = coalesce(?5, is_enabled), is_admin = coalesce(?6, is_admin)
             WHERE id = ?1",
        )?
        .execute(params![
            id.0.as_bytes(),
            change.display_name,
            change.privacy.map(|privacy| privacy.show_last_seen),
            change.privacy.map(|privacy| privacy.show_read),
            change.is_enabled,
            change.is_admin,
        ])?;
    if changed > 0 && change.display_name.is_some() {
        for principal in load(connection, &[id])? {
            let name = principal.address.name();
            index_names(connection, id, principal.domain, name, &principal.display_name)?;
        }
    }
    Ok(changed > 0)
}

pub(super) fn load_credentials(connection: &Connection, id: PrincipalId) -> Result<Option<Credentials>> {
    connection
        .prepare_cached("SELECT argon2id, scram FROM credentials WHERE principal = ?1")?
        .query_row([id.0.as_bytes()], |row| {
            Ok(Credentials { argon2id: row.get(0)?, scram: codec::json(row, 1)? })
        })
        .optional()
}

pub(super) fn set_credentials(
    connection: &Connection,
    id: PrincipalId,
    credentials: &Credentials,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO credentials (principal, domain, argon2id, scram)
             SELECT id, domain, ?2, ?3 FROM principals WHERE id = ?1",
        )?
        .execute(params![id.0.as_bytes(), credentials.argon2id, codec::to_json(&credentials.scram)?])?;
    Ok(())
}

pub(super) fn has_admin(connection: &Connection, domain: DomainId) -> Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM principals WHERE domain = ?1 AND is_admin = 1)")?
        .query_row([domain.0], |row| row.get(0))
}

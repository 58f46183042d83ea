use crate::sqlite::codec::{n, optional_number, optional_uuid};
use parlance_core::{
    id::{DomainId, PrincipalId, UnixMillis},
    principal::Principal,
};
use parlance_hub::ports::{InvitationRow, TokenHash};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

pub(super) fn create(connection: &Connection, invitation: &InvitationRow) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO invitations
                 (code, shown_code, domain, inviter, name, is_admin, expires_at, uses_left, contact)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            invitation.code.0,
            invitation.shown_code,
            invitation.domain.0,
            bytes(invitation.inviter),
            invitation.name,
            invitation.is_admin,
            invitation.expires_at.map(|at| n(at.0)),
            invitation.uses_left,
            bytes(invitation.contact),
        ])?;
    Ok(())
}

const COLUMNS: &str = "code, shown_code, domain, inviter, name, is_admin, expires_at, uses_left, contact";

fn from_row(row: &Row<'_>) -> Result<InvitationRow> {
    Ok(InvitationRow {
        code: TokenHash(row.get(0)?),
        shown_code: row.get(1)?,
        domain: DomainId(row.get(2)?),
        inviter: optional_uuid(row, 3)?.map(PrincipalId),
        name: row.get(4)?,
        is_admin: row.get(5)?,
        expires_at: optional_number(row, 6)?.map(UnixMillis),
        uses_left: row.get(7)?,
        contact: optional_uuid(row, 8)?.map(PrincipalId),
    })
}

pub(super) fn find(connection: &Connection, code: &TokenHash) -> Result<Option<InvitationRow>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM invitations WHERE code = ?1"))?
        .query_row([code.0], from_row)
        .optional()
}

/// The server itself invites as nobody, which is NULL.
fn bytes(who: Option<PrincipalId>) -> Option<[u8; 16]> {
    who.map(|who| *who.0.as_bytes())
}

pub(super) fn list(
    connection: &Connection,
    inviter: Option<PrincipalId>,
    now: UnixMillis,
) -> Result<Vec<InvitationRow>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM invitations
             WHERE inviter IS ?1 AND uses_left > 0 AND (expires_at IS NULL OR expires_at > ?2)"
        ))?
        .query_map(params![bytes(inviter), n(now.0)], from_row)?
        .collect()
}

pub(super) fn revoke(
    connection: &Connection,
    inviter: Option<PrincipalId>,
    code: &TokenHash,
) -> Result<bool> {
    let removed = connection
        .prepare_cached("DELETE FROM invitations WHERE inviter IS ?1 AND code = ?2")?
        .execute(params![bytes(inviter), code.0])?;
    Ok(removed > 0)
}

/// Whether this account can be made with it now; the account's own time says when that is.
pub(super) fn works_for(connection: &Connection, code: &TokenHash, principal: &Principal) -> Result<bool> {
    Ok(find(connection, code)?.is_some_and(|invitation| {
        invitation.domain == principal.domain
            && invitation.uses_left > 0
            && invitation.expires_at.is_none_or(|at| at > principal.created_at)
            && invitation.name.is_none_or(|name| name == principal.address.name())
    }))
}

pub(super) fn use_once(connection: &Connection, code: &TokenHash) -> Result<()> {
    connection
        .prepare_cached("UPDATE invitations SET uses_left = uses_left - 1 WHERE code = ?1")?
        .execute([code.0])?;
    Ok(())
}

/// Uses it up once if it still works.
pub(super) fn use_if_working(connection: &Connection, code: &TokenHash, now: UnixMillis) -> Result<bool> {
    let used = connection
        .prepare_cached(
            "UPDATE invitations SET uses_left = uses_left - 1
             WHERE code = ?1 AND uses_left > 0 AND (expires_at IS NULL OR expires_at > ?2)",
        )?
        .execute(params![code.0, n(now.0)])?;
    Ok(used > 0)
}

pub(super) fn is_reserved(
    connection: &Connection,
    domain: DomainId,
    name: &str,
    now: UnixMillis,
) -> Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM invitations WHERE name = ?2 AND domain = ?1
                 AND uses_left > 0 AND (expires_at IS NULL OR expires_at > ?3))",
        )?
        .query_row(params![domain.0, name, n(now.0)], |row| row.get(0))
}

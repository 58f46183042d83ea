use crate::sqlite::{
    codec::{self, n},
    heads::Head,
};
use parlance_core::{
    conversation::{HistoryVisibility, Role},
    event::{Event, MembershipChange},
    id::{PrincipalId, Seq},
};
use rusqlite::{Connection, Result, params};

pub(super) fn change(
    connection: &Connection,
    head: &mut Head,
    event: &Event,
    who: PrincipalId,
    change: MembershipChange,
) -> Result<()> {
    match change {
        MembershipChange::Joined(role) => join(connection, head, event, who, role),
        MembershipChange::Role(role) => set_role(connection, head.key, who, role),
        MembershipChange::Left | MembershipChange::Removed => depart(connection, head, event, who),
        MembershipChange::Banned => {
            depart(connection, head, event, who)?;
            close_request(connection, head.key, who)?;
            put(
                connection,
                "INSERT OR REPLACE INTO bans (conversation, principal) VALUES (?1, ?2)",
                head.key,
                who,
            )
        }
        MembershipChange::Unbanned => {
            put(connection, "DELETE FROM bans WHERE conversation = ?1 AND principal = ?2", head.key, who)
        }
        MembershipChange::Requested => request(connection, head.key, event, who),
        MembershipChange::RequestClosed => close_request(connection, head.key, who),
    }
}

/// Begins anew for those who come back: what was before has been read, and nothing of their own is kept.
fn join(connection: &Connection, head: &mut Head, event: &Event, who: PrincipalId, role: Role) -> Result<()> {
    let visible_from = match head.settings.history {
        HistoryVisibility::All => Seq(1),
        HistoryVisibility::SinceJoined => event.seq,
    };
    depart(connection, head, event, who)?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO members
                 (conversation, principal, domain, role, joined_seq, visible_from, read, changed_offset)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5, ?7)",
        )?
        .execute(params![
            head.key,
            who.0.as_bytes(),
            head.domain.0,
            codec::role_code(role),
            n(event.seq.0),
            n(visible_from.0),
            n(event.offset.0),
        ])?;
    head.members_count += 1;
    close_request(connection, head.key, who)
}

fn set_role(connection: &Connection, key: i64, who: PrincipalId, role: Role) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE members SET role = ?3 WHERE conversation = ?1 AND principal = ?2 AND left_offset IS NULL",
        )?
        .execute(params![key, who.0.as_bytes(), codec::role_code(role)])?;
    Ok(())
}

/// Does nothing for those who are not in.
fn depart(connection: &Connection, head: &mut Head, event: &Event, who: PrincipalId) -> Result<()> {
    let departed = connection
        .prepare_cached(
            "UPDATE members SET left_offset = ?3
             WHERE conversation = ?1 AND principal = ?2 AND left_offset IS NULL",
        )?
        .execute(params![head.key, who.0.as_bytes(), n(event.offset.0)])?;
    head.members_count -= departed as u64;
    Ok(())
}

fn request(connection: &Connection, key: i64, event: &Event, who: PrincipalId) -> Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO requests (conversation, principal, at) VALUES (?1, ?2, ?3)")?
        .execute(params![key, who.0.as_bytes(), n(event.at.0)])?;
    Ok(())
}

fn close_request(connection: &Connection, key: i64, who: PrincipalId) -> Result<()> {
    put(connection, "DELETE FROM requests WHERE conversation = ?1 AND principal = ?2", key, who)
}

fn put(connection: &Connection, sql: &str, key: i64, who: PrincipalId) -> Result<()> {
    connection.prepare_cached(sql)?.execute(params![key, who.0.as_bytes()])?;
    Ok(())
}

use crate::sqlite::codec::{self, number, uuid};
use parlance_core::{
    account::Contact,
    id::{PrincipalId, Seq},
    subscription::Subscription,
};
use parlance_hub::ports::ContactRow;
use rusqlite::{Connection, OptionalExtension, Result, Row};
use std::collections::HashSet;

/// What a query for contacts begins with; the conditions follow.
macro_rules! select_contacts {
    ($rest:literal) => {
        concat!(
            "SELECT who, alias, is_blocked, is_listed, group_names, outgoing, incoming, is_approved, changed_seq ",
            "FROM contacts ",
            $rest
        )
    };
}

fn from_row(row: &Row<'_>) -> Result<ContactRow> {
    let subscription = Subscription {
        outgoing: codec::direction(row, 5)?,
        incoming: codec::direction(row, 6)?,
        is_approved: row.get(7)?,
    };
    let contact = Contact {
        alias: row.get(1)?,
        blocked: row.get(2)?,
        is_listed: row.get(3)?,
        groups: codec::json(row, 4)?,
        subscription,
    };
    Ok(ContactRow { who: PrincipalId(uuid(row, 0)?), contact, changed: Seq(number(row, 8)?) })
}

pub(super) fn contacts(connection: &Connection, owner: PrincipalId) -> Result<Vec<ContactRow>> {
    connection
        .prepare_cached(select_contacts!("WHERE owner = ?1"))?
        .query_map([owner.0.as_bytes()], from_row)?
        .collect()
}

pub(super) fn contact(
    connection: &Connection,
    owner: PrincipalId,
    who: PrincipalId,
) -> Result<Option<ContactRow>> {
    connection
        .prepare_cached(select_contacts!("WHERE owner = ?1 AND who = ?2"))?
        .query_row([owner.0.as_bytes(), who.0.as_bytes()], from_row)
        .optional()
}

pub(super) fn last_removal(connection: &Connection, owner: PrincipalId) -> Result<Seq> {
    let found = connection
        .prepare_cached("SELECT seq FROM contact_removals WHERE owner = ?1")?
        .query_row([owner.0.as_bytes()], |row| number(row, 0).map(Seq))
        .optional()?;
    Ok(found.unwrap_or_default())
}

pub(super) fn is_blocked(connection: &Connection, one: PrincipalId, other: PrincipalId) -> Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM contacts WHERE owner = ?1 AND who = ?2 AND is_blocked)
                 OR EXISTS (SELECT 1 FROM contacts WHERE owner = ?2 AND who = ?1 AND is_blocked)",
        )?
        .query_row([one.0.as_bytes(), other.0.as_bytes()], |row| row.get(0))
}

pub(super) fn acquainted(
    connection: &Connection,
    who: PrincipalId,
    others: Vec<PrincipalId>,
) -> Result<Vec<PrincipalId>> {
    let own = conversations_of(connection, who)?;
    let mut acquainted = Vec::new();
    for other in others {
        if !own.is_disjoint(&conversations_of(connection, other)?) {
            acquainted.push(other);
        }
    }
    Ok(acquainted)
}

fn conversations_of(connection: &Connection, who: PrincipalId) -> Result<HashSet<i64>> {
    connection
        .prepare_cached("SELECT conversation FROM members WHERE principal = ?1 AND left_offset IS NULL")?
        .query_map([who.0.as_bytes()], |row| row.get(0))?
        .collect()
}

use crate::sqlite::{
    codec::{self, n},
    heads::Head,
};
use parlance_core::{account::Contact, event::Event, id::PrincipalId};
use rusqlite::{Connection, Result, params};

/// Keeps what the sender, whose log it is, now keeps about somebody.
pub(super) fn set(
    connection: &Connection,
    head: &Head,
    event: &Event,
    who: PrincipalId,
    contact: &Contact,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO contacts (owner, who, domain, alias, is_blocked, is_listed, group_names,
                                              outgoing, incoming, is_approved, changed_seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            event.sender.0.as_bytes(),
            who.0.as_bytes(),
            head.domain.0,
            contact.alias,
            contact.blocked,
            contact.is_listed,
            codec::to_json(&contact.groups)?,
            codec::direction_code(contact.subscription.outgoing),
            codec::direction_code(contact.subscription.incoming),
            contact.subscription.is_approved,
            n(event.seq.0),
        ])?;
    Ok(())
}

/// Keeps nothing about somebody any more.
pub(super) fn remove(connection: &Connection, head: &Head, event: &Event, who: PrincipalId) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM contacts WHERE owner = ?1 AND who = ?2")?
        .execute([event.sender.0.as_bytes(), who.0.as_bytes()])?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO contact_removals (owner, domain, seq) VALUES (?1, ?2, ?3)")?
        .execute(params![event.sender.0.as_bytes(), head.domain.0, n(event.seq.0)])?;
    Ok(())
}

use parlance_core::{id::PrincipalId, presence::Availability};
use parlance_hub::ports::PresenceWish;
use rusqlite::{Connection, OptionalExtension, Result, params};

pub(super) fn load(connection: &Connection, owner: PrincipalId) -> Result<PresenceWish> {
    let wish = connection
        .prepare_cached("SELECT availability, status FROM presence_wishes WHERE principal = ?1")?
        .query_row([owner.0.as_bytes()], |row| {
            Ok(PresenceWish { availability: availability(row.get(0)?), status: row.get(1)? })
        })
        .optional()?;
    Ok(wish.unwrap_or_default())
}

pub(super) fn set(connection: &Connection, owner: PrincipalId, wish: &PresenceWish) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO presence_wishes (principal, domain, availability, status)
             SELECT id, domain, ?2, ?3 FROM principals WHERE id = ?1
             ON CONFLICT (principal) DO UPDATE SET availability = excluded.availability, status = excluded.status",
        )?
        .execute(params![owner.0.as_bytes(), number(wish.availability), wish.status])?;
    Ok(())
}

fn number(availability: Availability) -> u8 {
    match availability {
        Availability::DoNotDisturb => 1,
        Availability::Invisible => 2,
        Availability::Online | Availability::Away | Availability::Offline => 0,
    }
}

fn availability(number: u8) -> Availability {
    match number {
        1 => Availability::DoNotDisturb,
        2 => Availability::Invisible,
        _ => Availability::Online,
    }
}

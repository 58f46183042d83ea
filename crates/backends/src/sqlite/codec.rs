//! How values of the core stand in columns.

use parlance_core::{
    conversation::{Kind, Role},
    event::{Content, Event, EventKind, EventKinds, Offset},
    id::{ClientRef, ConversationId, DeviceId, Epoch, EventId, PrincipalId, Seq, UnixMillis},
    principal::PrincipalKind,
    subscription::Direction,
};
use rusqlite::{Error, Result, Row, types::Type};
use uuid::Uuid;

/// A number for SQLite, which knows only signed ones. None of ours comes near the sign; what somebody
/// asks for may, and is then beyond everything.
pub(super) fn n(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A column that holds a number of ours.
pub(super) fn number(row: &Row<'_>, column: usize) -> Result<u64> {
    Ok(row.get::<_, i64>(column)? as u64)
}

/// A column that holds a number of ours or nothing.
pub(super) fn optional_number(row: &Row<'_>, column: usize) -> Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(|value| value as u64))
}

/// A column that holds an id.
pub(super) fn uuid(row: &Row<'_>, column: usize) -> Result<Uuid> {
    Ok(Uuid::from_bytes(row.get(column)?))
}

/// A column that holds an id or nothing.
pub(super) fn optional_uuid(row: &Row<'_>, column: usize) -> Result<Option<Uuid>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(Uuid::from_bytes))
}

/// A column that holds JSON.
pub(super) fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| unreadable(column, error))
}

/// A column that holds JSON or nothing.
pub(super) fn optional_json<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> Result<Option<T>> {
    match row.get_ref(column)?.as_str_or_null()? {
        Some(text) => serde_json::from_str(text).map(Some).map_err(|error| unreadable(column, error)),
        None => Ok(None),
    }
}

/// A value as JSON.
pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::ToSqlConversionFailure(error.into()))
}

/// A column whose value means nothing to us.
pub(super) fn unreadable(
    column: usize,
    error: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
) -> Error {
    Error::FromSqlConversionFailure(column, Type::Null, error.into())
}

pub(super) fn kind_code(kind: Kind) -> i64 {
    match kind {
        Kind::Direct => 1,
        Kind::Group => 2,
        Kind::Channel => 3,
        Kind::Notes => 4,
        Kind::Account => 5,
    }
}

/// The code of [`Kind::Account`] as it stands in queries.
pub(super) const ACCOUNT: i64 = 5;

pub(super) fn kind(row: &Row<'_>, column: usize) -> Result<Kind> {
    match row.get::<_, i64>(column)? {
        1 => Ok(Kind::Direct),
        2 => Ok(Kind::Group),
        3 => Ok(Kind::Channel),
        4 => Ok(Kind::Notes),
        5 => Ok(Kind::Account),
        other => Err(unreadable(column, format!("no kind of conversation has the number {other}"))),
    }
}

pub(super) fn role_code(role: Role) -> i64 {
    match role {
        Role::Reader => 1,
        Role::Member => 2,
        Role::Moderator => 3,
        Role::Owner => 4,
    }
}

pub(super) fn role(row: &Row<'_>, column: usize) -> Result<Role> {
    match row.get::<_, i64>(column)? {
        1 => Ok(Role::Reader),
        2 => Ok(Role::Member),
        3 => Ok(Role::Moderator),
        4 => Ok(Role::Owner),
        other => Err(unreadable(column, format!("no role has the number {other}"))),
    }
}

pub(super) fn direction_code(direction: Direction) -> i64 {
    match direction {
        Direction::None => 0,
        Direction::Pending => 1,
        Direction::Granted => 2,
    }
}

pub(super) fn direction(row: &Row<'_>, column: usize) -> Result<Direction> {
    match row.get::<_, i64>(column)? {
        0 => Ok(Direction::None),
        1 => Ok(Direction::Pending),
        2 => Ok(Direction::Granted),
        other => Err(unreadable(column, format!("no direction of presence has the number {other}"))),
    }
}

/// 3 and 4 are reserved for things and visitors. Remote people have a table of their own.
pub(super) fn principal_kind_code(kind: PrincipalKind) -> i64 {
    match kind {
        PrincipalKind::Person => 1,
        PrincipalKind::Bot => 2,
        PrincipalKind::Remote => 5,
    }
}

pub(super) fn principal_kind(row: &Row<'_>, column: usize) -> Result<PrincipalKind> {
    match row.get::<_, i64>(column)? {
        1 => Ok(PrincipalKind::Person),
        2 => Ok(PrincipalKind::Bot),
        5 => Ok(PrincipalKind::Remote),
        other => Err(unreadable(column, format!("no kind of principal has the number {other}"))),
    }
}

/// The code of [`Content::Message`], which also stands in the schema and in queries.
pub(super) const MESSAGE: i64 = 1;

/// The code of [`Content::Vote`], which also stands in queries.
const VOTE: i64 = 10;

/// Stands in no row: what a program does not know keeps the code it has.
const UNKNOWN: i64 = -1;

pub(super) fn content_code(content: &Content) -> i64 {
    match content {
        Content::Unknown => UNKNOWN,
        content => content.kind().map_or(0, event_kind_code),
    }
}

fn event_kind_code(kind: EventKind) -> i64 {
    match kind {
        EventKind::Message => MESSAGE,
        EventKind::Edit => 2,
        EventKind::Delete => 3,
        EventKind::Reaction => 4,
        EventKind::Pin => 5,
        EventKind::Membership => 6,
        EventKind::Settings => 7,
        EventKind::Account => 8,
        EventKind::Foreign => 9,
        EventKind::Vote => VOTE,
        EventKind::PollClosed => 11,
        EventKind::Acknowledgement => 12,
    }
}

/// Whether the kind of an event, as its code, is in a set.
pub(super) fn is_of_kind(kinds: EventKinds, code: i64) -> bool {
    use EventKind::*;
    let all = [
        Message,
        Edit,
        Delete,
        Reaction,
        Pin,
        Membership,
        Settings,
        Account,
        Foreign,
        Vote,
        PollClosed,
        Acknowledgement,
    ];
    all.into_iter().any(|kind| event_kind_code(kind) == code && kinds.contains(kind))
}

/// The columns that [`event`] reads, in its order.
macro_rules! event_columns {
    () => {
        "e.offset, e.seq, e.id, e.sender, e.device, e.client_ref, e.at, e.kind, e.checksum, e.content, e.extras"
    };
}
pub(super) use event_columns;

/// How many columns [`event_columns`] are.
pub(super) const EVENT_COLUMNS: usize = 11;

/// The conversation an event is read from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub(super) key: i64,
    pub(super) id: ConversationId,
    pub(super) epoch: Epoch,
}

/// The event in a row that begins with [`event_columns`].
///
/// # Errors
/// Those of SQLite, and a conversion error when the row is not what was written.
pub(super) fn event(row: &Row<'_>, source: Source) -> Result<Event> {
    let id: [u8; 16] = row.get(2)?;
    let sender: [u8; 16] = row.get(3)?;
    let (offset, seq, at) = (number(row, 0)?, number(row, 1)?, number(row, 6)?);
    let (content, extras) = (row.get_ref(9)?.as_str_or_null()?, row.get_ref(10)?.as_str_or_null()?);
    let sum = checksum(&Summed {
        key: source.key,
        offset,
        seq,
        id,
        sender,
        at,
        kind: row.get(7)?,
        content,
        extras,
    });
    if sum != row.get::<_, i64>(8)? {
        return Err(unreadable(8, format!("the event at offset {offset} is not what was written")));
    }
    Ok(Event {
        conversation: source.id,
        epoch: source.epoch,
        offset: Offset(offset),
        seq: Seq(seq),
        id: EventId(Uuid::from_bytes(id)),
        sender: PrincipalId(Uuid::from_bytes(sender)),
        device: optional_uuid(row, 4)?.map(DeviceId),
        client_ref: row.get_ref(5)?.as_str_or_null()?.and_then(ClientRef::new),
        at: UnixMillis(at),
        content: content.map_or(Content::Deleted, self::content),
        extras: optional_json(row, 10)?,
    })
}

/// The content in a column that is not empty. What this program cannot read was written by a newer one
/// that is allowed to add kinds; whether the column is what was written is for the checksum to say.
pub(super) fn content(text: &str) -> Content {
    serde_json::from_str(text).unwrap_or(Content::Unknown)
}

/// What the checksum of an event's row is made of.
pub(super) struct Summed<'a> {
    pub(super) key: i64,
    pub(super) offset: u64,
    pub(super) seq: u64,
    pub(super) id: [u8; 16],
    pub(super) sender: [u8; 16],
    pub(super) at: u64,
    pub(super) kind: i64,
    pub(super) content: Option<&'a str>,
    pub(super) extras: Option<&'a str>,
}

/// A checksum against flipped bits, not against people. Every step of the mixing can be undone, so
/// rows that differ in one word of eight bytes never have the same one.
pub(super) fn checksum(summed: &Summed<'_>) -> i64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for number in [summed.key as u64, summed.offset, summed.seq, summed.at, summed.kind as u64] {
        sum = mix(sum, number);
    }
    for bytes in [&summed.id[..], &summed.sender] {
        sum = mix_bytes(sum, bytes);
    }
    for text in [summed.content, summed.extras] {
        sum = mix_bytes(
            mix(sum, text.map_or(u64::MAX, |text| text.len() as u64)),
            text.unwrap_or("").as_bytes(),
        );
    }
    sum as i64
}

fn mix_bytes(sum: u64, bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(sum, |sum, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        mix(sum, u64::from_le_bytes(word))
    })
}

fn mix(sum: u64, word: u64) -> u64 {
    let mixed = (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 32)
}

//! Where each conversation stands, in the memory of the one writer.

use super::codec::{self, n, number, uuid};
use parlance_core::{
    conversation::{Kind, Settings},
    event::Event,
    id::{ConversationId, DomainId, Epoch, Seq, UnixMillis},
};
use parlance_hub::ports::Create;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use std::collections::{HashMap, hash_map::Entry};
use uuid::Uuid;

/// One conversation's row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Head {
    pub(super) key: i64,
    pub(super) id: ConversationId,
    pub(super) domain: DomainId,
    pub(super) kind: Kind,
    pub(super) epoch: Epoch,
    pub(super) seq: Seq,
    pub(super) offset: u64,
    pub(super) last_at: UnixMillis,
    pub(super) ordinal: u64,
    pub(super) rules_version: u64,
    pub(super) members_count: u64,
    pub(super) settings: Settings,
    changed: Changed,
}

/// What of a head is newer than its row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Changed {
    #[default]
    Nothing,
    Place,
    Rules,
}

impl Head {
    /// Moves to an event that was just put into the log.
    pub(super) fn advance(&mut self, event: &Event, ordinal: u64) {
        self.seq = event.seq;
        self.offset = event.offset.0;
        self.last_at = event.at;
        self.ordinal = ordinal;
        self.changed = self.changed.max(Changed::Place);
        if event.content.changes_rules() {
            self.rules_version += 1;
            self.changed = Changed::Rules;
        }
    }

    /// Where events of this conversation are read from.
    pub(super) fn source(&self) -> codec::Source {
        codec::Source { key: self.key, id: self.id, epoch: self.epoch }
    }
}

/// Most heads that are kept between transactions.
const HEADS_MAX: usize = 50_000;

/// The heads in use. What changes is written by [`Heads::flush`], once per transaction.
#[derive(Debug, Default)]
pub(super) struct Heads {
    known: HashMap<ConversationId, Head>,
    changed: Vec<ConversationId>,
}

impl Heads {
    /// The head of a conversation; `None` when there is no such conversation.
    pub(super) fn get(&mut self, connection: &Connection, id: ConversationId) -> Result<Option<&mut Head>> {
        let head = match self.known.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let Some(head) = load(connection, id)? else { return Ok(None) };
                unknown.insert(head)
            }
        };
        if head.changed == Changed::Nothing {
            self.changed.push(id);
        }
        Ok(Some(head))
    }

    /// Makes a conversation. Its log begins in the current life of the store, so that a position
    /// in a log that a restore has undone never fits the one that is written instead.
    pub(super) fn create(
        &mut self,
        connection: &Connection,
        id: ConversationId,
        create: &Create,
    ) -> Result<&mut Head> {
        connection
            .prepare_cached(
                "INSERT INTO conversations (id, domain, kind, epoch)
                 VALUES (?1, ?2, ?3, (SELECT life FROM store))",
            )?
            .execute(params![id.0.as_bytes(), create.domain.0, codec::kind_code(create.kind)])?;
        let made = load(connection, id)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        self.changed.push(id);
        Ok(self.known.entry(id).insert_entry(made).into_mut())
    }

    /// Writes the rows of heads that have moved.
    pub(super) fn flush(&mut self, connection: &Connection) -> Result<()> {
        for id in self.changed.drain(..) {
            if let Some(head) = self.known.get_mut(&id) {
                write(connection, head)?;
                head.changed = Changed::Nothing;
            }
        }
        Ok(())
    }

    /// Forgets everything, because the transaction it was true in did not happen.
    pub(super) fn forget(&mut self) {
        self.known.clear();
        self.changed.clear();
    }

    /// Makes room, between transactions.
    pub(super) fn trim(&mut self) {
        if self.known.len() > HEADS_MAX {
            self.forget();
        }
    }
}

const COLUMNS: &str = "key, id, domain, kind, epoch, head, head_offset, last_at, ordinal, rules_version, members_count, settings";

fn load(connection: &Connection, id: ConversationId) -> Result<Option<Head>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM conversations WHERE id = ?1"))?
        .query_row([id.0.as_bytes()], from_row)
        .optional()
}

/// Every conversation as if nothing had happened in it yet, by key.
pub(super) fn load_all_unfolded(connection: &Connection) -> Result<HashMap<i64, Head>> {
    let unfolded = |row: &Row<'_>| {
        let head = Head {
            key: row.get(0)?,
            id: ConversationId(uuid(row, 1)?),
            domain: DomainId(row.get(2)?),
            kind: codec::kind(row, 3)?,
            epoch: Epoch(row.get(4)?),
            seq: Seq::ZERO,
            offset: 0,
            last_at: UnixMillis::default(),
            ordinal: 0,
            rules_version: 0,
            members_count: 0,
            settings: Settings::default(),
            changed: Changed::Rules,
        };
        Ok((head.key, head))
    };
    connection
        .prepare("SELECT key, id, domain, kind, epoch FROM conversations")?
        .query_map([], unfolded)?
        .collect()
}

fn from_row(row: &Row<'_>) -> Result<Head> {
    Ok(Head {
        key: row.get(0)?,
        id: ConversationId(uuid(row, 1)?),
        domain: DomainId(row.get(2)?),
        kind: codec::kind(row, 3)?,
        epoch: Epoch(row.get(4)?),
        seq: Seq(number(row, 5)?),
        offset: number(row, 6)?,
        last_at: UnixMillis(number(row, 7)?),
        ordinal: number(row, 8)?,
        rules_version: number(row, 9)?,
        members_count: number(row, 10)?,
        settings: codec::json(row, 11)?,
        changed: Changed::Nothing,
    })
}

/// Writes what has changed.
pub(super) fn write(connection: &Connection, head: &Head) -> Result<()> {
    if head.changed >= Changed::Place {
        connection
            .prepare_cached(
                "UPDATE conversations SET head = ?2, head_offset = ?3, last_at = ?4, ordinal = ?5 WHERE key = ?1",
            )?
            .execute([head.key, n(head.seq.0), n(head.offset), n(head.last_at.0), n(head.ordinal)])?;
    }
    if head.changed >= Changed::Rules {
        connection
            .prepare_cached(
                "UPDATE conversations SET rules_version = ?2, members_count = ?3, settings = ?4 WHERE key = ?1",
            )?
            .execute(params![
                head.key,
                n(head.rules_version),
                n(head.members_count),
                codec::to_json(&head.settings)?
            ])?;
    }
    Ok(())
}

/// The key of a conversation.
pub(super) fn key_of(connection: &Connection, id: Uuid) -> Result<Option<i64>> {
    connection
        .prepare_cached("SELECT key FROM conversations WHERE id = ?1")?
        .query_row([id.as_bytes()], |row| row.get(0))
        .optional()
}

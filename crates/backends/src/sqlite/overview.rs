//! What administrators see of a store as a whole.

use super::{
    SqliteStore,
    codec::{self, ACCOUNT, n, number, uuid},
};
use parlance_core::{
    conversation::{Kind, Settings},
    id::{ConversationId, Seq, UnixMillis},
};
use parlance_hub::ports::StoreError;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

/// A conversation, without what is said in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationOverview {
    /// The identity.
    pub id: ConversationId,
    /// What kind of conversation.
    pub kind: Kind,
    /// The name; empty where there is none.
    pub name: String,
    /// How many members it has.
    pub members_count: u64,
    /// The newest place.
    pub head: Seq,
    /// When the newest event was written.
    pub last_at: UnixMillis,
    /// Where to go on after this one in the list.
    pub cursor: u64,
}

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Accounts, those switched off included.
    pub users_count: u64,
    /// Conversations.
    pub conversations_count: u64,
    /// Events in all logs.
    pub events_count: u64,
}

impl SqliteStore {
    /// Conversations of all domains, those with the newest events first, after a cursor.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn conversations_overview(
        &self,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ConversationOverview>, StoreError> {
        self.readers.read(move |connection| list(connection, after, limit)).await
    }

    /// One conversation.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn conversation_overview(
        &self,
        id: ConversationId,
    ) -> Result<Option<ConversationOverview>, StoreError> {
        self.readers.read(move |connection| find(connection, id)).await
    }

    /// How much there is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn totals(&self) -> Result<Totals, StoreError> {
        self.readers.read(totals).await
    }
}

const COLUMNS: &str = "id, kind, settings, members_count, head, last_at, head_offset";

fn list(connection: &Connection, after: Option<u64>, limit: usize) -> Result<Vec<ConversationOverview>> {
    connection
        .prepare(&format!(
            "SELECT {COLUMNS} FROM conversations WHERE kind <> ?1 AND head_offset < ?2
             ORDER BY head_offset DESC LIMIT ?3"
        ))?
        .query_map(params![ACCOUNT, after.map_or(i64::MAX, n), limit as i64], from_row)?
        .collect()
}

fn find(connection: &Connection, id: ConversationId) -> Result<Option<ConversationOverview>> {
    connection
        .prepare(&format!("SELECT {COLUMNS} FROM conversations WHERE id = ?1 AND kind <> ?2"))?
        .query_row(params![id.0.as_bytes(), ACCOUNT], from_row)
        .optional()
}

fn from_row(row: &Row<'_>) -> Result<ConversationOverview> {
    let settings: Settings = codec::json(row, 2)?;
    Ok(ConversationOverview {
        id: ConversationId(uuid(row, 0)?),
        kind: codec::kind(row, 1)?,
        name: settings.name.to_string(),
        members_count: number(row, 3)?,
        head: Seq(number(row, 4)?),
        last_at: UnixMillis(number(row, 5)?),
        cursor: number(row, 6)?,
    })
}

fn totals(connection: &Connection) -> Result<Totals> {
    connection.query_row(
        "SELECT (SELECT count(*) FROM principals), (SELECT count(*) FROM conversations WHERE kind <> ?1),
             (SELECT coalesce(max(offset), 0) FROM events)",
        [ACCOUNT],
        |row| {
            Ok(Totals {
                users_count: number(row, 0)?,
                conversations_count: number(row, 1)?,
                events_count: number(row, 2)?,
            })
        },
    )
}

//! Names of conversations. They are claimed when a conversation is made, and no row is ever removed.

use super::{
    SqliteStore,
    codec::{self, uuid},
    heads::key_of,
};
use async_trait::async_trait;
use parlance_core::id::{ConversationId, DomainId};
use parlance_hub::ports::{Create, ListedRow, Names, Naming, StoreError};
use rusqlite::{Connection, OptionalExtension, Result, params};
use smol_str::SmolStr;

#[async_trait]
impl Names for SqliteStore {
    async fn find_name(&self, domain: DomainId, name: &str) -> Result<Option<ConversationId>, StoreError> {
        let name = name.to_owned();
        self.readers.read(move |c| find(c, domain, &name)).await
    }

    async fn load_name(&self, conversation: ConversationId) -> Result<Option<SmolStr>, StoreError> {
        self.readers.read(move |c| load(c, conversation)).await
    }

    async fn release_name(&self, conversation: ConversationId) -> Result<(), StoreError> {
        self.write(move |c| release(c, conversation)).await
    }

    async fn list_listed(
        &self,
        domain: DomainId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ListedRow>, StoreError> {
        let after = after.unwrap_or_default().to_owned();
        self.readers.read(move |c| list(c, domain, &after, limit)).await
    }
}

/// What a new conversation will be called.
pub(super) enum Choice<'a> {
    Named(&'a SmolStr),
    Nameless,
    /// The only name it may have is somebody else's.
    Taken,
}

/// Looks for the name that a conversation gets which is about to be made.
pub(super) fn choose<'a>(connection: &Connection, create: &'a Create) -> Result<Choice<'a>> {
    let (names, otherwise) = match &create.naming {
        Naming::Nameless => return Ok(Choice::Nameless),
        Naming::Exactly(name) => (std::slice::from_ref(name), Choice::Taken),
        Naming::FirstFree(names) => (names.as_slice(), Choice::Nameless),
    };
    for name in names {
        if find(connection, create.domain, name)?.is_none() {
            return Ok(Choice::Named(name));
        }
    }
    Ok(otherwise)
}

/// Gives a name to a conversation that was just made.
pub(super) fn claim(connection: &Connection, domain: DomainId, name: &str, key: i64) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO conversation_names (domain, name, conversation) VALUES (?1, ?2, ?3)")?
        .execute(params![domain.0, name, key])?;
    Ok(())
}

fn release(connection: &Connection, conversation: ConversationId) -> Result<()> {
    let Some(key) = key_of(connection, conversation.0)? else { return Ok(()) };
    connection.prepare_cached("DELETE FROM conversation_names WHERE conversation = ?1")?.execute([key])?;
    Ok(())
}

fn find(connection: &Connection, domain: DomainId, name: &str) -> Result<Option<ConversationId>> {
    connection
        .prepare_cached(
            "SELECT c.id FROM conversation_names n JOIN conversations c ON c.key = n.conversation
             WHERE n.domain = ?1 AND n.name = ?2",
        )?
        .query_row(params![domain.0, name], |row| uuid(row, 0).map(ConversationId))
        .optional()
}

fn load(connection: &Connection, conversation: ConversationId) -> Result<Option<SmolStr>> {
    let Some(key) = key_of(connection, conversation.0)? else { return Ok(None) };
    connection
        .prepare_cached("SELECT name FROM conversation_names WHERE conversation = ?1")?
        .query_row([key], |row| Ok(row.get_ref(0)?.as_str()?.into()))
        .optional()
}

fn list(connection: &Connection, domain: DomainId, after: &str, limit: usize) -> Result<Vec<ListedRow>> {
    connection
        .prepare_cached(
            "SELECT c.id, coalesce(n.name, lower(hex(c.id))) AS called, c.settings, c.members_count, c.kind
             FROM conversations c LEFT JOIN conversation_names n ON n.conversation = c.key
             WHERE c.domain = ?1 AND c.settings ->> 'listed' AND c.members_count > 0 AND called > ?2
             ORDER BY called LIMIT ?3",
        )?
        .query_map(params![domain.0, after, limit as i64], |row| {
            Ok(ListedRow {
                conversation: ConversationId(uuid(row, 0)?),
                kind: codec::kind(row, 4)?,
                name: row.get_ref(1)?.as_str()?.into(),
                settings: codec::json(row, 2)?,
                members_count: codec::number(row, 3)?,
            })
        })?
        .collect()
}

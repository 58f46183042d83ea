//! What one account keeps on this machine: the sign-in, the cache, and what is not sent yet.

mod events;
mod outbox;
mod schema;

use crate::error::StoreError;
use parlance_api::model::{Conversation, Me};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};
use std::{path::Path, time::Duration};

/// The local database of one account, one SQLite file that only its owner can read.
///
/// Every method is part of the transaction that [`Store::begin`] opened, or a transaction of its own.
#[derive(Debug)]
pub struct Store {
    database: Connection,
}

/// A sign-in as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct SignIn {
    /// The server's address.
    pub server: String,
    /// The secret.
    pub token: String,
    /// Who is signed in.
    pub me: Me,
}

/// Something about a conversation that the server has not been told yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsaid {
    /// How far it was read.
    Read(u64),
    /// The first place that was marked as unread.
    Unread(u64),
    /// What is being written.
    Draft(String),
}

impl Unsaid {
    fn kind(&self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Unread(_) => "unread",
            Self::Draft(_) => "draft",
        }
    }
}

impl Store {
    /// Opens the store in this file, and makes it when there is none.
    ///
    /// # Errors
    /// [`StoreError::File`], [`StoreError::TooNew`] or a failure of the database.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        schema::prepare_file(path)?;
        let database = Connection::open(path)?;
        database.busy_timeout(Duration::from_secs(5))?;
        schema::migrate(&database)?;
        Ok(Self { database })
    }

    /// A store that is gone when it is closed.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn in_memory() -> Result<Self, StoreError> {
        let database = Connection::open_in_memory()?;
        schema::migrate(&database)?;
        Ok(Self { database })
    }

    /// Begins a transaction that takes in everything until [`Store::commit`].
    ///
    /// # Errors
    /// A failure of the database.
    pub fn begin(&self) -> Result<(), StoreError> {
        Ok(self.database.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Makes everything since [`Store::begin`] durable.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn commit(&self) -> Result<(), StoreError> {
        Ok(self.database.execute_batch("COMMIT")?)
    }

    /// Overwrites what was deleted in the database's own journal too.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn scrub(&self) -> Result<(), StoreError> {
        let mut checkpoint = self.database.prepare_cached("PRAGMA wal_checkpoint(TRUNCATE)")?;
        checkpoint.query([])?.next()?;
        Ok(())
    }

    /// The sign-in, when there is one.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn load_sign_in(&self) -> Result<Option<SignIn>, StoreError> {
        self.load_value("sign_in")
    }

    /// Keeps a sign-in.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn save_sign_in(&self, sign_in: &SignIn) -> Result<(), StoreError> {
        self.save_value("sign_in", sign_in)
    }

    /// Forgets the sign-in; the cache and the unsent messages stay.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn forget_sign_in(&self) -> Result<(), StoreError> {
        self.database.execute("DELETE FROM account WHERE name = 'sign_in'", [])?;
        Ok(())
    }

    /// The mark up to which everything is known.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn load_mark(&self) -> Result<Option<String>, StoreError> {
        self.load_value("mark")
    }

    /// Keeps the mark.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn save_mark(&self, mark: &str) -> Result<(), StoreError> {
        self.save_value("mark", &mark)
    }

    /// Every conversation, newest first.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn load_conversations(&self) -> Result<Vec<Conversation>, StoreError> {
        let mut query =
            self.database.prepare_cached("SELECT body FROM conversation ORDER BY changed_at DESC")?;
        collect_json(query.query_map([], |row| row.get(0))?)
    }

    /// Keeps a conversation; its events are kept apart.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn save_conversation(&self, conversation: &Conversation) -> Result<(), StoreError> {
        let sql = "INSERT INTO conversation (conversation, changed_at, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (conversation) DO UPDATE SET changed_at = ?2, body = ?3";
        let body = serde_json::to_string(conversation)?;
        let mut statement = self.database.prepare_cached(sql)?;
        statement.execute(params![conversation.conversation, conversation.changed_at, body])?;
        Ok(())
    }

    /// Forgets a conversation and its events; what was not sent there stays until it is discarded.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn remove_conversation(&self, conversation: &str) -> Result<(), StoreError> {
        for table in ["conversation", "event", "unsaid"] {
            self.database.execute(&format!("DELETE FROM {table} WHERE conversation = ?1"), [conversation])?;
        }
        Ok(())
    }

    /// Forgets the whole cache; the sign-in and the unsent messages stay.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn reset(&self) -> Result<(), StoreError> {
        Ok(self.database.execute_batch(
            "DELETE FROM conversation; DELETE FROM event; DELETE FROM account WHERE name = 'mark';",
        )?)
    }

    /// What the server has not been told yet, by conversation.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn load_unsaid(&self) -> Result<Vec<(String, Unsaid)>, StoreError> {
        let mut query = self.database.prepare_cached("SELECT conversation, body FROM unsaid")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        rows.map(|row| {
            let (conversation, body) = row?;
            Ok((conversation, serde_json::from_str(&body)?))
        })
        .collect()
    }

    /// Keeps something to be told; a newer value replaces the older one.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn save_unsaid(&self, conversation: &str, unsaid: &Unsaid) -> Result<(), StoreError> {
        let sql = "INSERT INTO unsaid (conversation, kind, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (conversation, kind) DO UPDATE SET body = ?3";
        let body = serde_json::to_string(unsaid)?;
        self.database.execute(sql, params![conversation, unsaid.kind(), body])?;
        Ok(())
    }

    /// It was told; a newer value stays.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn remove_unsaid(&self, conversation: &str, said: &Unsaid) -> Result<(), StoreError> {
        let sql = "DELETE FROM unsaid WHERE conversation = ?1 AND kind = ?2 AND body = ?3";
        let body = serde_json::to_string(said)?;
        self.database.execute(sql, params![conversation, said.kind(), body])?;
        Ok(())
    }

    /// The names people see, by address.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn load_names(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut query = self.database.prepare_cached("SELECT address, display_name FROM person")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps a name.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn save_name(&self, address: &str, display_name: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO person (address, display_name) VALUES (?1, ?2)
             ON CONFLICT (address) DO UPDATE SET display_name = ?2";
        self.database.prepare_cached(sql)?.execute([address, display_name])?;
        Ok(())
    }

    fn load_value<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreError> {
        let sql = "SELECT value FROM account WHERE name = ?1";
        let text: Option<String> =
            self.database.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    fn save_value<T: Serialize>(&self, name: &str, value: &T) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO account (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
        self.database.prepare_cached(sql)?.execute(params![name, serde_json::to_string(value)?])?;
        Ok(())
    }
}

fn collect_json<T: DeserializeOwned>(
    rows: impl Iterator<Item = rusqlite::Result<String>>,
) -> Result<Vec<T>, StoreError> {
    rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
}

#[cfg(test)]
mod tests;

//! The file with the search index.

use crate::sqlite::{OpenError, codec::n, open};
use parlance_core::id::{PrincipalId, Seq, UnixMillis};
use rusqlite::{Connection, OptionalExtension, Result, params};
use std::path::Path;

/// Moves with every change of `index.sql` or of what is filed; an index of another version is made
/// again.
const VERSION: i64 = 2;

/// A writable index.
pub(super) struct Index {
    connection: Connection,
}

/// A message as it is filed.
pub(super) struct Message {
    pub(super) offset: u64,
    pub(super) conversation: i64,
    pub(super) seq: Seq,
    pub(super) at: UnixMillis,
    pub(super) terms: String,
}

impl Index {
    /// Opens the index at this path if it belongs to this life of the store and is not ahead of
    /// its log; otherwise an empty one is made in its place. Answers with how far it has come.
    pub(super) fn open(path: &Path, life: u32, newest: u64) -> Result<(Self, u64), OpenError> {
        if path.exists()
            && let Ok(index) = Self::connect(path)
            && let Ok(Some(cursor)) = index.cursor(life)
            && cursor <= newest
        {
            return Ok((index, cursor));
        }
        remove(path)?;
        let index = Self::connect(path)?;
        index.connection.execute_batch(include_str!("index.sql"))?;
        index.connection.pragma_update(None, "user_version", VERSION)?;
        index.connection.execute("INSERT INTO standing (one, life, cursor) VALUES (1, ?1, 0)", [life])?;
        Ok((index, 0))
    }

    /// The index follows what is already durable, so losing its last moments in a crash of the
    /// machine costs nothing but reading them again.
    fn connect(path: &Path) -> Result<Self> {
        let connection = open::writer(path)?;
        connection.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 1000")?;
        Ok(Self { connection })
    }

    fn cursor(&self, life: u32) -> Result<Option<u64>> {
        let version: i64 = self.connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version != VERSION {
            return Ok(None);
        }
        self.connection
            .query_row("SELECT cursor FROM standing WHERE life = ?1", [life], |row| row.get::<_, i64>(0))
            .optional()
            .map(|cursor| cursor.map(|cursor| cursor as u64))
    }

    /// Does several things at once, and notes how far the log was read.
    pub(super) fn transact(&self, cursor: u64, work: impl FnOnce(&Self) -> Result<()>) -> Result<()> {
        let transaction = self.connection.unchecked_transaction()?;
        work(self)?;
        self.connection.prepare_cached("UPDATE standing SET cursor = ?1")?.execute([n(cursor)])?;
        transaction.commit()
    }

    /// Files a message that was not filed before.
    pub(super) fn add(&self, message: &Message) -> Result<()> {
        self.connection
            .prepare_cached("INSERT INTO messages (offset, conversation, seq, at) VALUES (?1, ?2, ?3, ?4)")?
            .execute([n(message.offset), message.conversation, n(message.seq.0), n(message.at.0)])?;
        self.connection
            .prepare_cached(
                "INSERT INTO spans (run, first_at, last_at) VALUES (?1, ?2, ?2) ON CONFLICT DO UPDATE SET
                     first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)",
            )?
            .execute([n(message.offset) >> RUN_BITS, n(message.at.0)])?;
        self.file(message.offset, &message.terms)
    }

    fn file(&self, offset: u64, terms: &str) -> Result<()> {
        for sql in [
            "INSERT INTO filed (offset, terms) VALUES (?1, ?2)",
            "INSERT INTO postings (rowid, terms) VALUES (?1, ?2)",
        ] {
            self.connection.prepare_cached(sql)?.execute(params![n(offset), terms])?;
        }
        Ok(())
    }

    /// Takes a message's terms out; `false` when it has none.
    fn unfile(&self, offset: u64) -> Result<bool> {
        let terms: Option<String> = self
            .connection
            .prepare_cached("SELECT terms FROM filed WHERE offset = ?1")?
            .query_row([n(offset)], |row| row.get(0))
            .optional()?;
        let Some(terms) = terms else { return Ok(false) };
        self.connection
            .prepare_cached("INSERT INTO postings (postings, rowid, terms) VALUES ('delete', ?1, ?2)")?
            .execute(params![n(offset), terms])?;
        self.connection.prepare_cached("DELETE FROM filed WHERE offset = ?1")?.execute([n(offset)])?;
        Ok(true)
    }

    /// Files a message under other terms, if it is filed at all.
    pub(super) fn replace(&self, offset: u64, terms: &str) -> Result<()> {
        if self.unfile(offset)? { self.file(offset, terms) } else { Ok(()) }
    }

    /// Leaves nothing of a message.
    pub(super) fn remove(&self, offset: u64) -> Result<()> {
        self.unfile(offset)?;
        self.connection.prepare_cached("DELETE FROM messages WHERE offset = ?1")?.execute([n(offset)])?;
        Ok(())
    }

    /// Notes what has become of a message.
    pub(super) fn mark(&self, offset: u64, has_reaction: bool, is_pinned: bool) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE messages SET has_reaction = ?2, is_pinned = ?3 WHERE offset = ?1")?
            .execute(params![n(offset), has_reaction, is_pinned])?;
        Ok(())
    }

    /// Empties the write-ahead log, in which deleted terms would otherwise stay for a while.
    pub(super) fn checkpoint(&self) -> Result<()> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }
}

/// Runs of 1,024 offsets have a row in `spans`.
pub(super) const RUN_BITS: u32 = 10;

/// Removes an index, so that the next start makes it again.
pub(super) fn remove(path: &Path) -> Result<(), OpenError> {
    for suffix in ["", "-wal", "-shm"] {
        let path = open::beside(path, suffix);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(OpenError::Io { path, source });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The term of all messages of a conversation. No word of a text contains `_`.
pub(super) fn conversation_term(key: i64) -> String {
    format!("_c{key}")
}

/// The term of all messages of a sender.
pub(super) fn sender_term(sender: PrincipalId) -> String {
    format!("_s{sender}")
}

/// The term of all messages with a web address.
pub(super) const LINK_TERM: &str = "_link";

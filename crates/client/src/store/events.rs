use super::{Store, collect_json};
use crate::error::StoreError;
use parlance_api::event::{Body, Content, Event, Message};
use rusqlite::params;
use std::collections::HashMap;

impl Store {
    /// Keeps an event; a stored copy at the same place is replaced.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn save_event(&self, event: &Event) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO event (conversation, seq, event_id, target, body)
             VALUES (?1, ?2, ?3, ?4, ?5)";
        let target = match &event.content {
            Content::Edit { target, .. } => Some(target),
            _ => None,
        };
        let body = serde_json::to_string(event)?;
        let mut statement = self.database.prepare_cached(sql)?;
        statement.execute(params![event.conversation, stored(event.seq), event.event_id, target, body])?;
        Ok(())
    }

    /// Up to `limit` stored events before a place, oldest first.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn load_events_before(
        &self,
        conversation: &str,
        before: u64,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT body FROM event WHERE conversation = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";
        let mut query = self.database.prepare_cached(sql)?;
        let rows = query.query_map(params![conversation, stored(before), limit], |row| row.get(0))?;
        let mut events: Vec<Event> = collect_json(rows)?;
        events.reverse();
        Ok(events)
    }

    /// The stored events from one place to another, both included.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn load_events_between(
        &self,
        conversation: &str,
        from: u64,
        to: u64,
    ) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT body FROM event WHERE conversation = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq";
        let mut query = self.database.prepare_cached(sql)?;
        let rows = query.query_map(params![conversation, stored(from), stored(to)], |row| row.get(0))?;
        collect_json(rows)
    }

    /// A message and its edits, as far as they are stored.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn load_message(&self, conversation: &str, event_id: &str) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT body FROM event WHERE conversation = ?1 AND (event_id = ?2 OR target = ?2)";
        let mut query = self.database.prepare_cached(sql)?;
        let rows = query.query_map([conversation, event_id], |row| row.get(0))?;
        collect_json(rows)
    }

    /// Stored messages whose text has all of these words somewhere, newest first.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn find_messages(
        &self,
        words: &str,
        conversation: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT body FROM event WHERE ?1 IS NULL OR conversation = ?1
             ORDER BY json_extract(body, '$.at') DESC";
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let mut query = self.database.prepare_cached(sql)?;
        let rows = query.query_map([conversation], |row| row.get::<_, String>(0))?;
        let mut found = Vec::new();
        for row in rows {
            let event: Event = serde_json::from_str(&row?)?;
            if has_words(&event, &words) {
                found.push(event);
            }
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }

    /// The newest stored place of each conversation.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn load_newest_places(&self) -> Result<HashMap<String, u64>, StoreError> {
        let sql = "SELECT conversation, MAX(seq) FROM event GROUP BY conversation";
        let mut query = self.database.prepare_cached(sql)?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Forgets the events of a conversation.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn remove_events(&self, conversation: &str) -> Result<(), StoreError> {
        self.database.execute("DELETE FROM event WHERE conversation = ?1", [conversation])?;
        Ok(())
    }
}

fn has_words(event: &Event, words: &[String]) -> bool {
    let Content::Message(Message { body: Body::Text { text, .. }, .. }) = &event.content else {
        return false;
    };
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word))
}

/// A place as SQLite keeps it; none is ever that large.
fn stored(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

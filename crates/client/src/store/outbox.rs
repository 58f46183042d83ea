use super::Store;
use crate::{error::StoreError, model::OutboxEntry};
use rusqlite::params;

impl Store {
    /// What is not sent yet, oldest first.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn load_outbox(&self) -> Result<Vec<OutboxEntry>, StoreError> {
        let sql = "SELECT client_ref, action, state, delays FROM outbox ORDER BY place";
        let mut query = self.database.prepare_cached(sql)?;
        let rows = query.query_map([], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get(3)?))
        })?;
        rows.map(|row| {
            let (client_ref, action, state, delays) = row?;
            let (action, state) = (serde_json::from_str(&action)?, serde_json::from_str(&state)?);
            Ok(OutboxEntry { client_ref, action, state, delays })
        })
        .collect()
    }

    /// Keeps an unsent action, or how it stands now; its place in the row stays.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn save_outbox(&self, entry: &OutboxEntry) -> Result<(), StoreError> {
        let sql = "INSERT INTO outbox (client_ref, conversation, action, state, delays)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (client_ref) DO UPDATE SET action = ?3, state = ?4, delays = ?5";
        let (action, state) = (serde_json::to_string(&entry.action)?, serde_json::to_string(&entry.state)?);
        let conversation = entry.action.conversation();
        let mut statement = self.database.prepare_cached(sql)?;
        statement.execute(params![entry.client_ref, conversation, action, state, entry.delays])?;
        Ok(())
    }

    /// It was sent, or nobody wants it any more.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn remove_outbox(&self, client_ref: &str) -> Result<(), StoreError> {
        self.database.execute("DELETE FROM outbox WHERE client_ref = ?1", [client_ref])?;
        Ok(())
    }
}

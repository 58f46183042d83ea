use super::{arrangements, contacts};
use crate::sqlite::{
    codec::{n, number},
    event_log::last_where,
    heads::{Head, key_of},
};
use parlance_core::{
    account::AccountChange,
    event::Event,
    id::{ConversationId, Seq},
};
use rusqlite::{Connection, OptionalExtension, Result, ToSql};

/// Folds a change of an account log in; the sender is whose log it is.
pub(super) fn change(
    connection: &Connection,
    head: &Head,
    event: &Event,
    change: &AccountChange,
) -> Result<()> {
    match change {
        AccountChange::Read { conversation, seq } => {
            let read = reachable(connection, event, *conversation, *seq)?;
            set(connection, event, *conversation, "read = max(read, ?4)", [&n(read.0)])
        }
        AccountChange::Unread { conversation, from } => set(
            connection,
            event,
            *conversation,
            "read = min(read, max(?4, visible_from) - 1), furthest_read = max(furthest_read, read)",
            [&n(from.0)],
        ),
        AccountChange::Draft { conversation, text } => {
            set(connection, event, *conversation, "draft = ?4", [text])
        }
        AccountChange::Preferences { conversation, preferences } => set(
            connection,
            event,
            *conversation,
            "is_muted = ?4, is_favourite = ?5, is_hidden = ?6, is_mentions_only = ?7, hidden_at = ?8",
            [
                &preferences.muted as &dyn ToSql,
                &preferences.favourite,
                &preferences.hidden,
                &preferences.mentions_only,
                &n(preferences.hidden_at.0),
            ],
        ),
        AccountChange::Contact { who, contact, .. } => contacts::set(connection, head, event, *who, contact),
        AccountChange::ContactRemoved { who, .. } => contacts::remove(connection, head, event, *who),
        AccountChange::Arranged { change } => arrangements::fold(connection, head, event, change),
        // What these tell of stands in tables that are not folded from logs.
        AccountChange::Profile { .. } | AccountChange::Devices | AccountChange::Scheduled { .. } => Ok(()),
    }
}

/// A place that somebody says they have read, but not beyond what the log had when they said it.
fn reachable(connection: &Connection, event: &Event, conversation: ConversationId, seq: Seq) -> Result<Seq> {
    let Some(key) = key_of(connection, conversation.0)? else { return Ok(Seq::ZERO) };
    let mut at =
        connection.prepare_cached("SELECT offset FROM events WHERE conversation = ?1 AND seq = ?2")?;
    let mut was_there = |seq: u64| -> Result<bool> {
        let offset: Option<i64> = at.query_row([key, n(seq)], |row| row.get(0)).optional()?;
        Ok(offset.is_some_and(|offset| offset < n(event.offset.0)))
    };
    if was_there(seq.0)? {
        return Ok(seq);
    }
    let newest = connection
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM events WHERE conversation = ?1")?
        .query_row([key], |row| number(row, 0))?;
    last_where(newest.min(seq.0), was_there)
}

/// Sets columns of the sender's row in a conversation, if they are in it.
fn set<T: ToSql + ?Sized, const N: usize>(
    connection: &Connection,
    event: &Event,
    conversation: ConversationId,
    columns: &str,
    values: [&T; N],
) -> Result<()> {
    let Some(key) = key_of(connection, conversation.0)? else { return Ok(()) };
    let mut statement = connection.prepare_cached(&format!(
        "UPDATE members SET {columns}, changed_offset = ?3 WHERE conversation = ?1 AND principal = ?2
             AND left_offset IS NULL"
    ))?;
    statement.raw_bind_parameter(1, key)?;
    statement.raw_bind_parameter(2, event.sender.0.as_bytes())?;
    statement.raw_bind_parameter(3, n(event.offset.0))?;
    for (index, value) in values.into_iter().enumerate() {
        statement.raw_bind_parameter(4 + index, value)?;
    }
    statement.raw_execute()?;
    Ok(())
}

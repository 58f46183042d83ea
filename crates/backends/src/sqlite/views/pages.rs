use super::folded::{query, select_folded};
use crate::sqlite::{
    codec::{self, n, number},
    event_log::{last_where, source},
};
use parlance_core::{
    body::Body,
    event::Content,
    id::{ConversationId, Seq, UnixMillis},
};
use parlance_hub::ports::{FoldedEvent, Place};
use rusqlite::{Connection, Result};

pub(super) fn page(
    connection: &Connection,
    conversation: ConversationId,
    visible_from: Seq,
    place: Place,
    limit: usize,
) -> Result<Vec<FoldedEvent>> {
    let Some(source) = source(connection, conversation)? else { return Ok(Vec::new()) };
    let after = |seq: Seq| [source.key, n(seq.next().max(visible_from).0), limit as i64];
    let before = |seq: i64| [source.key, n(visible_from.0), seq, limit as i64];
    let upwards = select_folded!("WHERE e.conversation = ?1 AND e.seq >= ?2 ORDER BY e.seq LIMIT ?3");
    let downwards = select_folded!(
        "WHERE e.conversation = ?1 AND e.seq >= ?2 AND e.seq < ?3 ORDER BY e.seq DESC LIMIT ?4"
    );
    let mut events = match place {
        Place::After(seq) => return query(connection, source, upwards, after(seq)),
        Place::FromTime(at) => {
            let last_before = last_earlier(connection, source.key, at)?;
            return query(connection, source, upwards, after(last_before));
        }
        Place::Newest => query(connection, source, downwards, before(i64::MAX))?,
        Place::Before(seq) => query(connection, source, downwards, before(n(seq.0)))?,
    };
    events.reverse();
    Ok(events)
}

/// The last place that is earlier than a moment. Times never run backwards in a conversation.
fn last_earlier(connection: &Connection, key: i64, moment: UnixMillis) -> Result<Seq> {
    let head = connection
        .prepare_cached("SELECT head FROM conversations WHERE key = ?1")?
        .query_row([key], |row| number(row, 0))?;
    let mut at = connection.prepare_cached("SELECT at FROM events WHERE conversation = ?1 AND seq = ?2")?;
    last_where(head, |seq| Ok(at.query_row([key, n(seq)], |row| number(row, 0))? < moment.0))
}

pub(super) fn edits(
    connection: &Connection,
    conversation: ConversationId,
    seq: Seq,
) -> Result<Vec<(UnixMillis, Body)>> {
    let Some(source) = source(connection, conversation)? else { return Ok(Vec::new()) };
    let contents = connection
        .prepare_cached(
            "SELECT at, content FROM events WHERE conversation = ?1 AND content IS NOT NULL AND
                 (seq = ?2 AND kind = 1 OR seq IN (SELECT seq FROM edits WHERE conversation = ?1 AND target = ?2))
             ORDER BY seq",
        )?
        .query_map([source.key, n(seq.0)], |row| {
            Ok((UnixMillis(number(row, 0)?), codec::content(row.get_ref(1)?.as_str()?)))
        })?
        .collect::<Result<Vec<_>>>()?;
    Ok(contents.into_iter().filter_map(|(at, content)| Some((at, body_of(content)?))).collect())
}

fn body_of(content: Content) -> Option<Body> {
    match content {
        Content::Message(message) => Some(message.body),
        Content::Edit { body, .. } => Some(body),
        _ => None,
    }
}

pub(super) fn pins(connection: &Connection, conversation: ConversationId) -> Result<Vec<FoldedEvent>> {
    let Some(source) = source(connection, conversation)? else { return Ok(Vec::new()) };
    let sql = select_folded!(
        "WHERE e.conversation = ?1 AND f.pinned_offset IS NOT NULL ORDER BY f.pinned_offset DESC"
    );
    query(connection, source, sql, [source.key])
}

pub(super) fn thread(
    connection: &Connection,
    conversation: ConversationId,
    root: Seq,
    after: Seq,
    limit: usize,
) -> Result<Vec<FoldedEvent>> {
    let Some(source) = source(connection, conversation)? else { return Ok(Vec::new()) };
    let sql = select_folded!(
        "WHERE e.conversation = ?1 AND e.seq IN
             (SELECT seq FROM threads WHERE conversation = ?1 AND root = ?2 AND seq > ?3
              ORDER BY seq LIMIT ?4)
         ORDER BY e.seq"
    );
    query(connection, source, sql, [source.key, n(root.0), n(after.0), limit as i64])
}

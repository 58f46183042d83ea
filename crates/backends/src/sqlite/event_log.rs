use super::{
    SqliteStore,
    append::AppendJob,
    codec::{self, Source, event_columns, n, number, uuid},
    error::to_store_error,
};
use async_trait::async_trait;
use parlance_core::{
    conversation::{Member, State, TargetFacts},
    event::{Event, Offset, Target},
    id::{
        ClientRef, ConversationId, DeviceId, DomainId, Epoch, EventId, PrincipalId, RulesVersion, Seq,
        UnixMillis,
    },
};
use parlance_hub::ports::{Append, AppendError, Appended, EventLog, Expired, Mark, StoreError};
use rusqlite::{Connection, OptionalExtension, Result, params};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::oneshot;

#[async_trait]
impl EventLog for SqliteStore {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let (reply, answer) = oneshot::channel();
        let job = AppendJob::new(append, reply).map_err(|error| to_store_error(&error))?;
        self.writer.submit(Box::new(job)).await?;
        answer.await.unwrap_or_else(|_| Err(super::writer::stopped().into()))
    }

    async fn load_state(&self, conversation: ConversationId) -> Result<Option<State>, StoreError> {
        self.readers.read(move |connection| consistently(connection, |c| load_state(c, conversation))).await
    }

    async fn read_after(
        &self,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        self.readers.read(move |connection| read_after(connection, conversation, after, limit)).await
    }

    async fn find_ref(
        &self,
        conversation: ConversationId,
        device: DeviceId,
        client_ref: &ClientRef,
    ) -> Result<Option<Arc<Event>>, StoreError> {
        let client_ref = client_ref.clone();
        self.readers.read(move |connection| find_ref(connection, conversation, device, &client_ref)).await
    }

    async fn find_ref_of(
        &self,
        conversation: ConversationId,
        sender: PrincipalId,
        client_ref: &ClientRef,
    ) -> Result<Option<Arc<Event>>, StoreError> {
        let client_ref = client_ref.clone();
        self.readers.read(move |connection| find_ref_of(connection, conversation, sender, &client_ref)).await
    }

    async fn find_event(
        &self,
        conversation: ConversationId,
        id: EventId,
    ) -> Result<Option<Arc<Event>>, StoreError> {
        self.readers.read(move |connection| find_event(connection, conversation, id)).await
    }

    async fn find_target(
        &self,
        conversation: ConversationId,
        id: EventId,
        emoji: Option<&str>,
    ) -> Result<Option<TargetFacts>, StoreError> {
        let emoji = emoji.map(str::to_owned);
        self.readers
            .read(move |connection| {
                consistently(connection, |c| find_target(c, conversation, id, emoji.as_deref()))
            })
            .await
    }

    async fn last_post_at(
        &self,
        conversation: ConversationId,
        who: PrincipalId,
    ) -> Result<Option<UnixMillis>, StoreError> {
        self.readers.read(move |connection| last_post_at(connection, conversation, who)).await
    }

    async fn expired(&self, now: UnixMillis, limit: usize) -> Result<Vec<Expired>, StoreError> {
        self.readers.read(move |connection| expired(connection, now, limit)).await
    }

    async fn mark(&self) -> Result<Mark, StoreError> {
        Ok(Mark { life: self.life, offset: Offset(*self.shared.committed.borrow()) })
    }

    async fn seq_at(&self, conversation: ConversationId, offset: Offset) -> Result<Seq, StoreError> {
        self.readers
            .read(move |connection| {
                consistently(connection, |c| match source(c, conversation)? {
                    Some(source) => seq_at(c, source.key, offset),
                    None => Ok(Seq::ZERO),
                })
            })
            .await
    }

    async fn changed_between(
        &self,
        after: Offset,
        up_to: Offset,
    ) -> Result<Vec<(ConversationId, Seq)>, StoreError> {
        self.readers
            .read(move |connection| consistently(connection, |c| changed_between(c, after, up_to)))
            .await
    }
}

/// Makes several queries see the same moment.
pub(super) fn consistently<T>(
    connection: &Connection,
    read: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    let moment = connection.unchecked_transaction()?;
    let outcome = read(&moment)?;
    moment.commit()?;
    Ok(outcome)
}

/// Where a conversation is read from; `None` when there is none.
pub(super) fn source(connection: &Connection, id: ConversationId) -> Result<Option<Source>> {
    connection
        .prepare_cached("SELECT key, epoch FROM conversations WHERE id = ?1")?
        .query_row([id.0.as_bytes()], |row| Ok(Source { key: row.get(0)?, id, epoch: Epoch(row.get(1)?) }))
        .optional()
}

fn load_state(connection: &Connection, id: ConversationId) -> Result<Option<State>> {
    let found = connection
        .prepare_cached(
            "SELECT key, domain, kind, epoch, head, rules_version, settings FROM conversations WHERE id = ?1",
        )?
        .query_row([id.0.as_bytes()], |row| {
            let kind = codec::kind(row, 2)?;
            let mut state = State::new(id, DomainId(row.get(1)?), kind, Epoch(row.get(3)?));
            state.head = Seq(number(row, 4)?);
            state.rules_version = RulesVersion(number(row, 5)?);
            state.settings = codec::json(row, 6)?;
            Ok((row.get(0)?, state))
        })
        .optional()?;
    let Some((key, mut state)) = found else { return Ok(None) };
    state.members = load_members(connection, key)?;
    state.banned = connection
        .prepare_cached("SELECT principal FROM bans WHERE conversation = ?1")?
        .query_map([key], |row| uuid(row, 0).map(PrincipalId))?
        .collect::<Result<_>>()?;
    state.requests = connection
        .prepare_cached("SELECT principal, at FROM requests WHERE conversation = ?1")?
        .query_map([key], |row| Ok((PrincipalId(uuid(row, 0)?), UnixMillis(number(row, 1)?))))?
        .collect::<Result<_>>()?;
    Ok(Some(state))
}

fn load_members(connection: &Connection, key: i64) -> Result<HashMap<PrincipalId, Member>> {
    connection
        .prepare_cached(
            "SELECT principal, role, joined_seq, visible_from FROM members
             WHERE conversation = ?1 AND left_offset IS NULL",
        )?
        .query_map([key], |row| {
            let role = codec::role(row, 1)?;
            let (joined_seq, visible_from) = (Seq(number(row, 2)?), Seq(number(row, 3)?));
            Ok((PrincipalId(uuid(row, 0)?), Member { role, joined_seq, visible_from }))
        })?
        .collect()
}

fn read_after(
    connection: &Connection,
    conversation: ConversationId,
    after: Seq,
    limit: usize,
) -> Result<Vec<Arc<Event>>> {
    let Some(source) = source(connection, conversation)? else { return Ok(Vec::new()) };
    connection
        .prepare_cached(concat!(
            "SELECT ",
            event_columns!(),
            " FROM events e WHERE e.conversation = ?1 AND e.seq > ?2 ORDER BY e.seq LIMIT ?3"
        ))?
        .query_map([source.key, n(after.0), limit as i64], |row| codec::event(row, source).map(Arc::new))?
        .collect()
}

fn find_ref(
    connection: &Connection,
    conversation: ConversationId,
    device: DeviceId,
    client_ref: &ClientRef,
) -> Result<Option<Arc<Event>>> {
    let Some(source) = source(connection, conversation)? else { return Ok(None) };
    connection
        .prepare_cached(concat!(
            "SELECT ",
            event_columns!(),
            " FROM events e WHERE e.conversation = ?1 AND e.device = ?2 AND e.client_ref = ?3"
        ))?
        .query_row(params![source.key, device.0.as_bytes(), client_ref.as_str()], |row| {
            codec::event(row, source).map(Arc::new)
        })
        .optional()
}

/// Goes from device to device through the index of references, and so needs none of its own: what it
/// costs depends on how many devices have written here, not on how much.
fn find_ref_of(
    connection: &Connection,
    conversation: ConversationId,
    sender: PrincipalId,
    client_ref: &ClientRef,
) -> Result<Option<Arc<Event>>> {
    let Some(source) = source(connection, conversation)? else { return Ok(None) };
    connection
        .prepare_cached(concat!(
            "WITH RECURSIVE devices_here (device) AS (
                 SELECT min(device) FROM events INDEXED BY events_by_ref
                     WHERE conversation = ?1 AND client_ref IS NOT NULL
                 UNION ALL
                 SELECT (SELECT min(device) FROM events INDEXED BY events_by_ref
                         WHERE conversation = ?1 AND device > d.device AND client_ref IS NOT NULL)
                 FROM devices_here d WHERE d.device IS NOT NULL)
             SELECT ",
            event_columns!(),
            " FROM devices_here d CROSS JOIN events e INDEXED BY events_by_ref
                 ON e.conversation = ?1 AND e.device = d.device AND e.client_ref = ?3
             WHERE e.sender = ?2 ORDER BY e.seq DESC LIMIT 1"
        ))?
        .query_row(params![source.key, sender.0.as_bytes(), client_ref.as_str()], |row| {
            codec::event(row, source).map(Arc::new)
        })
        .optional()
}

fn find_event(
    connection: &Connection,
    conversation: ConversationId,
    id: EventId,
) -> Result<Option<Arc<Event>>> {
    let Some(source) = source(connection, conversation)? else { return Ok(None) };
    connection
        .prepare_cached(concat!(
            "SELECT ",
            event_columns!(),
            " FROM events e WHERE e.id = ?1 AND e.conversation = ?2"
        ))?
        .query_row(params![id.0.as_bytes(), source.key], |row| codec::event(row, source).map(Arc::new))
        .optional()
}

fn find_target(
    connection: &Connection,
    conversation: ConversationId,
    id: EventId,
    emoji: Option<&str>,
) -> Result<Option<TargetFacts>> {
    let Some(source) = source(connection, conversation)? else { return Ok(None) };
    let found = connection
        .prepare_cached(
            "SELECT seq, sender, kind = 1 AND content IS NOT NULL,
                    json_type(content, '$.message.poll') IS NOT NULL,
                    EXISTS (SELECT 1 FROM threads t WHERE t.conversation = e.conversation AND t.seq = e.seq)
             FROM events e WHERE id = ?1 AND conversation = ?2",
        )?
        .query_row(params![id.0.as_bytes(), source.key], |row| {
            Ok(TargetFacts {
                seq: Seq(number(row, 0)?),
                id,
                sender: PrincipalId(uuid(row, 1)?),
                is_live_message: row.get(2)?,
                is_poll: row.get(3)?,
                is_in_thread: row.get(4)?,
                emoji_count: 0,
                has_emoji: false,
            })
        })
        .optional()?;
    let Some(mut facts) = found else { return Ok(None) };
    (facts.emoji_count, facts.has_emoji) = connection
        .prepare_cached(
            "SELECT count(DISTINCT emoji), coalesce(max(emoji IS ?3), 0) FROM reactions
             WHERE conversation = ?1 AND seq = ?2",
        )?
        .query_row(params![source.key, n(facts.seq.0), emoji], |row| {
            Ok((row.get::<_, i64>(0)? as usize, row.get(1)?))
        })?;
    Ok(Some(facts))
}

fn expired(connection: &Connection, now: UnixMillis, limit: usize) -> Result<Vec<Expired>> {
    connection
        .prepare_cached(
            "SELECT c.id, e.sender, e.seq, e.id FROM expiring x
             JOIN conversations c ON c.key = x.conversation
             JOIN events e ON e.conversation = x.conversation AND e.seq = x.seq
             WHERE x.expires_at <= ?1 ORDER BY x.expires_at, x.offset LIMIT ?2",
        )?
        .query_map([n(now.0), limit as i64], |row| {
            Ok(Expired {
                conversation: ConversationId(uuid(row, 0)?),
                sender: PrincipalId(uuid(row, 1)?),
                target: Target { seq: Seq(number(row, 2)?), id: EventId(uuid(row, 3)?) },
            })
        })?
        .collect()
}

fn last_post_at(
    connection: &Connection,
    conversation: ConversationId,
    who: PrincipalId,
) -> Result<Option<UnixMillis>> {
    connection
        .prepare_cached(
            "SELECT e.at FROM conversations c JOIN events e ON e.conversation = c.key AND e.sender = ?2
             WHERE c.id = ?1 AND e.kind = 1 ORDER BY e.seq DESC LIMIT 1",
        )?
        .query_row([conversation.0.as_bytes(), who.0.as_bytes()], |row| number(row, 0).map(UnixMillis))
        .optional()
}

/// The last place whose offset is not above this one. Offsets grow with places, so this halves
/// its way through the log instead of reading it.
pub(super) fn seq_at(connection: &Connection, key: i64, offset: Offset) -> Result<Seq> {
    let (head, head_offset) = connection
        .prepare_cached("SELECT head, head_offset FROM conversations WHERE key = ?1")?
        .query_row([key], |row| Ok((number(row, 0)?, number(row, 1)?)))?;
    if head_offset <= offset.0 {
        return Ok(Seq(head));
    }
    let mut at =
        connection.prepare_cached("SELECT offset FROM events WHERE conversation = ?1 AND seq = ?2")?;
    last_where(head, |seq| Ok(at.query_row([key, n(seq)], |row| number(row, 0))? <= offset.0))
}

/// The last of the places 1 to `head` that satisfy a condition which holds from the first place
/// up to some place and not after it.
pub(super) fn last_where(head: u64, mut holds: impl FnMut(u64) -> Result<bool>) -> Result<Seq> {
    let (mut low, mut high) = (0, head);
    while low < high {
        let middle = high - (high - low) / 2;
        if holds(middle)? {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(Seq(low))
}

/// Widest run of offsets that is looked at event by event.
const RUN_MAX: u64 = 4_096;

fn changed_between(
    connection: &Connection,
    after: Offset,
    up_to: Offset,
) -> Result<Vec<(ConversationId, Seq)>> {
    if up_to.0.saturating_sub(after.0) <= RUN_MAX {
        return connection
            .prepare_cached(
                "SELECT c.id, newest.seq FROM conversations c JOIN
                     (SELECT conversation, max(seq) AS seq FROM events NOT INDEXED
                      WHERE offset > ?1 AND offset <= ?2 GROUP BY conversation) newest
                 ON c.key = newest.conversation",
            )?
            .query_map([n(after.0), n(up_to.0)], |row| {
                Ok((ConversationId(uuid(row, 0)?), Seq(number(row, 1)?)))
            })?
            .collect();
    }
    let mut statement =
        connection.prepare_cached("SELECT key, id FROM conversations WHERE head_offset > ?1")?;
    let candidates = statement
        .query_map([n(after.0)], |row| Ok((row.get(0)?, ConversationId(uuid(row, 1)?))))?
        .collect::<Result<Vec<(i64, _)>>>()?;
    let mut changed = Vec::new();
    for (key, id) in candidates {
        let newest = seq_at(connection, key, up_to)?;
        if newest > seq_at(connection, key, after)? {
            changed.push((id, newest));
        }
    }
    Ok(changed)
}

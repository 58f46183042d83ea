//! Events become durable: the one way into the log.

use super::{
    codec::{self, event_columns, n},
    directory,
    heads::{Head, Heads},
    job::{Batch, Job},
    names::{self, Choice},
    project,
};
use parlance_core::{
    account::AccountChange,
    event::{Content, Event, Offset},
    id::{ClientRef, ConversationId, Seq},
};
use parlance_hub::ports::{Append, AppendError, Appended, Create, Draft, PrincipalChange, StoreError};
use rusqlite::{Connection, OptionalExtension, Result, params};
use std::sync::Arc;
use tokio::sync::oneshot;

/// An append that waits for its transaction.
pub(super) struct AppendJob {
    append: Append,
    encoded: Vec<Encoded>,
    outcome: Option<Result<Appended, AppendError>>,
    reply: oneshot::Sender<Result<Appended, AppendError>>,
}

/// What of an event does not depend on its place, made ready before it queues.
struct Encoded {
    content: Option<String>,
    extras: Option<String>,
}

impl Encoded {
    fn new(draft: &Draft) -> Result<Self> {
        let content =
            (draft.content != Content::Deleted).then(|| codec::to_json(&draft.content)).transpose()?;
        Ok(Self { content, extras: draft.extras.as_ref().map(codec::to_json).transpose()? })
    }
}

impl AppendJob {
    pub(super) fn new(append: Append, reply: oneshot::Sender<Result<Appended, AppendError>>) -> Result<Self> {
        let encoded = append.events.iter().map(Encoded::new).collect::<Result<_>>()?;
        Ok(Self { append, encoded, outcome: None, reply })
    }
}

impl Job for AppendJob {
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<()> {
        self.outcome = Some(append(batch, &self.append, &self.encoded)?);
        Ok(())
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let made = self.outcome.unwrap_or_else(|| Err(super::writer::stopped().into()));
        // Who asked may have gone away; what was written stays, and a retry will find it.
        let _ = self.reply.send(outcome.map_err(AppendError::from).and(made));
    }
}

/// Decides first and writes then, so that a refusal leaves nothing to undo.
fn append(
    batch: &mut Batch<'_>,
    append: &Append,
    encoded: &[Encoded],
) -> Result<Result<Appended, AppendError>> {
    let connection = batch.connection;
    let known = batch.heads.get(connection, append.conversation)?;
    if let (Some(head), Some(client_ref)) = (&known, &append.client_ref)
        && let Some(earlier) = find_earlier(connection, head, append, client_ref)?
    {
        return Ok(earlier);
    }
    let head = match (known, &append.create) {
        (None, None) => return Ok(Err(AppendError::NoConversation)),
        (Some(_), Some(_)) => return Ok(Err(AppendError::Conflict)),
        (Some(head), None) => {
            if append.rules_version.is_some_and(|version| version.0 != head.rules_version) {
                return Ok(Err(AppendError::Conflict));
            }
            head
        }
        (None, Some(create)) => match names::choose(connection, create)? {
            Choice::Taken => return Ok(Err(AppendError::NameTaken)),
            choice => found(batch.heads, connection, append.conversation, create, choice)?,
        },
    };
    let events = write_events(connection, head, batch.next_offset, append, encoded)?;
    write_work(connection, head, append)?;
    Ok(Ok(Appended { events, is_duplicate: false }))
}

/// Makes a conversation and gives it its name.
fn found<'a>(
    heads: &'a mut Heads,
    connection: &Connection,
    id: ConversationId,
    create: &Create,
    choice: Choice<'_>,
) -> Result<&'a mut Head> {
    let head = heads.create(connection, id, create)?;
    if let Choice::Named(name) = choice {
        names::claim(connection, create.domain, name, head.key)?;
    }
    Ok(head)
}

/// The answer to a `client_ref` that this device has used here before.
fn find_earlier(
    connection: &Connection,
    head: &Head,
    append: &Append,
    client_ref: &ClientRef,
) -> Result<Option<Result<Appended, AppendError>>> {
    let device = append.device.map(|device| *device.0.as_bytes());
    let first = connection
        .prepare_cached(
            "SELECT seq, run, kind FROM events
             WHERE conversation = ?1 AND device IS ?2 AND client_ref = ?3",
        )?
        .query_row(params![head.key, device, client_ref.as_str()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })
        .optional()?;
    let Some((seq, run, kind)) = first else { return Ok(None) };
    if append.events.first().is_none_or(|draft| codec::content_code(&draft.content) != kind) {
        return Ok(Some(Err(AppendError::ClientRefReused)));
    }
    let events = connection
        .prepare_cached(concat!(
            "SELECT ",
            event_columns!(),
            " FROM events e WHERE e.conversation = ?1 AND e.seq >= ?2 AND e.seq < ?2 + ?3 ORDER BY e.seq"
        ))?
        .query_map([head.key, seq, run], |row| codec::event(row, head.source()).map(Arc::new))?
        .collect::<Result<_>>()?;
    Ok(Some(Ok(Appended { events, is_duplicate: true })))
}

fn write_events(
    connection: &Connection,
    head: &mut Head,
    next_offset: &mut u64,
    append: &Append,
    encoded: &[Encoded],
) -> Result<Vec<Arc<Event>>> {
    let mut events = Vec::with_capacity(encoded.len());
    for (index, (draft, encoded)) in append.events.iter().zip(encoded).enumerate() {
        let run = if index == 0 { encoded_len(append) } else { 1 };
        let mut event = place(head, *next_offset, append, draft, index == 0);
        let completed = complete(connection, head, &mut event)?;
        // The decision to edit or to vote may have been made just before the message was deleted.
        let is_too_late = project::is_about_deleted(connection, head, &event)?;
        let (content, extras) = if is_too_late {
            (None, None)
        } else {
            (completed.as_deref().or(encoded.content.as_deref()), encoded.extras.as_deref())
        };
        let ordinal = head.ordinal + u64::from(event.content.is_countable());
        insert(connection, head, &event, ordinal, run, content, extras)?;
        if is_too_late {
            event.content = Content::Deleted;
            event.extras = None;
        }
        *next_offset += 1;
        head.advance(&event, ordinal);
        project::blank(connection, head, &event)?;
        project::fold(connection, head, &event, project::root(&event.content))?;
        note_profile(connection, &event)?;
        events.push(Arc::new(event));
    }
    Ok(events)
}

/// Gives an event what only the store knows: the time at which it disappears, and what somebody answered
/// before. Tells its content as it is then, when that changed.
fn complete(connection: &Connection, head: &Head, event: &mut Event) -> Result<Option<String>> {
    let expires_at = project::expiry_of(connection, head, event)?;
    let is_given = event.content.expires_at() == expires_at && event.content.answered().is_none();
    event.content.set_expires_at(expires_at);
    event.content.set_answer_before(project::answer_before(connection, head, event)?);
    (!is_given).then(|| codec::to_json(&event.content)).transpose()
}

fn encoded_len(append: &Append) -> i64 {
    append.events.len() as i64
}

/// The event at the next place of the log, never earlier than its predecessor.
fn place(head: &Head, offset: u64, append: &Append, draft: &Draft, is_first: bool) -> Event {
    Event {
        conversation: head.id,
        epoch: head.epoch,
        seq: Seq(head.seq.0 + 1),
        id: draft.id,
        sender: append.sender,
        device: append.device,
        client_ref: append.client_ref.clone().filter(|_| is_first),
        at: append.at.max(head.last_at),
        content: draft.content.clone(),
        extras: draft.extras.clone(),
        offset: Offset(offset),
    }
}

fn insert(
    connection: &Connection,
    head: &Head,
    event: &Event,
    ordinal: u64,
    run: i64,
    content: Option<&str>,
    extras: Option<&str>,
) -> Result<()> {
    let kind = codec::content_code(&event.content);
    let checksum = codec::checksum(&codec::Summed {
        key: head.key,
        offset: event.offset.0,
        seq: event.seq.0,
        id: *event.id.0.as_bytes(),
        sender: *event.sender.0.as_bytes(),
        at: event.at.0,
        kind,
        content,
        extras,
    });
    connection
        .prepare_cached(
            "INSERT INTO events (offset, conversation, seq, id, sender, device, client_ref, at, kind,
                                 ordinal, run, root, checksum,
                                 content, extras)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            n(event.offset.0),
            head.key,
            n(event.seq.0),
            event.id.0.as_bytes(),
            event.sender.0.as_bytes(),
            event.device.map(|device| *device.0.as_bytes()),
            event.client_ref.as_ref().map(ClientRef::as_str),
            n(event.at.0),
            kind,
            n(ordinal),
            run,
            project::root(&event.content).map(|root| n(root.0)),
            checksum,
            content,
            extras,
        ])?;
    Ok(())
}

/// The one account change that is also kept in the directory, because others see it.
fn note_profile(connection: &Connection, event: &Event) -> Result<()> {
    if let Content::Account(AccountChange::Profile { display_name, privacy }) = &event.content {
        let (display_name, privacy) = (Some(display_name.clone()), Some(*privacy));
        let change = PrincipalChange { display_name, privacy, ..PrincipalChange::default() };
        directory::update_principal(connection, event.sender, &change)?;
    }
    Ok(())
}

fn write_work(connection: &Connection, head: &Head, append: &Append) -> Result<()> {
    for work in &append.work {
        connection
            .prepare_cached("INSERT INTO work (domain, queue, due_at, payload) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![head.domain.0, work.queue.as_str(), n(work.due_at.0), work.payload])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;

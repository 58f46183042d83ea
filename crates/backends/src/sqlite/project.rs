//! What follows from an event, in rows. Each function looks at the event, at rows folded from
//! earlier events, and at nothing else, so that all rows can be made again from the log.

mod account;
mod answers;
mod arrangements;
mod contacts;
mod expiring;
mod folds;
mod members;
mod mentions;

use super::{
    codec::{self, Summed},
    heads::Head,
};
use parlance_core::{
    event::{Content, Event},
    id::{Seq, UnixMillis},
    poll::AnswerBefore,
};
use rusqlite::{Connection, OptionalExtension, Result, params};

/// Every table that [`fold`] writes, apart from the folded columns of `conversations`.
pub(super) const TABLES: &[&str] = &[
    "members",
    "bans",
    "requests",
    "folds",
    "reactions",
    "edits",
    "votes",
    "acknowledgements",
    "threads",
    "deleted",
    "expiring",
    "mentions",
    "mentions_of_all",
    "contacts",
    "contact_removals",
    "arrangements",
];

/// The first message of the thread a message belongs to.
pub(super) fn root(content: &Content) -> Option<Seq> {
    match content {
        Content::Message(message) => message.thread.map(|thread| thread.seq),
        _ => None,
    }
}

/// Folds the next event of the log in. The root stands beside it, because it is known also of
/// messages whose content was deleted since.
pub(super) fn fold(connection: &Connection, head: &mut Head, event: &Event, root: Option<Seq>) -> Result<()> {
    if let Some(root) = root {
        folds::add_reply(connection, head.key, event, root)?;
    }
    match &event.content {
        Content::Message(message) => {
            if let Some(at) = message.expires_at {
                expiring::add(connection, head.key, event, at)?;
            }
            mentions::add(connection, head.key, event.seq, event.sender, &message.body)
        }
        Content::Edit { target, body, .. } => folds::edit(connection, head.key, event, target.seq, body),
        Content::Delete { target } => {
            expiring::remove(connection, head.key, target.seq)?;
            folds::delete(connection, head.key, event, target.seq)
        }
        Content::Reaction { target, emoji, added } => {
            folds::react(connection, head.key, event, target.seq, emoji, *added)
        }
        Content::Pin { target, pinned } => folds::pin(connection, head.key, event, target.seq, *pinned),
        Content::Vote { target, vote } => answers::vote(connection, head.key, event, target.seq, vote),
        Content::PollClosed { target } => answers::close(connection, head.key, event, target.seq),
        Content::Acknowledgement { target, .. } => {
            answers::acknowledge(connection, head.key, event, target.seq)
        }
        Content::Membership { who, change } => members::change(connection, head, event, *who, *change),
        Content::Settings(change) => {
            head.settings.apply(change);
            Ok(())
        }
        Content::Account(change) => account::change(connection, head, event, change),
        Content::Deleted | Content::Foreign | Content::Unknown => Ok(()),
    }
}

/// When an event disappears that is to be appended.
pub(super) fn expiry_of(connection: &Connection, head: &Head, event: &Event) -> Result<Option<UnixMillis>> {
    match &event.content {
        Content::Edit { target, .. } => expiring::time_of(connection, head.key, target.seq),
        content => Ok(content.expiry(event.at, head.settings.expire_after_s)),
    }
}

/// What somebody who answers a message had answered before.
pub(super) fn answer_before(connection: &Connection, head: &Head, event: &Event) -> Result<AnswerBefore> {
    match event.content.answered() {
        Some(target) => answers::answer_of(connection, head.key, target.seq, event.sender),
        None => Ok(AnswerBefore::default()),
    }
}

/// Whether this is an edit of a message, or a vote in a poll, that has been deleted by now.
pub(super) fn is_about_deleted(connection: &Connection, head: &Head, event: &Event) -> Result<bool> {
    match event.content {
        Content::Edit { target, .. } | Content::Vote { target, .. } => {
            is_deleted(connection, head.key, codec::n(target.seq.0))
        }
        _ => Ok(false),
    }
}

/// Turns the content of a message, of all its edits and of all votes in it to nothing when this event deletes
/// it. Comes before [`fold`], which forgets where those are.
pub(super) fn blank(connection: &Connection, head: &Head, event: &Event) -> Result<()> {
    let Content::Delete { target } = event.content else { return Ok(()) };
    let rows = connection
        .prepare_cached(
            "SELECT offset, seq, id, sender, at, kind FROM events
             WHERE conversation = ?1 AND kind IN (1, 2, 10) AND seq IN
                 (SELECT ?2
                  UNION ALL SELECT seq FROM edits WHERE conversation = ?1 AND target = ?2
                  UNION ALL SELECT seq FROM votes WHERE conversation = ?1 AND target = ?2)",
        )?
        .query_map([head.key, codec::n(target.seq.0)], |row| {
            let (offset, seq, at) = (codec::number(row, 0)?, codec::number(row, 1)?, codec::number(row, 4)?);
            let (id, sender, kind) = (row.get(2)?, row.get(3)?, row.get(5)?);
            let (content, extras) = (None, None);
            let row = Summed { key: head.key, offset, seq, id, sender, at, kind, content, extras };
            Ok((offset, codec::checksum(&row)))
        })?
        .collect::<Result<Vec<_>>>()?;
    let mut blank = connection
        .prepare_cached("UPDATE events SET content = NULL, extras = NULL, checksum = ?2 WHERE offset = ?1")?;
    rows.into_iter().try_for_each(|(offset, sum)| blank.execute([codec::n(offset), sum]).map(drop))
}

fn is_deleted(connection: &Connection, key: i64, seq: i64) -> Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM deleted WHERE conversation = ?1 AND seq = ?2")?
        .query_row(params![key, seq], |_| Ok(()))
        .optional()
        .map(|found| found.is_some())
}

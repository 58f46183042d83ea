//! Reads the log behind the writer and files every message.

use super::index::{self, Index, LINK_TERM, Message, conversation_term, sender_term};
use crate::sqlite::{
    OpenError,
    codec::{self, n, number, uuid},
    open,
    stopwatch::Stopwatch,
};
use parlance_core::{
    body::Body,
    event::Content,
    id::{PrincipalId, Seq, UnixMillis},
    search::{has_link, words},
};
use rusqlite::{Connection, OptionalExtension, Result};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};
use tokio::sync::{Notify, watch};

/// Most events of one transaction.
const BATCH: usize = 4_000;

/// How long news wait to be filed together with what comes next, unless somebody searches.
const PATIENCE: Duration = Duration::from_millis(500);

/// The thread that keeps the index up with the log.
#[derive(Debug)]
pub(super) struct Follower {
    /// How far the index has come.
    pub(super) indexed: watch::Receiver<u64>,
    /// Tells it to hurry.
    pub(super) hurry: Arc<Notify>,
    stop: Option<watch::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    /// Opens the index and starts to follow.
    pub(super) fn start(
        store: &Path,
        path: PathBuf,
        life: u32,
        committed: watch::Receiver<u64>,
    ) -> Result<Self, OpenError> {
        let newest = *committed.borrow();
        let (index, cursor) = Index::open(&path, life, newest)?;
        let (told, indexed) = watch::channel(cursor);
        let (stop, stopped) = watch::channel(());
        let hurry = Arc::new(Notify::new());
        let at_path = |source| OpenError::Io { path: path.clone(), source };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(at_path)?;
        let mut worker = Worker {
            index,
            log: open::reader(store)?,
            cursor,
            committed,
            told,
            hurry: hurry.clone(),
            stopped,
        };
        let its_path = path.clone();
        let run = move || {
            if let Err(error) = runtime.block_on(worker.run()) {
                tracing::error!(%error, "the search index failed; it is made again at the next start");
                // Nothing more can be done about a file that can be neither written nor removed.
                let _ = index::remove(&its_path);
            }
        };
        let thread = std::thread::Builder::new().name("search-index".into()).spawn(run).map_err(at_path)?;
        Ok(Self { indexed, hurry, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // The index goes on from its cursor at the next start.
            let _ = thread.join();
        }
    }
}

struct Worker {
    index: Index,
    log: Connection,
    cursor: u64,
    committed: watch::Receiver<u64>,
    told: watch::Sender<u64>,
    hurry: Arc<Notify>,
    stopped: watch::Receiver<()>,
}

impl Worker {
    /// Follows until the store is closed.
    async fn run(&mut self) -> Result<()> {
        self.catch_up()?;
        loop {
            tokio::select! {
                _ = self.stopped.changed() => return Ok(()),
                changed = self.committed.changed() => if changed.is_err() { return Ok(()) },
            }
            tokio::select! {
                _ = self.stopped.changed() => return Ok(()),
                () = self.hurry.notified() => {}
                () = tokio::time::sleep(PATIENCE) => {}
            }
            self.catch_up()?;
        }
    }

    /// Files everything that is committed, and says how it goes when that takes long.
    fn catch_up(&mut self) -> Result<()> {
        let mut said = Stopwatch::start();
        let mut has_removed = false;
        loop {
            let newest = *self.committed.borrow_and_update();
            metrics::gauge!("parlance_search_lag_events").set(newest.saturating_sub(self.cursor) as f64);
            if self.cursor >= newest || self.stopped.has_changed().is_err() {
                break;
            }
            has_removed |= self.file_batch(newest)?;
            self.told.send_replace(self.cursor);
            if said.elapsed() > Duration::from_secs(5) {
                tracing::info!(offset = self.cursor, newest, "filing messages in the search index");
                said = Stopwatch::start();
            }
        }
        if has_removed { self.index.checkpoint() } else { Ok(()) }
    }

    /// Files the next events up to an offset; answers whether terms were taken out.
    fn file_batch(&mut self, up_to: u64) -> Result<bool> {
        let entries = self.read_batch(up_to)?;
        let cursor =
            if entries.len() < BATCH { up_to } else { entries.last().map_or(up_to, |entry| entry.offset) };
        self.index
            .transact(cursor, |index| entries.iter().try_for_each(|entry| file(index, &self.log, entry)))?;
        self.cursor = cursor;
        Ok(entries.iter().any(|entry| matches!(entry.content, Content::Edit { .. } | Content::Delete { .. })))
    }

    fn read_batch(&self, up_to: u64) -> Result<Vec<Entry>> {
        self.log
            .prepare_cached(
                "SELECT offset, conversation, seq, sender, at, content FROM events
                 WHERE offset > ?1 AND offset <= ?2 AND kind BETWEEN 1 AND 5 ORDER BY offset LIMIT ?3",
            )?
            .query_map([n(self.cursor), n(up_to), BATCH as i64], |row| {
                Ok(Entry {
                    offset: number(row, 0)?,
                    conversation: row.get(1)?,
                    seq: Seq(number(row, 2)?),
                    sender: PrincipalId(uuid(row, 3)?),
                    at: UnixMillis(number(row, 4)?),
                    content: row.get_ref(5)?.as_str_or_null()?.map_or(Content::Deleted, codec::content),
                })
            })?
            .collect()
    }
}

/// What the index needs to know of an event.
struct Entry {
    offset: u64,
    conversation: i64,
    seq: Seq,
    sender: PrincipalId,
    at: UnixMillis,
    content: Content,
}

fn file(index: &Index, log: &Connection, entry: &Entry) -> Result<()> {
    match &entry.content {
        Content::Message(message) => index.add(&Message {
            offset: entry.offset,
            conversation: entry.conversation,
            seq: entry.seq,
            at: entry.at,
            terms: terms(entry, &message.body),
        }),
        Content::Edit { target, body, .. } => match target_offset(log, entry, target.seq)? {
            Some(offset) => index.replace(offset, &terms(entry, body)),
            None => Ok(()),
        },
        Content::Delete { target } => match target_offset(log, entry, target.seq)? {
            Some(offset) => index.remove(offset),
            None => Ok(()),
        },
        Content::Reaction { target, .. } | Content::Pin { target, .. } => mark(index, log, entry, target.seq),
        _ => Ok(()),
    }
}

fn target_offset(log: &Connection, entry: &Entry, target: Seq) -> Result<Option<u64>> {
    log.prepare_cached("SELECT offset FROM events WHERE conversation = ?1 AND seq = ?2")?
        .query_row([entry.conversation, n(target.0)], |row| number(row, 0))
        .optional()
}

/// Notes what the fold says now, so that it does not matter how often or in which order.
fn mark(index: &Index, log: &Connection, entry: &Entry, target: Seq) -> Result<()> {
    let now = log
        .prepare_cached(
            "SELECT e.offset, f.reactions > 0, f.pinned_offset IS NOT NULL
             FROM events e JOIN folds f ON f.conversation = e.conversation AND f.seq = e.seq
             WHERE e.conversation = ?1 AND e.seq = ?2",
        )?
        .query_row([entry.conversation, n(target.0)], |row| {
            Ok((codec::number(row, 0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    match now {
        Some((offset, has_reaction, is_pinned)) => index.mark(offset, has_reaction, is_pinned),
        None => Ok(()),
    }
}

/// What a message is filed under: its words, each once, and what it can be filtered by. An edit
/// has the sender and the conversation of what it edits.
fn terms(entry: &Entry, body: &Body) -> String {
    let text = match body {
        Body::Text { text, .. } => text.as_str(),
        Body::Opaque { .. } => "",
    };
    let mut terms = words(text);
    terms.push(conversation_term(entry.conversation));
    terms.push(sender_term(entry.sender));
    if has_link(text) {
        terms.push(LINK_TERM.to_owned());
    }
    terms.sort_unstable();
    terms.dedup();
    terms.join(" ")
}

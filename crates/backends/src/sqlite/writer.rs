//! The one writer: everything that changes the store goes through this thread.
//!
//! It takes whatever has queued up, writes it in one transaction, waits until that is on disk, and
//! only then answers. So the cost of a sync is shared by everybody who waits for it, and nothing
//! that was answered can be lost.

use super::{
    error::{is_fatal, to_store_error},
    heads::Heads,
    job::{Batch, Job},
    stopwatch::Stopwatch,
};
use parking_lot::Mutex;
use parlance_hub::ports::StoreError;
use rusqlite::Connection;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, Sender, TryRecvError, channel},
    },
    thread::JoinHandle,
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Most jobs of one transaction.
const BATCH_JOBS_MAX: usize = 2_048;

/// A job with its place in the queue.
struct Queued {
    job: Box<dyn Job>,
    place: OwnedSemaphorePermit,
}

impl Queued {
    /// Makes the place free first, so that who is answered can come back at once.
    fn answer(self, outcome: Result<(), StoreError>) {
        drop(self.place);
        self.job.answer(outcome);
    }
}

/// The way to the writer.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<Sender<Queued>>,
    places: Arc<Semaphore>,
    wait: Duration,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the writer tells the rest of the store.
#[derive(Debug)]
pub(super) struct Shared {
    /// The newest committed offset; told after the commit and before the answers.
    pub(super) committed: watch::Sender<u64>,
    /// Whether a durable write has failed.
    pub(super) failed: watch::Sender<bool>,
    /// Held by the writer during a transaction, and by whoever empties the log: SQLite would let the one that
    /// waits look again after pauses of up to a tenth of a second.
    pub(super) turn: Mutex<()>,
    transactions: AtomicU64,
}

impl Shared {
    pub(super) fn new(committed: u64) -> Arc<Self> {
        Arc::new(Self {
            committed: watch::Sender::new(committed),
            failed: watch::Sender::new(false),
            turn: Mutex::new(()),
            transactions: AtomicU64::new(0),
        })
    }

    /// Ends the store for good.
    pub(super) fn fail(&self, why: &rusqlite::Error) {
        tracing::error!(error = %why, "a durable write failed: the store stops");
        self.failed.send_replace(true);
    }

    /// How many transactions were committed since the store was opened.
    pub(super) fn transactions(&self) -> u64 {
        self.transactions.load(Ordering::Relaxed)
    }
}

/// Bounds of the queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct QueueLimits {
    pub(super) jobs_max: usize,
    pub(super) wait: Duration,
    pub(super) linger_max: Duration,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(
        connection: Connection,
        limits: QueueLimits,
        shared: Arc<Shared>,
    ) -> std::io::Result<Self> {
        let (jobs, queue) = channel();
        let mut worker = Worker {
            connection,
            queue,
            heads: Heads::default(),
            next_offset: *shared.committed.borrow() + 1,
            linger_max: limits.linger_max,
            last_batch: 1,
            last_commit: Duration::ZERO,
            shared: shared.clone(),
        };
        let thread = std::thread::Builder::new().name("store-writer".into()).spawn(move || worker.run())?;
        let places = Arc::new(Semaphore::new(limits.jobs_max));
        Ok(Self { jobs: Some(jobs), places, wait: limits.wait, shared, thread: Some(thread) })
    }

    /// Queues a job, waiting for a place for a bounded time. The job answers for itself, unless
    /// this is an error.
    pub(super) async fn submit(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        if *self.shared.failed.borrow() {
            return Err(stopped());
        }
        let place = self.place().await?;
        metrics::gauge!("parlance_store_queue_length").increment(1.0);
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(Queued { job, place }).map_err(|_| stopped())
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        if let Ok(place) = self.places.clone().try_acquire_owned() {
            return Ok(place);
        }
        match tokio::time::timeout(self.wait, self.places.clone().acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(stopped()),
            Err(_) => Err(StoreError::Unavailable("too many writes are waiting".into())),
        }
    }
}

impl Drop for Writer {
    /// Writes what is queued, answers it, and ends the thread.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has already told everybody who waited.
            let _ = thread.join();
        }
    }
}

/// What everybody is told after a durable write has failed.
pub(super) fn stopped() -> StoreError {
    StoreError::Fatal("a durable write failed; the store has stopped".into())
}

struct Worker {
    connection: Connection,
    queue: Receiver<Queued>,
    heads: Heads,
    next_offset: u64,
    linger_max: Duration,
    last_batch: usize,
    last_commit: Duration,
    shared: Arc<Shared>,
}

impl Worker {
    fn run(&mut self) {
        let mut batch = Vec::new();
        while let Ok(first) = self.queue.recv() {
            batch.push(first);
            self.gather(&mut batch);
            metrics::gauge!("parlance_store_queue_length").decrement(batch.len() as f64);
            if let Err(fatal) = self.write(&mut batch) {
                self.shared.fail(&fatal);
                return self.refuse_all(batch);
            }
            self.heads.trim();
        }
    }

    /// Takes everything that waits. While many are writing, waits a moment for those who were
    /// answered just now to come back, because they would otherwise miss this sync and wait for a
    /// whole one more.
    fn gather(&mut self, batch: &mut Vec<Queued>) {
        self.drain(batch);
        let expected = self.last_batch.min(BATCH_JOBS_MAX);
        let limit = self.linger_max.min(self.last_commit / 2);
        let began = Stopwatch::start();
        while expected > 1 && batch.len() < expected && began.elapsed() < limit {
            let before = batch.len();
            pause(limit / 8);
            self.drain(batch);
            if batch.len() == before {
                break;
            }
        }
    }

    fn drain(&mut self, batch: &mut Vec<Queued>) {
        while batch.len() < BATCH_JOBS_MAX {
            match self.queue.try_recv() {
                Ok(job) => batch.push(job),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    /// Writes and answers a batch.
    ///
    /// # Errors
    /// Only those that end the store; nobody in the batch has been answered then.
    fn write(&mut self, batch: &mut Vec<Queued>) -> rusqlite::Result<()> {
        let before = self.next_offset;
        let outcome = match self.transact(batch, false) {
            Err(Failure::Passing(_)) => self.transact(batch, true),
            outcome => outcome,
        };
        match outcome {
            Err(Failure::Fatal(error)) => return Err(error),
            Err(Failure::Passing(error)) => {
                batch.drain(..).for_each(|queued| queued.answer(Err(to_store_error(&error))));
            }
            Ok(refused) => {
                self.shared.committed.send_if_modified(|committed| {
                    let newest = self.next_offset - 1;
                    std::mem::replace(committed, newest) != newest
                });
                metrics::histogram!("parlance_store_batch_events").record((self.next_offset - before) as f64);
                self.last_batch = batch.len();
                answer(batch, refused);
            }
        }
        Ok(())
    }

    /// One transaction; answers with the jobs that failed by themselves. With `is_careful` every
    /// job has a savepoint of its own: the way that is taken after a job has failed without them.
    fn transact(&mut self, batch: &mut [Queued], is_careful: bool) -> Result<Vec<Refused>, Failure> {
        let shared = Arc::clone(&self.shared);
        let _turn = shared.turn.lock();
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let before = self.next_offset;
        let outcome = self.run_jobs(batch, is_careful).and_then(|refused| self.commit().map(|()| refused));
        if outcome.is_err() {
            self.next_offset = before;
            self.heads.forget();
            if !self.connection.is_autocommit() {
                self.connection.execute_batch("ROLLBACK").map_err(Failure::Fatal)?;
            }
        }
        outcome
    }

    fn run_jobs(&mut self, batch: &mut [Queued], is_careful: bool) -> Result<Vec<Refused>, Failure> {
        let mut refused = Vec::new();
        for (index, queued) in batch.iter_mut().enumerate() {
            let mut inside = Batch {
                connection: &self.connection,
                heads: &mut self.heads,
                next_offset: &mut self.next_offset,
            };
            if !is_careful && !queued.job.may_fail() {
                queued.job.run(&mut inside)?;
            } else if let Err(error) = inside.in_savepoint(queued.job.as_mut()) {
                match Failure::from(error) {
                    Failure::Passing(error) => refused.push((index, to_store_error(&error))),
                    fatal => return Err(fatal),
                }
            }
        }
        self.heads.flush(&self.connection)?;
        Ok(refused)
    }

    /// # Errors
    /// Always fatal: whatever a commit answers, the transaction may or may not be on disk.
    fn commit(&mut self) -> Result<(), Failure> {
        let began = Stopwatch::start();
        self.connection.prepare_cached("COMMIT")?.execute([]).map_err(Failure::Fatal)?;
        self.last_commit = began.elapsed();
        self.shared.transactions.fetch_add(1, Ordering::Relaxed);
        metrics::histogram!("parlance_store_commit_seconds").record(self.last_commit.as_secs_f64());
        Ok(())
    }

    /// Tells everybody, now and later, that the store has stopped.
    fn refuse_all(&mut self, batch: Vec<Queued>) {
        batch.into_iter().for_each(|queued| queued.answer(Err(stopped())));
        while let Ok(queued) = self.queue.recv() {
            metrics::gauge!("parlance_store_queue_length").decrement(1.0);
            queued.answer(Err(stopped()));
        }
    }
}

/// A job that failed by itself: its place in the batch, and what to answer.
type Refused = (usize, StoreError);

/// Why a transaction did not happen.
enum Failure {
    /// The disk cannot be relied on any more.
    Fatal(rusqlite::Error),
    /// Nothing was changed.
    Passing(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        if is_fatal(&error) { Self::Fatal(error) } else { Self::Passing(error) }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "a thread of its own gathers others' work, for less than the commit takes"
)]
fn pause(duration: Duration) {
    std::thread::sleep(duration);
}

fn answer(batch: &mut Vec<Queued>, refused: Vec<Refused>) {
    let mut refused = refused.into_iter().peekable();
    for (index, queued) in batch.drain(..).enumerate() {
        let outcome = match refused.next_if(|(at, _)| *at == index) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        };
        queued.answer(outcome);
    }
}

//! Connections that only read.

use super::{OpenError, error::to_store_error, open};
use parking_lot::Mutex;
use parlance_hub::ports::StoreError;
use rusqlite::{Connection, Result};
use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Arc, mpsc},
    thread::JoinHandle,
};
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// A few threads with a read-only connection each; each read has one for itself and sees one moment of the
/// store.
///
/// The thread that rested last gets the next read, so what it has in its cache is used again, and a read
/// costs one wake there and one back: on a shared pool of threads they cost more than the reads.
#[derive(Debug)]
pub(super) struct Pool {
    waiting: Arc<Mutex<Waiting>>,
    threads: Vec<JoinHandle<()>>,
}

/// Threads that wait for reads, or reads that wait for threads.
#[derive(Default)]
struct Waiting {
    threads: Vec<mpsc::Sender<Job>>,
    jobs: VecDeque<Job>,
    is_closed: bool,
}

impl Pool {
    pub(super) fn open(path: &Path, connections: usize) -> Result<Self, OpenError> {
        let waiting = Arc::<Mutex<Waiting>>::default();
        let connections = (0..connections.max(1)).map(|_| open::reader(path)).collect::<Result<Vec<_>>>()?;
        let threads = connections.into_iter().map(|connection| {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new()
                .name("parlance-reader".into())
                .spawn(move || serve(&waiting, &connection))
        });
        match threads.collect() {
            Ok(threads) => Ok(Self { waiting, threads }),
            Err(source) => Err(OpenError::Io { path: path.to_owned(), source }),
        }
    }

    /// Reads on a thread that may wait for the disk.
    ///
    /// # Cancel safety
    /// A read whose caller went away before it began is not made; later it still ends by itself.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.give(Box::new(move |connection| {
            if !answer.is_closed() {
                // Whoever does not wait any longer needs no answer.
                let _ = answer.send(read(connection));
            }
        }));
        match answered.await {
            Ok(outcome) => outcome.map_err(|error| to_store_error(&error)),
            Err(_) => Err(StoreError::Unavailable("the store is closing".into())),
        }
    }

    fn give(&self, job: Job) {
        let mut waiting = self.waiting.lock();
        match waiting.threads.pop() {
            Some(thread) => {
                drop(waiting);
                // A thread ends only when the pool does, and then nobody waits for the answer.
                let _ = thread.send(job);
            }
            None => waiting.jobs.push_back(job),
        }
    }
}

impl Drop for Pool {
    /// Ends the threads after what they are reading.
    fn drop(&mut self) {
        let closed = Waiting { is_closed: true, ..Waiting::default() };
        for thread in std::mem::replace(&mut *self.waiting.lock(), closed).threads {
            // It rests, and looks whether the pool is closed after this.
            let _ = thread.send(Box::new(|_| {}));
        }
        for thread in self.threads.drain(..) {
            // Reads that panic do not end their thread.
            let _ = thread.join();
        }
    }
}

/// Reads until the pool closes.
fn serve(waiting: &Mutex<Waiting>, connection: &Connection) {
    let (give, take) = mpsc::channel();
    while let Some(job) = next(waiting, &give, &take) {
        // The caller finds its answer missing; the connection is only ever read from.
        let _ = catch_unwind(AssertUnwindSafe(|| job(connection)));
    }
}

fn next(waiting: &Mutex<Waiting>, give: &mpsc::Sender<Job>, take: &mpsc::Receiver<Job>) -> Option<Job> {
    {
        let mut waiting = waiting.lock();
        if waiting.is_closed {
            return None;
        }
        if let Some(job) = waiting.jobs.pop_front() {
            return Some(job);
        }
        waiting.threads.push(give.clone());
    }
    take.recv().ok()
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { threads, jobs, is_closed } = self;
        formatter
            .debug_struct("Waiting")
            .field("threads", &threads.len())
            .field("jobs", &jobs.len())
            .field("is_closed", is_closed)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn pool(connections: usize) -> (tempfile::TempDir, Pool) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("parlance.db");
        open::writer(&path).unwrap().execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (7)").unwrap();
        let pool = Pool::open(&path, connections).unwrap();
        (directory, pool)
    }

    async fn seven(pool: &Pool) -> Result<i64, StoreError> {
        pool.read(|connection| connection.query_row("SELECT a FROM t", [], |row| row.get(0))).await
    }

    #[tokio::test]
    async fn a_read_that_panics_fails_and_those_after_it_work() {
        let (_directory, pool) = pool(1);
        let failed = pool.read(|_| -> Result<()> { panic!("a read that panics") }).await;
        assert!(matches!(failed, Err(StoreError::Unavailable(_))), "{failed:?}");
        assert_eq!(seven(&pool).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn more_reads_than_threads_are_all_made() {
        let (_directory, pool) = pool(2);
        let reads = futures_util::future::join_all((0..100).map(|_| seven(&pool))).await;
        assert!(reads.into_iter().all(|read| read.unwrap() == 7));
    }

    #[tokio::test]
    async fn a_read_that_nobody_waits_for_is_not_begun() {
        let (_directory, pool) = pool(1);
        let begun = Arc::new(AtomicUsize::new(0));
        let (go, wait) = mpsc::channel::<()>();
        let first = pool.read(move |_| Ok(wait.recv().is_ok()));
        let second = pool.read({
            let begun = Arc::clone(&begun);
            move |_| Ok(begun.fetch_add(1, Ordering::Relaxed))
        });
        let (mut first, mut second) = (Box::pin(first), Box::pin(second));
        assert!(futures_util::poll!(&mut first).is_pending());
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(second);
        go.send(()).unwrap();
        assert!(first.await.unwrap());
        assert_eq!(seven(&pool).await.unwrap(), 7);
        assert_eq!(begun.load(Ordering::Relaxed), 0);
    }
}

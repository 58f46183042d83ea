//! What one durable commit costs on this machine: nothing that keeps its promise can be faster.

use crate::{latency::Latencies, process::own_thread_time};
use rusqlite::Connection;
use std::{
    path::Path,
    time::{Duration, Instant},
};

const ROW_BYTES: usize = 300;

/// Commits of one row each.
#[derive(Debug, Default)]
pub(crate) struct Commits {
    pub(crate) took: Latencies,
    pub(crate) processor: Duration,
}

impl Commits {
    pub(crate) fn append(&mut self, other: Self) {
        self.took.append(other.took);
        self.processor += other.processor;
    }

    /// Microseconds of processor time each.
    pub(crate) fn processor_us_each(&self) -> f64 {
        self.processor.as_secs_f64() * 1e6 / self.took.count().max(1) as f64
    }
}

/// Commits single rows for a while at a rate, on a thread of its own.
pub(crate) async fn measure(dir: &Path, rate: u32, time: Duration) -> anyhow::Result<Commits> {
    let file = dir.join("commits.sqlite");
    tokio::task::spawn_blocking(move || commit_rows(&file, rate, time)).await?
}

fn commit_rows(file: &Path, rate: u32, time: Duration) -> anyhow::Result<Commits> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.execute("create table if not exists rows (row blob not null)", ())?;
    let mut insert = connection.prepare("insert into rows values (?1)")?;
    let row = vec![b'x'; ROW_BYTES];
    let mut commits = Commits::default();
    let (began, processor) = (Instant::now(), own_thread_time()?);
    let pace = Duration::from_secs(1) / rate;
    for number in 1.. {
        let start = Instant::now();
        insert.execute([&row])?;
        commits.took.add(start.elapsed());
        if began.elapsed() >= time {
            break;
        }
        std::thread::sleep((pace * number).saturating_sub(began.elapsed()));
    }
    commits.processor = own_thread_time()?.saturating_sub(processor);
    Ok(commits)
}

//! What a process costs, from /proc.

use crate::tree::Tree;
use anyhow::{Context, anyhow};
use std::{
    fs,
    time::{Duration, Instant},
};

/// Processor time of one process up to now, in the program and in the kernel for it.
pub(crate) fn processor_time(pid: u32) -> anyhow::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("the process is gone")?;
    parse_processor_time(&stat, rustix::param::clock_ticks_per_second())
        .ok_or_else(|| anyhow!("/proc/{pid}/stat cannot be read"))
}

/// The name of the program stands in brackets and may hold anything, so fields count from behind it.
fn parse_processor_time(stat: &str, ticks_per_second: u64) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(from_ticks(ticks, ticks_per_second))
}

pub(crate) fn from_ticks(ticks: u64, ticks_per_second: u64) -> Duration {
    Duration::from_nanos(ticks * 1_000_000_000 / ticks_per_second)
}

/// Processor time of the thread that asks.
pub(crate) fn own_thread_time() -> anyhow::Result<Duration> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = stat.split(' ').next().and_then(|text| text.parse().ok());
    nanos.map(Duration::from_nanos).context("/proc/thread-self/schedstat cannot be read")
}

/// Memory of a process that is in RAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Memory {
    /// All of it.
    pub(crate) resident_bytes: u64,
    /// What belongs to no file.
    pub(crate) anonymous_bytes: u64,
}

pub(crate) fn memory(pid: u32) -> anyhow::Result<Memory> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).context("the process is gone")?;
    parse_memory(&rollup).ok_or_else(|| anyhow!("/proc/{pid}/smaps_rollup cannot be read"))
}

fn parse_memory(rollup: &str) -> Option<Memory> {
    let field = |name: &str| {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
    };
    Some(Memory { resident_bytes: field("Rss")?, anonymous_bytes: field("Anonymous")? })
}

/// What happened between opening a window and closing it.
#[derive(Debug)]
pub(crate) struct Window {
    tree: Tree,
    began: Instant,
    server: Duration,
    own: Duration,
}

/// What a window saw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    pub(crate) wall: Duration,
    /// Processor time of the server.
    pub(crate) server: Duration,
    /// Processor time of this program.
    pub(crate) own: Duration,
}

impl Window {
    pub(crate) fn open(tree: Tree) -> anyhow::Result<Self> {
        let own = processor_time(std::process::id())?;
        let server = tree.processor_time()?;
        Ok(Self { tree, own, server, began: Instant::now() })
    }

    pub(crate) fn close(self) -> anyhow::Result<Spent> {
        let wall = self.began.elapsed();
        let server = self.tree.processor_time()?.saturating_sub(self.server);
        let own = processor_time(std::process::id())?.saturating_sub(self.own);
        Ok(Spent { wall, server, own })
    }
}

impl Spent {
    /// Microseconds of the server's processors for each of `count` things.
    pub(crate) fn server_us_each(&self, count: usize) -> f64 {
        self.server.as_secs_f64() * 1e6 / count.max(1) as f64
    }

    /// Microseconds of this program's processor for each of `count` things.
    pub(crate) fn own_us_each(&self, count: usize) -> f64 {
        self.own.as_secs_f64() * 1e6 / count.max(1) as f64
    }

    /// How many a second.
    pub(crate) fn rate(&self, count: usize) -> f64 {
        count as f64 / self.wall.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_user_and_system_whatever_the_program_is_called() {
        let stat = "77 (a) b (c) S 1 77 77 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 4 0 1000";
        assert_eq!(parse_processor_time(stat, 100), Some(Duration::from_secs(2)));
        assert_eq!(parse_processor_time("nonsense", 100), None);
    }

    #[test]
    fn memory_is_what_is_in_ram() {
        let rollup =
            "5-7 ---p 0 00:00 0 [rollup]\nRss:                2048 kB\nPss:  1 kB\nAnonymous:   1024 kB\n";
        assert_eq!(parse_memory(rollup), Some(Memory { resident_bytes: 2 << 20, anonymous_bytes: 1 << 20 }));
    }
}

//! What the operating system knows about this process.

use super::metrics;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::{fs, sync::LazyLock, time::Instant};
use tracing::warn;

static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Ticks of processor time in a second, the same on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// Begins counting the time that the server runs, and lets it have as many files open as the system
/// permits: login shells and containers often begin with 1024, which is soon used up by connections.
pub(crate) fn begin() {
    LazyLock::force(&STARTED);
    let limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return;
    }
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        warn!(%error, "the number of open files could not be raised");
    }
}

/// Reads everything and notes it in the metrics; what the system does not tell is left out.
pub(super) fn record() {
    metrics::set_uptime(STARTED.elapsed());
    if let Some(kib) = status_kib("VmRSS:") {
        metrics::set_resident_bytes(kib * 1024.0);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        metrics::set_open_files(open.count());
    }
    if let Some(max) = open_files_max() {
        metrics::set_open_files_max(max);
    }
    if let Some(seconds) = processor_seconds() {
        metrics::set_processor_seconds(seconds);
    }
}

/// How many files a server may have open; `None` when there is no limit.
pub(crate) fn open_files_max() -> Option<u64> {
    getrlimit(Resource::Nofile).maximum
}

fn status_kib(name: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Time in this program and in the kernel for it.
///
/// # Source
/// proc_pid_stat(5): fields 14 and 15, counted after the name in parentheses, which is field 2.
fn processor_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut ticks = fields.split_whitespace().skip(11).map(str::parse::<f64>);
    Some((ticks.next()?.ok()? + ticks.next()?.ok()?) / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_is_described() {
        assert!(open_files_max().is_none_or(|max| max > 0));
        assert!(status_kib("VmRSS:").is_some_and(|kib| kib > 100.0));
        assert!(processor_seconds().is_some());
    }
}

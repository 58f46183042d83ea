//! What a program costs together with the programs it started, from /proc.

use crate::process;
use anyhow::ensure;
use std::{collections::HashSet, fs, time::Duration};

/// Programs and everything they started.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    roots: Vec<u32>,
}

/// One line of the table of processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    pid: u32,
    parent: u32,
    /// Of the process itself, and of those it started that have ended.
    ticks: u64,
}

impl Tree {
    pub(crate) fn of(roots: impl IntoIterator<Item = u32>) -> Self {
        Self { roots: roots.into_iter().collect() }
    }

    /// Processor time up to now, in the programs and in the kernel for them. What ended meanwhile is in it.
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        let ticks = self.entries()?.iter().map(|entry| entry.ticks).sum();
        Ok(process::from_ticks(ticks, rustix::param::clock_ticks_per_second()))
    }

    /// Bytes in RAM. What several of them share counts for each.
    pub(crate) fn resident_bytes(&self) -> anyhow::Result<u64> {
        let entries = self.entries()?;
        // One that ended since it was listed has nothing in RAM.
        let memories = entries.iter().filter_map(|entry| process::memory(entry.pid).ok());
        Ok(memories.map(|memory| memory.resident_bytes).sum())
    }

    fn entries(&self) -> anyhow::Result<Vec<Entry>> {
        let all = table()?;
        for root in &self.roots {
            ensure!(all.iter().any(|entry| entry.pid == *root), "the process is gone");
        }
        Ok(below(&self.roots, all))
    }
}

fn table() -> anyhow::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for folder in fs::read_dir("/proc")? {
        let name = folder?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // One that ended since the folder was listed is left out.
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        entries.extend(parse(pid, &stat));
    }
    Ok(entries)
}

/// The name of the program stands in brackets and may hold anything, so fields count from behind it.
fn parse(pid: u32, stat: &str) -> Option<Entry> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let times = fields.get(11..15)?.iter().map(|text| text.parse::<u64>().ok());
    Some(Entry { pid, parent: fields.get(1)?.parse().ok()?, ticks: times.sum::<Option<u64>>()? })
}

/// The roots and what they started, directly or not.
fn below(roots: &[u32], mut rest: Vec<Entry>) -> Vec<Entry> {
    let mut pids: HashSet<u32> = roots.iter().copied().collect();
    let mut found = Vec::new();
    loop {
        let (next, others): (Vec<Entry>, Vec<Entry>) =
            rest.into_iter().partition(|entry| pids.contains(&entry.pid) || pids.contains(&entry.parent));
        if next.is_empty() {
            return found;
        }
        pids.extend(next.iter().map(|entry| entry.pid));
        found.extend(next);
        rest = others;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(pid: u32, parent: u32) -> Entry {
        Entry { pid, parent, ticks: 1 }
    }

    #[test]
    fn time_is_that_of_a_process_and_of_those_it_outlived() {
        let stat = "77 (a) b (c) S 5 77 77 0 -1 4194560 100 0 0 0 150 50 20 10 20 0 4 0 1000";
        assert_eq!(parse(77, stat), Some(Entry { pid: 77, parent: 5, ticks: 230 }));
        assert_eq!(parse(77, ""), None);
    }

    #[test]
    fn what_was_started_by_what_was_started_belongs_to_it() {
        let all = vec![entry(9, 8), entry(7, 1), entry(8, 7), entry(5, 1), entry(6, 5), entry(4, 3)];
        let mut pids: Vec<u32> = below(&[7, 5], all).iter().map(|entry| entry.pid).collect();
        pids.sort_unstable();
        assert_eq!(pids, [5, 6, 7, 8, 9]);
    }

    #[test]
    fn this_program_is_in_ram() {
        let own = Tree::of([std::process::id()]);
        assert!(own.resident_bytes().is_ok_and(|bytes| bytes > 0));
        assert!(own.processor_time().is_ok());
        assert!(Tree::of([u32::MAX]).processor_time().is_err());
    }
}

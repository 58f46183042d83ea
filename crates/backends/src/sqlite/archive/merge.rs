use super::{Log, Span};
use crate::sqlite::codec::{is_of_kind, n, number};
use parlance_core::event::EventKinds;
use parlance_hub::ports::{ArchiveRange, ArchiveSide};
use rusqlite::{Connection, Result};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

/// The best of many logs, so far.
pub(super) struct Merge {
    side: ArchiveSide,
    kinds: EventKinds,
    limit: usize,
    /// Rank, key of the log, place; the worst on top.
    best: BinaryHeap<Reverse<(u64, i64, u64)>>,
    logs: HashMap<i64, Log>,
}

impl Merge {
    pub(super) fn new(range: &ArchiveRange) -> Self {
        Self {
            side: range.side,
            kinds: range.kinds,
            limit: range.limit,
            best: BinaryHeap::new(),
            logs: HashMap::new(),
        }
    }

    pub(super) fn run(&mut self, connection: &Connection, mut spans: Vec<Span>) -> Result<()> {
        spans.sort_unstable_by_key(|span| Reverse(self.rank(span.edge)));
        for span in spans {
            if !self.has_place_for(self.rank(span.edge)) {
                break;
            }
            self.take(connection, &span)?;
        }
        Ok(())
    }

    /// The log and the place of each, oldest first.
    pub(super) fn into_places(self) -> Vec<(Log, u64)> {
        let mut places: Vec<_> = self.best.into_iter().map(|Reverse(place)| place).collect();
        places.sort_unstable();
        if self.side == ArchiveSide::Oldest {
            places.reverse();
        }
        places.into_iter().filter_map(|(_, key, seq)| Some((*self.logs.get(&key)?, seq))).collect()
    }

    /// Takes of one log what is better than the worst there is.
    fn take(&mut self, connection: &Connection, span: &Span) -> Result<()> {
        let sql = match self.side {
            ArchiveSide::Newest => {
                "SELECT offset, seq, kind FROM events
                 WHERE conversation = ?1 AND seq >= ?2 AND seq <= ?3 ORDER BY seq DESC"
            }
            ArchiveSide::Oldest => {
                "SELECT offset, seq, kind FROM events
                 WHERE conversation = ?1 AND seq >= ?2 AND seq <= ?3 ORDER BY seq"
            }
        };
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([span.log.source.key, n(span.low), n(span.high)])?;
        while let Some(row) = rows.next()? {
            let rank = self.rank(number(row, 0)?);
            if !self.has_place_for(rank) {
                break;
            }
            if is_of_kind(self.kinds, row.get(2)?) {
                self.put(&span.log, rank, number(row, 1)?);
            }
        }
        Ok(())
    }

    fn put(&mut self, log: &Log, rank: u64, seq: u64) {
        self.logs.insert(log.source.key, *log);
        self.best.push(Reverse((rank, log.source.key, seq)));
        if self.best.len() > self.limit {
            self.best.pop();
        }
    }

    /// What is nearer to the end from which the range is read ranks higher.
    fn rank(&self, offset: u64) -> u64 {
        match self.side {
            ArchiveSide::Newest => offset,
            ArchiveSide::Oldest => u64::MAX - offset,
        }
    }

    fn has_place_for(&self, rank: u64) -> bool {
        self.best.len() < self.limit || self.best.peek().is_some_and(|Reverse((worst, ..))| rank > *worst)
    }
}

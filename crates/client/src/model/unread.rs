use super::{Line, Timeline, What};

/// How much waits to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages after the read position that are neither one's own nor deleted.
    pub unread: u64,
    /// How many of them mention the reader.
    pub mentions: u64,
}

/// The server's own count, and what it counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The count.
    pub counts: Counts,
    /// The newest place that is in it.
    pub head: u64,
    /// The read position it starts from.
    pub read_seq: u64,
}

/// A count, and whether it can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// Certain.
    Exact(Counts),
    /// The best guess; the server has to be asked because too little of the log is known.
    Stale(Counts),
}

impl Tally {
    /// The count, certain or not.
    pub fn counts(self) -> Counts {
        match self {
            Self::Exact(counts) | Self::Stale(counts) => counts,
        }
    }
}

/// Counts the known events after a read position.
///
/// The history `crates/api/vectors/unread.json` says what this means, for every implementation.
pub fn count(timeline: &Timeline, read_seq: u64) -> Counts {
    let mut counts = Counts::default();
    for line in timeline.lines(read_seq + 1, timeline.head()) {
        let Line::Entry(entry) = line else { continue };
        let What::Message(message) = entry.what else { continue };
        if entry.sender != timeline.me() {
            counts.unread += 1;
            counts.mentions += u64::from(message.mentions_me);
        }
    }
    counts
}

/// Counts from the log where it is known, and else on top of the server's count.
pub fn tally(timeline: &Timeline, baseline: &Baseline, read_seq: u64) -> Tally {
    if timeline.knows_all(read_seq + 1, timeline.head()) {
        return Tally::Exact(count(timeline, read_seq));
    }
    let since = count(timeline, baseline.head.max(read_seq));
    let counts = Counts {
        unread: baseline.counts.unread + since.unread,
        mentions: baseline.counts.mentions + since.mentions,
    };
    let is_certain = read_seq == baseline.read_seq
        && timeline.knows_all(baseline.head + 1, timeline.head())
        && !changes_what_was_counted(timeline, baseline);
    if is_certain { Tally::Exact(counts) } else { Tally::Stale(counts) }
}

fn changes_what_was_counted(timeline: &Timeline, baseline: &Baseline) -> bool {
    use parlance_api::event::Content::{Delete, Edit};
    timeline.effects_after(baseline.head).any(|(event, target)| {
        matches!(event.content, Edit { .. } | Delete { .. })
            && target.is_none_or(|seq| seq > baseline.read_seq && seq <= baseline.head)
    })
}

#[cfg(test)]
mod tests;

use std::time::Duration;

/// How large and how long everything is.
#[derive(Clone, Debug)]
pub(crate) struct Scale {
    /// How the scale is called in the result.
    pub(crate) name: &'static str,
    /// Idle connections at which memory is measured.
    pub(crate) idle: [usize; 2],
    /// Members of the largest group, all of them there.
    pub(crate) crowd: usize,
    /// Messages sent into the largest group, one after the other.
    pub(crate) crowd_messages: usize,
    /// Pairs of people who write to each other.
    pub(crate) pairs: usize,
    /// Messages of one pair that are under way at the same time, at the maximum.
    pub(crate) window: usize,
    /// Messages a second where the rate is given.
    pub(crate) paced_rate: u32,
    /// How long the paced measurement takes.
    pub(crate) paced_time: Duration,
    /// How long measurements at the maximum take.
    pub(crate) load_time: Duration,
    /// Groups of a hundred.
    pub(crate) groups: usize,
    /// Messages of the long history.
    pub(crate) archive: usize,
    /// People who write it at the same time.
    pub(crate) archive_writers: usize,
    /// Messages of one of them under way at the same time.
    pub(crate) archive_window: usize,
    /// How often a random place is opened.
    pub(crate) openings: usize,
    /// How often each query is searched.
    pub(crate) searches: usize,
    /// Conversations of the one who catches up, and how many of them changed.
    pub(crate) sync: (usize, usize),
    /// How often catching up is repeated.
    pub(crate) syncs: usize,
    /// How often the server is killed and started again.
    pub(crate) starts: usize,
}

/// Members of the groups in which throughput is measured.
pub(crate) const GROUP: usize = 100;

impl Scale {
    /// The scale of the goals.
    pub(crate) const FULL: Self = Self {
        name: "full",
        idle: [2_000, 10_000],
        crowd: 10_000,
        crowd_messages: 50,
        pairs: 200,
        window: 4,
        paced_rate: 200,
        paced_time: Duration::from_secs(20),
        load_time: Duration::from_secs(10),
        groups: 5,
        archive: 1_000_000,
        archive_writers: 4,
        archive_window: 64,
        openings: 2_000,
        searches: 200,
        sync: (2_000, 50),
        syncs: 100,
        starts: 3,
    };

    /// Tenfold smaller.
    pub(crate) const QUICK: Self = Self {
        name: "quick",
        idle: [200, 1_000],
        crowd: 1_000,
        crowd_messages: 20,
        pairs: 50,
        paced_time: Duration::from_secs(5),
        load_time: Duration::from_secs(3),
        groups: 2,
        archive: 100_000,
        openings: 500,
        searches: 40,
        sync: (200, 5),
        syncs: 20,
        starts: 2,
        ..Self::FULL
    };
}

use std::time::Duration;

/// How large and how long everything is.
#[derive(Clone, Debug)]
pub(crate) struct Scale {
    /// How the scale is called in the result.
    pub(crate) name: &'static str,
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
    /// People who write to somebody who is not there.
    pub(crate) offline_writers: usize,
    /// Idle connections.
    pub(crate) idle: usize,
    /// Sign-ins of each kind.
    pub(crate) sign_ins: usize,
}

/// Members of a group.
pub(crate) const GROUP: usize = 100;

impl Scale {
    /// The scale of the goals.
    pub(crate) const FULL: Self = Self {
        name: "full",
        pairs: 200,
        window: 4,
        paced_rate: 200,
        paced_time: Duration::from_secs(10),
        load_time: Duration::from_secs(5),
        groups: 3,
        offline_writers: 200,
        idle: 2_000,
        sign_ins: 400,
    };

    /// Much smaller.
    pub(crate) const QUICK: Self = Self {
        name: "quick",
        pairs: 40,
        offline_writers: 40,
        paced_time: Duration::from_secs(3),
        load_time: Duration::from_secs(2),
        groups: 1,
        idle: 300,
        sign_ins: 100,
        ..Self::FULL
    };

    /// Accounts that everything but idle connections and sign-ins needs.
    pub(crate) fn accounts(&self) -> usize {
        (2 * self.pairs).max(GROUP * self.groups).max(2 * self.offline_writers)
    }

    /// Most connections at the same time.
    pub(crate) fn connections_max(&self) -> usize {
        self.accounts().max(self.idle).max(self.sign_ins)
    }
}

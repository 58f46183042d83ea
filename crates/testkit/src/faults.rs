//! What goes wrong, and how often; and mistakes that can be planted.

use crate::chance::Chance;
use std::sync::atomic::{AtomicBool, Ordering};

/// Which faults a run has. Rates are in a thousand; zero for faults that this run is spared.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// A read that takes time.
    pub slow_read: u64,
    /// A read that fails.
    pub failed_read: u64,
    /// An append that fails, with nothing done.
    pub failed_append: u64,
    /// An append that is done but answered as failed.
    pub lost_answer: u64,
    /// A wake that nobody gets.
    pub lost_wake: u64,
    /// A wake that comes twice.
    pub doubled_wake: u64,
    /// Ticks by which wakes are late, so that they overtake one another.
    pub late_wake_ticks: u64,
    /// Ticks a commit takes at most.
    pub commit_ticks: u64,
    /// A connection that its device ends, at each of its news.
    pub hang_up: u64,
    /// How often a node crashes.
    pub crashes: u64,
    /// How often a clock is set wrong.
    pub clock_steps: u64,
}

impl Rates {
    /// Draws what a run has. Runs with few kinds of faults find what runs with all of them hide.
    pub fn draw(chance: &Chance) -> Self {
        let rate = |often: u64, seldom: u64| match chance.below(3) {
            0 => 0,
            1 => seldom,
            _ => often,
        };
        Self {
            slow_read: rate(400, 100),
            failed_read: rate(60, 10),
            failed_append: rate(100, 20),
            lost_answer: rate(200, 50),
            lost_wake: rate(900, 200),
            doubled_wake: rate(500, 100),
            late_wake_ticks: rate(20, 4),
            commit_ticks: 1 + rate(5, 2),
            hang_up: rate(100, 20),
            crashes: chance.below(4),
            clock_steps: chance.below(3),
        }
    }
}

/// The faults of a run, which end when it heals.
#[derive(Debug)]
pub struct Faults {
    rates: Rates,
    is_on: AtomicBool,
}

impl Faults {
    /// Faults that have not begun.
    pub fn new(rates: Rates) -> Self {
        Self { rates, is_on: AtomicBool::new(false) }
    }

    /// Begins or ends them.
    pub fn set(&self, is_on: bool) {
        self.is_on.store(is_on, Ordering::Relaxed);
    }

    /// Whether there are any now.
    pub fn are_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }

    /// What goes wrong now; `None` when nothing does.
    pub fn now(&self) -> Option<&Rates> {
        self.are_on().then_some(&self.rates)
    }

    /// What goes wrong while faults are on.
    pub fn rates(&self) -> &Rates {
        &self.rates
    }
}

/// A mistake that is planted to see that the checks find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// The store answers before the commit.
    AnswerBeforeCommit,
    /// Devices are told what wakes carry, instead of what the log says.
    TrustWakes,
    /// The store does not look at the rules version.
    UncheckedRules,
    /// Places are handed out before the commit.
    SeqOutsideCommit,
    /// The store forgets which references it has seen.
    ForgottenRefs,
    /// The mark counts what is not committed yet.
    MarkBeforeCommit,
    /// The log is never compared with what the wakes said.
    NoSweep,
    /// A device that returns does not say where it stood.
    ForgottenPosition,
    /// A device that returns says the newest mark it heard of, not the one up to which it was told.
    HastyMark,
}

impl Mistake {
    /// Every mistake.
    pub const ALL: [Self; 9] = [
        Self::AnswerBeforeCommit,
        Self::TrustWakes,
        Self::UncheckedRules,
        Self::SeqOutsideCommit,
        Self::ForgottenRefs,
        Self::MarkBeforeCommit,
        Self::NoSweep,
        Self::ForgottenPosition,
        Self::HastyMark,
    ];
}

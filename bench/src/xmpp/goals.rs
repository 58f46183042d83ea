//! What is to be reached, and against whom.

use super::{
    contender::Contender,
    figures::{Figures, Link, Measure},
    scram::Hash,
    wire::Mechanism,
};
use crate::report::{Goal, at_least, at_most};
use Contender::{Ejabberd, EjabberdMnesia, EjabberdPostgres, Parlance};

const SIGN_IN: Measure = Measure::SignIn(Link::Tls, Mechanism::Scram(Hash::Sha1));
const SIGN_IN_256: Measure = Measure::SignIn(Link::Tls, Mechanism::Scram(Hash::Sha256));

/// What ours may cost by itself.
const OWN: &[(Measure, Goal)] = &[
    (Measure::DirectCost(Link::Plain), at_most(55.0, 27.0)),
    (Measure::DirectRate(Link::Plain), at_least(10_000.0, 20_000.0)),
    (Measure::GroupCost, at_most(4.5, 2.7)),
    (Measure::IdleBytes(Link::Plain), at_most(5_120.0, 3_072.0)),
    (Measure::IdleBytes(Link::Tls), at_most(16_384.0, 13_312.0)),
    (SIGN_IN, at_most(0.75, 0.75)),
    (SIGN_IN_256, at_most(0.75, 0.75)),
    (Measure::Lost, at_most(0.0, 0.0)),
    (Measure::Doubled, at_most(0.0, 0.0)),
    (Measure::Late, at_most(0.0, 0.0)),
];

/// How many times as much others should cost.
const AGAINST: &[(Measure, Contender, Goal)] = &[
    (Measure::DirectCost(Link::Plain), EjabberdPostgres, at_least(15.0, 30.0)),
    (Measure::DirectCost(Link::Plain), EjabberdMnesia, at_least(25.0, 25.0)),
    (Measure::PacedCost(Link::Plain), EjabberdPostgres, at_least(3.0, 5.0)),
    (Measure::PacedCost(Link::Plain), EjabberdMnesia, at_least(3.0, 5.0)),
    (Measure::GroupCost, EjabberdPostgres, at_least(12.0, 20.0)),
    (Measure::GroupCost, EjabberdMnesia, at_least(12.0, 20.0)),
    (Measure::OfflineCost, EjabberdPostgres, at_least(15.0, 40.0)),
    (Measure::IdleBytes(Link::Tls), Ejabberd, at_least(4.0, 5.0)),
    (SIGN_IN, Ejabberd, at_least(4.0, 6.0)),
    (SIGN_IN_256, Ejabberd, at_least(4.0, 6.0)),
];

/// How many times the machine's own durable commit a delivery may take at the given rate.
const AGAINST_COMMIT: &[(Measure, Goal)] = &[
    (Measure::PacedP50(Link::Plain), at_most(2.0, 1.3)),
    (Measure::PacedP99(Link::Plain), at_most(5.0, 5.0)),
];

/// A figure beside its goal.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) goal: Goal,
}

/// Half of the machine's own durable commits, and 99 of a hundred, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Commit {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// Every goal whose figures were measured.
pub(crate) fn standings(figures: &Figures, commit: Option<Commit>) -> Vec<Standing> {
    let own = OWN.iter().filter_map(|(measure, goal)| {
        let value = figures.get(*measure, Parlance)?;
        Some(Standing { name: measure.name(), value, unit: measure.unit(), goal: *goal })
    });
    let against = AGAINST.iter().filter_map(|(measure, theirs, goal)| {
        let value = figures.times_ours(*measure, *theirs)?;
        let name = format!("{}: {}", theirs.name(), measure.name());
        Some(Standing { name, value, unit: "x ours", goal: *goal })
    });
    let against_commit = AGAINST_COMMIT.iter().filter_map(|(measure, goal)| {
        let commit = commit?;
        let of_commit = if matches!(measure, Measure::PacedP50(_)) { commit.p50 } else { commit.p99 };
        let value = figures.get(*measure, Parlance)? / of_commit;
        let name = format!("{} against a commit", measure.name());
        Some(Standing { name, value, unit: "x", goal: *goal })
    });
    own.chain(against).chain(against_commit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(figures: &Figures, expected: &[(f64, &str)]) {
        let commit = Some(Commit { p50: 2.0, p99: 10.0 });
        let standings = standings(figures, commit);
        let found: Vec<_> = standings.iter().map(|standing| (standing.value, standing.unit)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_was_not_measured_stands_nowhere() {
        check(&Figures::default(), &[]);
        let mut figures = Figures::default();
        figures.set(Measure::GroupCost, EjabberdMnesia, 60.0);
        check(&figures, &[]);
    }

    #[test]
    fn ours_stands_by_itself_beside_others_and_beside_a_commit() {
        let mut figures = Figures::default();
        figures.set(Measure::GroupCost, Parlance, 4.0);
        figures.set(Measure::GroupCost, EjabberdMnesia, 60.0);
        figures.set(Measure::PacedP50(Link::Plain), Parlance, 3.0);
        figures.set(Measure::PacedP99(Link::Plain), Parlance, 20.0);
        check(&figures, &[(4.0, "us"), (15.0, "x ours"), (1.5, "x"), (2.0, "x")]);
    }
}

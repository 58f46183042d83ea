//! The simulation is tested too: each planted mistake is found, and soon.

use parlance_testkit::{faults::Mistake, sim};

/// Plays seeds with a mistake until a promise is broken, and says at which seed and how.
fn check(mistake: Mistake, seeds_max: u64, symptoms: &[&str]) {
    let found = (0..seeds_max).map(|seed| sim::run_with(seed, mistake)).find(|report| {
        report.violations.iter().any(|line| symptoms.iter().any(|symptom| line.contains(symptom)))
    });
    let report = found.unwrap_or_else(|| panic!("{mistake:?} was not found within {seeds_max} seeds"));
    eprintln!("{mistake:?} is found at seed {}: {}", report.seed, report.violations[0]);
}

#[test]
fn an_answer_before_the_commit_is_found() {
    check(
        Mistake::AnswerBeforeCommit,
        20,
        &["is lost", "is something else", "stands behind", "got another answer"],
    );
}

#[test]
fn trusting_what_wakes_carry_is_found() {
    check(Mistake::TrustWakes, 5, &["on one connection", "was due", "never told"]);
}

#[test]
fn rules_that_nobody_checks_at_the_commit_are_found() {
    check(Mistake::UncheckedRules, 400, &["was not allowed"]);
}

#[test]
fn places_handed_out_before_the_commit_are_found() {
    check(Mistake::SeqOutsideCommit, 20, &["place", "never told", "on one connection"]);
}

#[test]
fn forgotten_references_are_found() {
    check(Mistake::ForgottenRefs, 20, &["got another answer", "times"]);
}

#[test]
fn a_mark_ahead_of_the_commit_is_found() {
    check(Mistake::MarkBeforeCommit, 200, &["never told", "was due", "the position"]);
}

#[test]
fn wakes_without_a_sweep_are_found() {
    check(Mistake::NoSweep, 20, &["the position", "does not know", "never told", "still thinks"]);
}

#[test]
fn a_position_forgotten_at_the_return_is_found() {
    check(Mistake::ForgottenPosition, 20, &["was due", "the position", "does not know"]);
}

#[test]
fn a_mark_that_runs_ahead_of_what_was_told_is_found() {
    check(Mistake::HastyMark, 400, &["was due", "the position", "does not know", "the read position"]);
}

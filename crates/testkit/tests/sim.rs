//! Ten thousand seeds, all promises kept.

use parlance_testkit::sim;

/// Plays seeds and shows everything about those that broke a promise.
fn check(seeds: std::ops::Range<u64>) {
    let (mut accepted, mut delivered, mut broken) = (0, 0, Vec::new());
    for seed in seeds {
        let report = sim::run(seed);
        accepted += report.accepted;
        delivered += report.delivered;
        if !report.violations.is_empty() {
            broken.push(report.to_string());
        }
    }
    assert!(
        broken.is_empty(),
        "cargo xtask sim --seed N --trace shows what happened:\n{}",
        broken.join("\n")
    );
    assert!(accepted > 10_000 && delivered > 50_000, "{accepted} accepted, {delivered} delivered");
}

macro_rules! seeds {
    ($($name:ident: $seeds:expr;)+) => {$(
        #[test]
        fn $name() {
            check($seeds);
        }
    )+};
}

seeds! {
    promises_hold_for_the_first_1250_seeds: 0..1_250;
    promises_hold_for_seeds_from_1250: 1_250..2_500;
    promises_hold_for_seeds_from_2500: 2_500..3_750;
    promises_hold_for_seeds_from_3750: 3_750..5_000;
    promises_hold_for_seeds_from_5000: 5_000..6_250;
    promises_hold_for_seeds_from_6250: 6_250..7_500;
    promises_hold_for_seeds_from_7500: 7_500..8_750;
    promises_hold_for_seeds_from_8750: 8_750..10_000;
}

#[test]
fn a_seed_always_plays_the_same_way() {
    for seed in 0..200 {
        let (one, other) = (sim::run(seed), sim::run(seed));
        let first = one.trace.iter().zip(&other.trace).find(|(one, other)| one != other);
        assert_eq!(first, None, "seed {seed}");
        assert_eq!(one.trace_hash, other.trace_hash, "seed {seed}");
    }
    assert_ne!(sim::run(1).trace_hash, sim::run(2).trace_hash);
}

//! The first inputs of `examples/hammer.rs`, so that they are thrown with every run of the tests.

mod common;

use common::hammer::{Hammer, TARGETS};

#[test]
fn the_first_inputs_break_no_promise_and_reach_both_verdicts() {
    let hammer = Hammer::new(0);
    let mut verdicts = [[0; 2]; TARGETS.len()];
    for number in 0..30_000_u64 {
        let target = usize::try_from(number).unwrap() % TARGETS.len();
        verdicts[target][usize::from(hammer.throw(number))] += 1;
    }
    for (name, verdicts) in TARGETS.iter().zip(verdicts) {
        assert!(verdicts.iter().all(|count| *count > 50), "{name}: {verdicts:?}");
    }
}

//! Seeds at which a defect was found, named after what went wrong.
//!
//! What else guards against each stands in the tests of the hub; a seed shows how little has to go
//! wrong. When the simulation itself changes, seeds play other pieces.

use parlance_testkit::sim;

fn check(seed: u64) {
    let report = sim::run(seed);
    assert!(report.violations.is_empty(), "{report}");
}

macro_rules! seeds {
    ($($name:ident: $seed:expr;)+) => {$(
        #[test]
        fn $name() {
            check($seed);
        }
    )+};
}

seeds! {
    what_was_pushed_before_the_sweep_came_again_after_it: 0;
    a_block_that_no_wake_told_of_was_not_known_to_the_other_node: 19;
    who_was_removed_while_the_room_was_not_in_memory_was_never_told: 12;
    who_was_just_added_was_refused_on_the_other_node: 766;
    a_reading_position_was_cut_short_on_the_other_node: 18;
    a_conversation_that_moved_while_pages_were_read_was_left_out: 13;
    a_ban_showed_a_stranger_the_conversation: 48;
    what_happened_before_the_fan_out_began_was_never_told: 613;
    a_retry_of_what_was_accepted_was_refused_after_its_target_was_gone: 4;
    catching_up_showed_what_came_after_the_row_was_read: 42;
}

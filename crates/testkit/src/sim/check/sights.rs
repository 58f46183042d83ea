use super::Logs;
use crate::sim::world::World;

/// Everybody saw only what they could see, and was refused only what they could not do.
pub(super) fn check(world: &World, logs: &Logs) {
    for sight in world.journal.sightings() {
        let could_see =
            logs.get(&sight.conversation).is_some_and(|log| log.could_see(sight.who, sight.seq, sight.head));
        if !could_see {
            world.journal.violation(format!(
                "{} saw {} of {} when it was at {}",
                sight.who, sight.seq, sight.conversation, sight.head
            ));
        }
    }
    for refused in world.journal.refusals() {
        let was_allowed = logs.get(&refused.conversation).is_some_and(|log| {
            !log.is_account()
                && log.could_always(refused.who, refused.permission, refused.head_before, refused.head_after)
        });
        if was_allowed && refused.is_unfounded() {
            world.journal.violation(format!(
                "{} was refused in {} at {} with \"{}\"",
                refused.who, refused.conversation, refused.head_before, refused.why
            ));
        }
    }
}

use super::world::{NODES, World};
use crate::{chance::Chance, pace};
use std::sync::Arc;

/// Steps by which clocks are set wrong.
const CLOCK_STEPS_MS: [i64; 4] = [-3_600_000, -5_000, 700, 3_600_000];

/// Crashes nodes and sets clocks wrong, and leaves all nodes up.
pub(super) async fn run(world: Arc<World>, chance: Chance) {
    let rates = *world.faults.rates();
    let mut deeds: Vec<bool> = Vec::new();
    deeds.extend((0..rates.crashes).map(|_| true));
    deeds.extend((0..rates.clock_steps).map(|_| false));
    while !deeds.is_empty() {
        pace::pause(5 + chance.below(40)).await;
        let node = chance.below(NODES as u64) as usize;
        let is_crash = deeds.swap_remove(chance.below(deeds.len() as u64) as usize);
        if is_crash {
            world.crash(node);
            pace::pause(chance.below(30)).await;
            world.boot(node).await;
        } else if let Some(step) = chance.pick(&CLOCK_STEPS_MS) {
            world.step_clock(node, *step);
        }
    }
}

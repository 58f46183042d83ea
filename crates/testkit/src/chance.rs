//! Chance that a seed decides.

use parking_lot::Mutex;
use parlance_hub::ports::Entropy;

/// A stream of numbers that one seed decides (splitmix64).
#[derive(Debug)]
pub struct Chance {
    state: Mutex<u64>,
}

impl Chance {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        let chance = Self { state: Mutex::new(seed ^ 0x5851_F42D_4C95_7F2D) };
        chance.next();
        chance
    }

    /// Another stream that this one decides.
    pub fn fork(&self) -> Self {
        Self::new(self.next())
    }

    /// A number below a bound, which must not be zero.
    pub fn below(&self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Whether something happens that happens so many times in a thousand.
    pub fn happens(&self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// One of these; `None` when there are none.
    pub fn pick<'a, T>(&self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { items.get(self.below(items.len() as u64) as usize) }
    }

    fn next(&self) -> u64 {
        let mut state = self.state.lock();
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

impl Entropy for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_everything() {
        let draw = |seed| {
            let chance = Chance::new(seed);
            let mut bytes = [0; 5];
            chance.fill(&mut bytes);
            (bytes, chance.below(1_000), chance.fork().below(1_000))
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn what_happens_never_or_always_does_so() {
        let chance = Chance::new(3);
        assert!((0..100).all(|_| !chance.happens(0) && chance.happens(1_000)));
        assert_eq!(chance.pick::<u8>(&[]), None);
    }
}

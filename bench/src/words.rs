//! Texts that look like what people write: few words very often, many words rarely.

use rand::{RngExt, SeedableRng, rngs::SmallRng};

const SYLLABLES: &[&str] = &[
    "ba", "ren", "to", "mi", "sal", "ku", "vor", "ne", "pa", "lin", "du", "ges", "ka", "mor", "ti", "fel",
    "ro", "sun", "wi", "dar",
];
const VOCABULARY: usize = 20_000;
const WORDS: std::ops::RangeInclusive<usize> = 6..=20;
/// Which messages have something special in them: the one of so many whose number leaves this rest.
const CJK_EVERY: (usize, usize) = (100, 0);
const CJK: &[&str] =
    &["今天", "我们", "在", "公园", "见面", "明天", "下午", "会议", "改到", "星期", "谢谢", "你的", "帮助"];

/// A word that is hardly ever written.
pub(crate) const RARE: &str = "quixotically";
const RARE_EVERY: (usize, usize) = (50_000, 7);
/// A word in many messages.
pub(crate) const COMMON: &str = "meeting";
const COMMON_EVERY: (usize, usize) = (20, 3);
/// Two words that stand together in some messages.
pub(crate) const PAIR: [&str; 2] = ["harbour", "invoice"];
const PAIR_EVERY: (usize, usize) = (1_000, 11);
/// A Chinese word that was written.
pub(crate) const CJK_WORD: &str = "公园";
/// How many words begin like this.
pub(crate) const PREFIX: &str = "bar";

/// Makes texts, the same in every run.
#[derive(Debug)]
pub(crate) struct Texts {
    chance: SmallRng,
    vocabulary: Vec<String>,
    number: usize,
}

impl Texts {
    pub(crate) fn new() -> Self {
        let mut chance = SmallRng::seed_from_u64(20);
        let vocabulary = (0..VOCABULARY).map(|_| word(&mut chance)).collect();
        Self { chance, vocabulary, number: 0 }
    }

    /// The next text; nothing in it needs escaping in JSON.
    pub(crate) fn next(&mut self) -> String {
        self.number += 1;
        let count = self.chance.random_range(WORDS);
        let is_due = |(every, rest): (usize, usize)| self.number % every == rest;
        let mut words: Vec<&str> = Vec::with_capacity(count + 4);
        if is_due(RARE_EVERY) {
            words.push(RARE);
        }
        if is_due(COMMON_EVERY) {
            words.push(COMMON);
        }
        if is_due(PAIR_EVERY) {
            words.extend(PAIR);
        }
        if is_due(CJK_EVERY) {
            let chance = &mut self.chance;
            return (0..count).map(|_| CJK[chance.random_range(..CJK.len())]).chain([CJK_WORD]).collect();
        }
        for _ in 0..count {
            words.push(&self.vocabulary[usual(&mut self.chance)]);
        }
        words.join(" ")
    }
}

/// A place in the vocabulary: the first ones by far the most often, as in every language.
fn usual(chance: &mut SmallRng) -> usize {
    let share: f64 = chance.random();
    ((VOCABULARY as f64).powf(share) as usize - 1).min(VOCABULARY - 1)
}

fn word(chance: &mut SmallRng) -> String {
    let count = chance.random_range(2..=4);
    (0..count).map(|_| SYLLABLES[chance.random_range(..SYLLABLES.len())]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_word_that_is_searched_is_written() {
        let mut texts = Texts::new();
        let all: Vec<_> = (0..RARE_EVERY.0).map(|_| texts.next()).collect();
        for word in [RARE, COMMON, PAIR[0], PAIR[1], CJK_WORD, PREFIX] {
            assert!(all.iter().any(|text| text.contains(word)), "{word}");
        }
        assert!(all.iter().all(|text| !text.contains(['"', '\\'])));
    }
}

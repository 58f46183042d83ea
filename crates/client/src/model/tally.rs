//! How polls stand: the same count that the server makes, vote by vote.

use super::message::NAMED_MAX;
use parlance_api::event::{Choice, Tally};

/// Who votes.
#[derive(Clone, Copy)]
pub(super) struct Voter<'a> {
    pub(super) name: &'a str,
    pub(super) is_me: bool,
    /// Whether others may know who it is.
    pub(super) is_named: bool,
}

/// Gives a tally a place for each option.
pub(super) fn fit(tally: &mut Tally, options: usize) {
    tally.options.resize(options, Choice::default());
}

/// Puts a choice in the place of the one that the same person had made before.
pub(super) fn count(tally: &mut Tally, voter: Voter<'_>, was: &[u32], chosen: &[u32]) {
    for choice in places(tally, was) {
        choice.count = choice.count.saturating_sub(1);
        choice.users.retain(|user| user != voter.name);
        choice.mine &= !voter.is_me;
    }
    for choice in places(tally, chosen) {
        choice.count += 1;
        choice.mine |= voter.is_me;
        if voter.is_named && choice.users.len() < NAMED_MAX {
            choice.users.push(voter.name.to_owned());
        }
    }
    let (left, came) = (u64::from(!was.is_empty()), u64::from(!chosen.is_empty()));
    tally.voters = (tally.voters + came).saturating_sub(left);
}

fn places<'a>(tally: &'a mut Tally, numbers: &'a [u32]) -> impl Iterator<Item = &'a mut Choice> {
    let options = tally.options.iter_mut().enumerate();
    options
        .filter(|(place, _)| numbers.iter().any(|number| *number as usize == *place))
        .map(|(_, choice)| choice)
}

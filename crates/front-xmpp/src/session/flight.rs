use std::collections::VecDeque;

/// Most stanzas of one stream that are dealt with at the same time.
const IN_FLIGHT_MAX: usize = 16;

/// Stanzas that were taken and are not done with, in the order in which they came.
#[derive(Default)]
pub(crate) struct Flight {
    /// Whether each is done.
    stanzas: VecDeque<bool>,
    /// The number of the first of them: so many came before it, and all of those are done.
    first: u64,
    /// Whether the newest has to be done before anything else is taken.
    is_alone: bool,
}

impl Flight {
    /// The next stanza's number. Only messages may be followed by others before they are done.
    pub(crate) fn start(&mut self, is_message: bool) -> u64 {
        self.is_alone = !is_message;
        self.stanzas.push_back(false);
        self.first + self.stanzas.len() as u64 - 1
    }

    /// Notes that a stanza is done; answers with how many are now done before the first that is not, that
    /// were not before.
    pub(crate) fn finish(&mut self, number: u64) -> u64 {
        if let Some(done) = number.checked_sub(self.first).and_then(|at| self.stanzas.get_mut(at as usize)) {
            *done = true;
        }
        let before = self.first;
        while self.stanzas.front() == Some(&true) {
            self.stanzas.pop_front();
            self.first += 1;
        }
        self.is_alone &= !self.stanzas.is_empty();
        self.first - before
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.stanzas.is_empty()
    }

    /// Whether another one may be taken.
    pub(crate) fn has_room(&self) -> bool {
        !self.is_alone && self.stanzas.len() < IN_FLIGHT_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_counts_only_up_to_the_first_that_is_not() {
        let mut flight = Flight::default();
        let numbers: Vec<_> = (0..3).map(|_| flight.start(true)).collect();
        assert_eq!(flight.finish(numbers[1]), 0);
        assert_eq!(flight.finish(numbers[0]), 2);
        assert_eq!((flight.finish(numbers[2]), flight.is_empty()), (1, true));
    }

    #[test]
    fn nothing_follows_a_stanza_that_is_no_message_before_it_is_done() {
        let mut flight = Flight::default();
        let number = flight.start(false);
        assert!(!flight.has_room());
        flight.finish(number);
        assert!(flight.has_room());
    }

    #[test]
    fn only_so_many_are_dealt_with_at_once() {
        let mut flight = Flight::default();
        for _ in 0..IN_FLIGHT_MAX {
            flight.start(true);
        }
        assert!(!flight.has_room());
    }
}

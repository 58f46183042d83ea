//! Whether everything came, once and in order.

use std::{collections::HashSet, ops::AddAssign};

/// What one receiver got from one writer, who numbers messages from 0.
#[derive(Debug, Default)]
pub(crate) struct Order {
    next: u64,
    skipped: HashSet<u64>,
    faults: Faults,
}

/// What should not be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
    /// Came after one that was written later.
    pub(crate) late: u64,
}

impl Order {
    /// Takes note of a message that came; `false` when it had come before.
    pub(crate) fn add(&mut self, number: u64) -> bool {
        if number >= self.next {
            self.skipped.extend(self.next..number);
            self.next = number + 1;
            return true;
        }
        let is_new = self.skipped.remove(&number);
        *if is_new { &mut self.faults.late } else { &mut self.faults.doubled } += 1;
        is_new
    }

    /// Takes note of a message that had come before there was this order.
    pub(crate) fn came_again(&mut self) {
        self.faults.doubled += 1;
    }

    /// What went wrong when this many were written and nothing more will come.
    pub(crate) fn faults(&self, written: u64) -> Faults {
        let lost = self.skipped.len() as u64 + written.saturating_sub(self.next);
        Faults { lost, ..self.faults }
    }
}

impl AddAssign for Faults {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.late += other.late;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(came: &[u64], written: u64, faults: Faults) {
        let mut order = Order::default();
        came.iter().for_each(|number| {
            order.add(*number);
        });
        assert_eq!(order.faults(written), faults, "{came:?}");
    }

    #[test]
    fn lost_doubled_and_late_messages_are_counted() {
        let none = Faults::default();
        check(&[0, 1, 2], 3, none);
        check(&[0, 1], 3, Faults { lost: 1, ..none });
        check(&[0, 2], 3, Faults { lost: 1, ..none });
        check(&[0, 0, 1], 2, Faults { doubled: 1, ..none });
        check(&[1, 0, 2], 3, Faults { late: 1, ..none });
        check(&[2, 0, 0], 3, Faults { lost: 1, doubled: 1, late: 1 });
    }

    #[test]
    fn a_message_is_new_once() {
        let mut order = Order::default();
        assert_eq!([1, 0, 0, 1].map(|number| order.add(number)), [true, true, false, false]);
    }
}

/// Says which row is which, however many come before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowKey {
    /// Part of an event, counted from its first row.
    Event { seq: u64, part: usize },
    /// A hole, by its first missing place.
    Hole { from: u64 },
    /// Anything else.
    Other,
}

/// Which part of the timeline is seen.
///
/// It stays with what is being read: new messages below and older ones above do not move it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scroll {
    /// The lowest row that is seen; the end when there is none.
    anchor: Option<RowKey>,
    pages: i32,
    centered: Option<u64>,
}

impl Scroll {
    /// Moves by pages, negative is up, when it is resolved.
    pub(crate) fn page(&mut self, pages: i32) {
        self.pages += pages;
    }

    /// Goes back to the newest message.
    pub(crate) fn follow_end(&mut self) {
        *self = Self::default();
    }

    /// Puts an event into the middle, as soon as it is there.
    pub(crate) fn center(&mut self, seq: u64) {
        self.centered = Some(seq);
    }

    /// Works out one past the lowest row that is seen, in a window of `height` rows.
    ///
    /// `keep` is an event that has to be seen.
    pub(crate) fn resolve(&mut self, keys: &[RowKey], height: usize, keep: Option<u64>) -> usize {
        let first_end = height.min(keys.len());
        let mut end = self
            .anchor
            .and_then(|anchor| keys.iter().rposition(|key| *key == anchor))
            .map_or(keys.len(), |index| index + 1);
        if let Some(row) = self.centered.and_then(|seq| first_row(keys, seq)) {
            end = row + height / 2;
            self.centered = None;
        }
        let step = height.saturating_sub(2).max(1);
        let moved = usize::try_from(self.pages.unsigned_abs()).unwrap_or(usize::MAX).saturating_mul(step);
        end = if self.pages < 0 { end.saturating_sub(moved) } else { end.saturating_add(moved) };
        self.pages = 0;
        if let Some((first, last)) = keep.and_then(|seq| rows_of(keys, seq)) {
            end = end.max(last + 1).min(first + height);
        }
        end = end.clamp(first_end, keys.len());
        let is_named = |key: &&RowKey| **key != RowKey::Other;
        self.anchor = if end == keys.len() { None } else { keys[..end].iter().rev().find(is_named).copied() };
        end
    }
}

fn first_row(keys: &[RowKey], seq: u64) -> Option<usize> {
    rows_of(keys, seq).map(|(first, _)| first)
}

fn rows_of(keys: &[RowKey], wanted: u64) -> Option<(usize, usize)> {
    let is_wanted = |key: &RowKey| matches!(key, RowKey::Event { seq, .. } if *seq == wanted);
    Some((keys.iter().position(is_wanted)?, keys.iter().rposition(is_wanted)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(from: u64, to: u64) -> Vec<RowKey> {
        (from..=to).map(|seq| RowKey::Event { seq, part: 0 }).collect()
    }

    #[test]
    fn the_end_is_followed_until_somebody_scrolls() {
        let mut scroll = Scroll::default();
        assert_eq!(scroll.resolve(&keys(1, 30), 10, None), 30);
        assert_eq!(scroll.resolve(&keys(1, 31), 10, None), 31);
        scroll.page(-1);
        assert_eq!(scroll.resolve(&keys(1, 31), 10, None), 23);
        assert_eq!(scroll.resolve(&keys(1, 40), 10, None), 23, "new messages do not move it");
        assert_eq!(scroll.resolve(&keys(0, 40), 10, None), 24, "older messages do not move it");
        scroll.page(9);
        assert_eq!(scroll.resolve(&keys(0, 40), 10, None), 41);
        assert_eq!(scroll.resolve(&keys(0, 50), 10, None), 51);
    }

    #[test]
    fn the_top_is_the_top() {
        let mut scroll = Scroll::default();
        scroll.page(-100);
        assert_eq!(scroll.resolve(&keys(1, 30), 10, None), 10);
        assert_eq!(scroll.resolve(&keys(1, 4), 10, None), 4);
    }

    #[test]
    fn a_selected_message_is_always_seen() {
        let mut scroll = Scroll::default();
        assert_eq!(scroll.resolve(&keys(1, 30), 10, Some(5)), 14);
        assert_eq!(scroll.resolve(&keys(1, 30), 10, Some(20)), 20);
    }

    #[test]
    fn a_place_is_centered_once_it_is_there() {
        let mut scroll = Scroll::default();
        scroll.center(5);
        assert_eq!(scroll.resolve(&keys(20, 50), 10, None), 31);
        assert_eq!(scroll.resolve(&keys(1, 50), 10, None), 10);
        assert_eq!(scroll.resolve(&keys(1, 50), 10, None), 10);
    }
}

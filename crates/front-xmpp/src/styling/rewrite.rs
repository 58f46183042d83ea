//! Texts in which some places are written differently, and where everything else went.

use std::ops::Range;

/// A place that is written differently.
pub(super) struct Edit {
    /// Bytes of the text as it was.
    pub(super) range: Range<usize>,
    /// What stands there instead.
    pub(super) with: String,
}

/// A text that was written differently.
pub(crate) struct Rewritten {
    /// As it is now.
    pub(crate) text: String,
    /// From which character of the old text on everything lies how many characters further on.
    shifts: Vec<(usize, isize)>,
}

impl Rewritten {
    /// A text as it was.
    pub(crate) fn unchanged(text: String) -> Self {
        Self { text, shifts: Vec::new() }
    }

    /// Where a character of the old text is now; both count Unicode scalar values.
    pub(crate) fn place(&self, at: u32) -> u32 {
        let before = self.shifts.iter().take_while(|(from, _)| *from <= at as usize).last();
        let shift = before.map_or(0, |(_, shift)| *shift);
        u32::try_from((at as usize).saturating_add_signed(shift)).unwrap_or(u32::MAX)
    }
}

/// Writes places differently; they stand in order, and one that begins within another is left out.
pub(super) fn rewrite(text: &str, edits: &[Edit]) -> Rewritten {
    let mut done = Rewritten { text: String::with_capacity(text.len()), shifts: Vec::new() };
    let (mut at, mut chars, mut shift) = (0, 0, 0_isize);
    for edit in edits.iter().filter(|edit| !edit.range.is_empty() || !edit.with.is_empty()) {
        if edit.range.start < at {
            continue;
        }
        done.text.push_str(&text[at..edit.range.start]);
        done.text.push_str(&edit.with);
        chars += text[at..edit.range.end].chars().count();
        shift +=
            edit.with.chars().count().cast_signed() - text[edit.range.clone()].chars().count().cast_signed();
        done.shifts.push((chars, shift));
        at = edit.range.end;
    }
    done.text.push_str(&text[at..]);
    done
}

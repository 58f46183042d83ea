//! Text of other people, made fit for a terminal.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Replaces what could command the terminal or reorder a line; keeps line breaks.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' => '\n',
            '\t' => ' ',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            letter if letter.is_control() => '\u{fffd}',
            letter => letter,
        })
        .collect()
}

/// The same on one line.
pub(crate) fn one_line(text: &str) -> String {
    harmless(text).replace('\n', " ")
}

/// How many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Cuts a line to `columns`, ending in `…` when something is missing.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    for grapheme in text.graphemes(true) {
        if width(&cut) + width(grapheme) + 1 > columns {
            break;
        }
        cut.push_str(grapheme);
    }
    if columns > 0 {
        cut.push('…');
    }
    cut
}

/// Breaks a text into lines of at most `columns`, between words where it can.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    text.split('\n').flat_map(|line| wrap_line(line, columns)).collect()
}

fn wrap_line(line: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split_word_bounds() {
        let room = columns.saturating_sub(width(lines.last().expect("invariant: never empty")));
        if width(word) <= room {
            lines.last_mut().expect("invariant: never empty").push_str(word);
        } else if word.trim().is_empty() {
            lines.push(String::new());
        } else {
            place_word(&mut lines, word, columns);
        }
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

fn place_word(lines: &mut Vec<String>, word: &str, columns: usize) {
    if lines.last().is_some_and(|line| !line.is_empty()) {
        lines.push(String::new());
    }
    for grapheme in word.graphemes(true) {
        if width(lines.last().expect("invariant: never empty")) + width(grapheme) > columns {
            lines.push(String::new());
        }
        lines.last_mut().expect("invariant: never empty").push_str(grapheme);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_commands_the_terminal() {
        assert_eq!(harmless("a\u{1b}[31mb\u{7}c\u{202e}d\ne"), "a\u{fffd}[31mb\u{fffd}c\u{fffd}d\ne");
        assert_eq!(one_line("a\nb"), "a b");
    }

    #[test]
    fn lines_break_between_words_and_inside_long_ones() {
        assert_eq!(wrap("but soft what light", 9), ["but soft", "what", "light"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("one\n\ntwo", 10), ["one", "", "two"]);
    }

    #[test]
    fn wide_letters_take_two_columns() {
        assert_eq!(wrap("日本語です", 4), ["日本", "語で", "す"]);
        assert_eq!(cut("日本語です", 5), "日本…");
        assert_eq!(cut("short", 5), "short");
    }
}

use unicode_segmentation::UnicodeSegmentation;

/// A text of several lines with a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Composer {
    text: String,
    /// Byte offset, always between two graphemes.
    cursor: usize,
}

impl Composer {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What stands before the cursor.
    pub(crate) fn before_cursor(&self) -> &str {
        &self.text[..self.cursor]
    }

    /// Replaces everything; the cursor goes to the end.
    pub(crate) fn set(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.cursor = text.len();
    }

    pub(crate) fn insert(&mut self, text: &str) {
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
    }

    pub(crate) fn backspace(&mut self) {
        let start = self.left_of(self.cursor);
        self.remove(start, self.cursor);
    }

    pub(crate) fn delete(&mut self) {
        self.remove(self.cursor, self.right_of(self.cursor));
    }

    /// Removes the word before the cursor.
    pub(crate) fn delete_word(&mut self) {
        let kept = self.before_cursor().trim_end();
        let start = kept.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        self.remove(start, self.cursor);
    }

    /// Removes everything before the cursor on its line.
    pub(crate) fn delete_to_line_start(&mut self) {
        self.remove(self.line_start(), self.cursor);
    }

    pub(crate) fn left(&mut self) {
        self.cursor = self.left_of(self.cursor);
    }

    pub(crate) fn right(&mut self) {
        self.cursor = self.right_of(self.cursor);
    }

    pub(crate) fn home(&mut self) {
        self.cursor = self.line_start();
    }

    pub(crate) fn end(&mut self) {
        self.cursor = self.line_end();
    }

    /// One line up; `false` when there is none.
    pub(crate) fn up(&mut self) -> bool {
        let start = self.line_start();
        if start == 0 {
            return false;
        }
        let column = self.text[start..self.cursor].graphemes(true).count();
        self.cursor = start - 1;
        self.go_to_column(column);
        true
    }

    /// One line down; `false` when there is none.
    pub(crate) fn down(&mut self) -> bool {
        let end = self.line_end();
        if end == self.text.len() {
            return false;
        }
        let column = self.text[self.line_start()..self.cursor].graphemes(true).count();
        self.cursor = end + 1;
        self.go_to_column(column);
        true
    }

    fn go_to_column(&mut self, column: usize) {
        let (start, end) = (self.line_start(), self.line_end());
        let line = &self.text[start..end];
        self.cursor = start + line.grapheme_indices(true).nth(column).map_or(line.len(), |(at, _)| at);
    }

    fn line_start(&self) -> usize {
        self.before_cursor().rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        self.text[self.cursor..].find('\n').map_or(self.text.len(), |at| self.cursor + at)
    }

    fn left_of(&self, at: usize) -> usize {
        self.text[..at].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn right_of(&self, at: usize) -> usize {
        self.text[at..].graphemes(true).next().map_or(at, |grapheme| at + grapheme.len())
    }

    fn remove(&mut self, start: usize, end: usize) {
        self.text.replace_range(start..end, "");
        self.cursor = start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composer(text: &str) -> Composer {
        let mut composer = Composer::default();
        composer.set(text);
        composer
    }

    #[test]
    fn a_flag_is_one_step() {
        let mut composer = composer("a🇮🇹b");
        composer.left();
        composer.backspace();
        assert_eq!((composer.text(), composer.before_cursor()), ("ab", "a"));
    }

    #[test]
    fn up_and_down_keep_the_column() {
        let mut composer = composer("first\nab\nthird");
        assert!(composer.up());
        assert_eq!(composer.before_cursor(), "first\nab");
        assert!(composer.up());
        assert_eq!(composer.before_cursor(), "fi");
        assert!(!composer.up());
        assert!(composer.down() && composer.down() && !composer.down());
    }

    #[test]
    fn words_and_lines_are_removed_backwards() {
        let mut composer = composer("one\ntwo three ");
        composer.delete_word();
        assert_eq!(composer.text(), "one\ntwo ");
        composer.delete_to_line_start();
        assert_eq!(composer.text(), "one\n");
    }
}

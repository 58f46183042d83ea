use crate::{Error, span::Span};

/// The name of an element or attribute as it is written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct QName {
    /// Prefix, colon and local name.
    pub(crate) whole: Span,
    /// Where the local name starts.
    local_at: u32,
}

impl QName {
    /// The prefix, empty when there is none.
    pub(crate) fn prefix(self, text: &str) -> &str {
        let end = (self.local_at as usize).saturating_sub(1).max(self.whole.start());
        &text[self.whole.start()..end]
    }

    /// The name without prefix.
    pub(crate) fn local(self, text: &str) -> &str {
        self.local_span().of(text)
    }

    /// Where the name without prefix is.
    pub(crate) fn local_span(self) -> Span {
        Span::new(self.local_at as usize, self.whole.end())
    }
}

/// Reads the name that starts at `at`.
///
/// # Source
/// Namespaces in XML 1.0 (third edition), productions 4 and 7 to 11.
pub(crate) fn parse(text: &str, at: usize, bytes_max: u32) -> Result<QName, Error> {
    let part = part(text, at)?;
    let (local_at, end) = match text.as_bytes().get(part) {
        Some(b':') => (part + 1, self::part(text, part + 1)?),
        _ => (at, part),
    };
    if end - at > bytes_max as usize {
        return Err(Error::NameTooLong);
    }
    let whole = Span::new(at, end);
    Ok(QName { whole, local_at: Span::new(local_at, end).start() as u32 })
}

/// The end of the name without colon that starts at `at`.
fn part(text: &str, at: usize) -> Result<usize, Error> {
    let bytes = text.as_bytes();
    let mut end = at;
    while bytes.get(end).is_some_and(|byte| IS_NAME[*byte as usize]) {
        end += 1;
    }
    let is_start = match bytes.get(at) {
        Some(first) if first.is_ascii() => end > at && !matches!(first, b'-' | b'.' | b'0'..=b'9'),
        _ => true,
    };
    if !is_start {
        return Err(Error::Syntax("a name"));
    }
    match bytes.get(end) {
        Some(byte) if !byte.is_ascii() => part_beyond_ascii(text, at, end),
        _ if end == at => Err(Error::Syntax("a name")),
        _ => Ok(end),
    }
}

/// The same for a name that has other characters than ASCII from `from` on.
fn part_beyond_ascii(text: &str, at: usize, from: usize) -> Result<usize, Error> {
    let rest = &text[from..];
    let length = rest.find(|letter: char| !is_name_char(letter)).unwrap_or(rest.len());
    let name = &text[at..from + length];
    match name.chars().next() {
        Some(first) if is_name_start(first) => Ok(from + length),
        _ => Err(Error::Syntax("a name")),
    }
}

fn is_name_char(letter: char) -> bool {
    match letter {
        letter if letter.is_ascii() => IS_NAME[letter as usize],
        '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}' => true,
        letter => is_name_start(letter),
    }
}

/// NameStartChar of XML 1.0 without the colon.
fn is_name_start(letter: char) -> bool {
    matches!(letter,
        'A'..='Z' | '_' | 'a'..='z'
        | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}'
        | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}'
        | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

/// Which bytes of ASCII may be in a name, the colon aside.
const IS_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let letter = byte as u8;
        table[byte] = letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'.' | b'_');
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_the_grammar_says() {
        for (text, length) in
            [("a>", 1), ("a:b ", 3), ("_x.y-9=", 6), ("é·\u{300}/", 6), ("a\u{b7}:ü", 6), ("x\u{d7}", 1)]
        {
            assert_eq!(parse(text, 0, 99).unwrap().whole.end(), length, "{text}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", ">", "-a", "1", ":a", "a:", "a:1", "a:-", "\u{b7}a", "\u{d7}", "a:\u{300}"] {
            assert_eq!(parse(text, 0, 99).unwrap_err(), Error::Syntax("a name"), "{text}");
        }
    }

    #[test]
    fn prefix_and_local_name_are_told_apart() {
        let name = parse("<stream:stream>", 1, 99).unwrap();
        let text = "<stream:stream>";
        assert_eq!((name.prefix(text), name.local(text)), ("stream", "stream"));
        let name = parse("<body>", 1, 99).unwrap();
        assert_eq!((name.prefix("<body>"), name.local("<body>")), ("", "body"));
    }
}

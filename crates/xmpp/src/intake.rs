use crate::{Error, reference::is_char};

/// Turns bytes torn anywhere into text that XML allows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Intake {
    torn: [u8; 4],
    torn_len: usize,
    fault: Option<Error>,
}

impl Intake {
    /// Appends what is good of `chunk`; whatever follows the first fault is dropped.
    pub(crate) fn push(&mut self, chunk: &[u8], text: &mut String) {
        let rest = self.finish_torn(chunk, text);
        if self.fault.is_some() || rest.is_empty() {
            return;
        }
        match std::str::from_utf8(rest) {
            Ok(whole) => self.push_allowed(whole, text),
            Err(error) => {
                let (good, bad) = rest.split_at(error.valid_up_to());
                let good = std::str::from_utf8(good).expect("invariant: valid_up_to says so");
                self.push_allowed(good, text);
                match error.error_len() {
                    Some(_) => self.fault = self.fault.or(Some(Error::Utf8)),
                    None => self.keep_torn(bad),
                }
            }
        }
    }

    /// What is wrong behind the text.
    pub(crate) fn fault(&self) -> Option<Error> {
        self.fault
    }

    /// Whether a part of a character waits for the rest.
    pub(crate) fn has_torn(&self) -> bool {
        self.torn_len > 0
    }

    /// Completes the character that the chunk before ended in; gives what is left of the chunk.
    fn finish_torn<'a>(&mut self, chunk: &'a [u8], text: &mut String) -> &'a [u8] {
        let mut rest = chunk;
        while self.torn_len > 0
            && self.fault.is_none()
            && let [first, others @ ..] = rest
        {
            self.torn[self.torn_len] = *first;
            self.torn_len += 1;
            rest = others;
            let torn = self.torn;
            match std::str::from_utf8(&torn[..self.torn_len]) {
                Ok(letter) => {
                    self.torn_len = 0;
                    self.push_allowed(letter, text);
                }
                Err(error) if error.error_len().is_some() => self.fault = Some(Error::Utf8),
                Err(_) => {}
            }
        }
        rest
    }

    fn keep_torn(&mut self, bytes: &[u8]) {
        self.torn[..bytes.len()].copy_from_slice(bytes);
        self.torn_len = bytes.len();
    }

    fn push_allowed(&mut self, good: &str, text: &mut String) {
        match first_not_allowed(good) {
            None => text.push_str(good),
            Some(at) => {
                text.push_str(&good[..at]);
                self.fault = Some(Error::Character);
            }
        }
    }
}

/// The offset of the first character that XML does not allow.
///
/// All of them are controls below the space, or U+FFFE and U+FFFF, whose first byte is 0xEF; text without
/// such bytes, which is nearly all, is passed in one run over whole vectors.
pub(crate) fn first_not_allowed(text: &str) -> Option<usize> {
    let is_suspect =
        |byte: u8| (byte < 0x20) & (byte != b'\n') & (byte != b'\t') & (byte != b'\r') | (byte == 0xef);
    let suspects = |block: &[u8]| block.iter().fold(false, |any, byte| any | is_suspect(*byte));
    if !text.as_bytes().chunks(64).any(suspects) {
        return None;
    }
    text.char_indices().find(|(_, letter)| !is_char(*letter)).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(chunks: &[&[u8]]) -> (String, Option<Error>) {
        let (mut intake, mut text) = (Intake::default(), String::new());
        chunks.iter().for_each(|chunk| intake.push(chunk, &mut text));
        (text, intake.fault())
    }

    #[test]
    fn characters_torn_anywhere_are_joined() {
        for text in ["aé€𝄞z", "\u{fffd}", "\t\r\n ~\u{7f}"] {
            for cut in 0..=text.len() {
                let (first, second) = text.as_bytes().split_at(cut);
                assert_eq!(take(&[first, second]), (text.to_owned(), None));
            }
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(take(&bytes), (text.to_owned(), None));
        }
    }

    #[test]
    fn the_text_ends_at_the_first_fault_however_it_is_torn() {
        let cases: [(&[u8], &str, Error); 7] = [
            (b"ab\x00c", "ab", Error::Character),
            (b"ab\x1fc", "ab", Error::Character),
            (b"a\xef\xbf\xbfb", "a", Error::Character),
            (b"a\xffb", "a", Error::Utf8),
            (b"a\xc0\xafb", "a", Error::Utf8),
            (b"a\xed\xa0\x80b", "a", Error::Utf8),
            (b"a\xe2\x82b", "a", Error::Utf8),
        ];
        for (bytes, good, error) in cases {
            let expected = (good.to_owned(), Some(error));
            for cut in 0..=bytes.len() {
                let (first, second) = bytes.split_at(cut);
                assert_eq!(take(&[first, second]), expected, "{bytes:?} at {cut}");
            }
            assert_eq!(take(&bytes.chunks(1).collect::<Vec<_>>()), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_fault_in_good_utf8_comes_before_a_later_one() {
        assert_eq!(take(&[b"a\x01b\xff"]), ("a".into(), Some(Error::Character)));
    }
}

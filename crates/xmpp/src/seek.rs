use memchr::{memchr, memchr3, memmem};

/// The search for the end of what has only partly arrived. It remembers how far it got, so that a stream
/// that arrives byte by byte is not searched again and again.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seek {
    from: usize,
    quote: Option<u8>,
}

impl Seek {
    /// Whether an earlier search ran out of text.
    pub(crate) fn has_begun(self) -> bool {
        self.from > 0
    }

    /// The offset behind the `>` that ends the tag whose inside starts at `inside`. Quoted values may
    /// hold a `>`.
    pub(crate) fn tag_end(&mut self, text: &str, inside: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut at = self.from.max(inside);
        loop {
            let found = match self.quote {
                Some(quote) => memchr(quote, bytes.get(at..)?),
                None => memchr3(b'>', b'"', b'\'', bytes.get(at..)?),
            };
            let Some(found) = found.map(|found| at + found) else {
                self.from = bytes.len();
                return None;
            };
            if self.quote.take().is_none() {
                if bytes[found] == b'>' {
                    self.from = found;
                    return Some(found + 1);
                }
                self.quote = Some(bytes[found]);
            }
            at = found + 1;
        }
    }

    /// The offset of the first `byte` at or behind `start`.
    pub(crate) fn byte(&mut self, byte: u8, text: &str, start: usize) -> Option<usize> {
        let at = self.from.max(start);
        let found = memchr(byte, text.as_bytes().get(at..)?).map(|found| at + found);
        self.from = found.unwrap_or(text.len());
        found
    }

    /// The offset of the first `]]>` at or behind `start`.
    pub(crate) fn cdata_end(&mut self, text: &str, start: usize) -> Option<usize> {
        let at = self.from.max(start);
        let found = memmem::find(text.as_bytes().get(at..)?, b"]]>").map(|found| at + found);
        self.from = found.unwrap_or(text.len().saturating_sub(2));
        found
    }
}

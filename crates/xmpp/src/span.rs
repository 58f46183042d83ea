/// A part of a text, by byte offsets. Texts are bounded by `Limits::stanza_bytes_max`, so 32 bits do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start: offset(start), end: offset(end) }
    }

    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    pub(crate) fn end(self) -> usize {
        self.end as usize
    }

    pub(crate) fn of(self, text: &str) -> &str {
        &text[self.start()..self.end()]
    }

    /// Whether the part of `text` reads like `other`.
    pub(crate) fn reads(self, text: &str, other: &str) -> bool {
        self.end() - self.start() == other.len() && (other.is_empty() || self.of(text) == other)
    }

    pub(crate) fn ends_at(&mut self, end: usize) {
        self.end = offset(end);
    }
}

fn offset(value: usize) -> u32 {
    u32::try_from(value).expect("invariant: texts are clipped to a limit of 32 bits before spans are made")
}

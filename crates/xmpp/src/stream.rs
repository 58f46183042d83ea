use crate::{
    Error, Header, Limits, Stanza,
    declaration::{self, Declaration},
    element::{Element, end_tag_name},
    header,
    intake::Intake,
    seek::Seek,
    tag::skip_blanks,
};

/// Cuts the bytes of a stream into frames and checks them.
///
/// Feed it whatever the socket gives, in pieces of any size, and poll until there is nothing more before
/// feeding again. What it says depends only on the bytes and not on how they were torn, except that white space between stanzas
/// is told once per piece.
///
/// It remembers at most one stanza and the chunk that was fed last; while nothing is happening it has
/// no buffer, only what the header declared and room for a few attributes and children.
///
/// # Source
/// RFC 6120 sections 4 (streams) and 11 (XML usage).
#[derive(Debug)]
pub struct Tokenizer {
    text: String,
    /// Everything before is dealt with.
    head: usize,
    /// The length of the stanza at `head` that was handed out.
    taken: usize,
    intake: Intake,
    state: State,
    seek: Seek,
    element: Element,
    limits: Limits,
    /// The root element's name as it is written.
    name: String,
    refused: Option<Error>,
}

/// What a stream is made of.
#[derive(Debug)]
pub enum Frame<'a> {
    /// The start tag of the stream.
    Header(Header),
    /// A first-level element.
    Stanza(Stanza<'a>),
    /// White space between first-level elements, which shows that the peer is there (RFC 6120 section
    /// 4.6.1).
    Whitespace,
    /// The end tag of the stream. Nothing comes after it.
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// After a restart, where white space may still belong to the stream before.
    Between,
    /// At the first byte, where an XML declaration may be.
    Start,
    Header,
    Content,
    /// The header was the tag of an empty element.
    Closing,
    Ended,
}

enum Step {
    Header(Header),
    Stanza(usize),
    Whitespace,
    End,
}

impl Tokenizer {
    /// A tokenizer for a stream of which nothing has been read.
    pub fn new(limits: Limits) -> Self {
        Self {
            text: String::new(),
            head: 0,
            taken: 0,
            intake: Intake::default(),
            state: State::Start,
            seek: Seek::default(),
            element: Element::new(limits),
            limits,
            name: String::new(),
            refused: None,
        }
    }

    /// Takes the next bytes. After an error or the end of the stream they are dropped.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.discard_taken();
        if self.refused.is_some() || self.state == State::Ended {
            return;
        }
        self.text.drain(..std::mem::take(&mut self.head));
        self.intake.push(chunk, &mut self.text);
    }

    /// The next frame; `None` when more bytes are needed.
    ///
    /// # Errors
    /// The stream cannot be read any further; the same error comes again at every later call.
    pub fn poll(&mut self) -> Result<Option<Frame<'_>>, Error> {
        self.discard_taken();
        if let Some(error) = self.refused {
            return Err(error);
        }
        match self.next_step() {
            Err(error) => Err(self.refuse(error)),
            Ok(None) => Ok(None),
            Ok(Some(Step::Stanza(length))) => {
                self.taken = length;
                let text = &self.text[self.head..self.head + length];
                Ok(Some(Frame::Stanza(Stanza { text, element: &self.element })))
            }
            Ok(Some(Step::Header(header))) => Ok(Some(Frame::Header(header))),
            Ok(Some(Step::End)) => Ok(Some(Frame::End)),
            Ok(Some(Step::Whitespace)) => Ok(Some(Frame::Whitespace)),
        }
    }

    /// Expects a new stream header, as after authentication. Bytes that were not polled yet are the first
    /// of the new stream; white space before it counts to the old one.
    ///
    /// After STARTTLS begin with a new tokenizer instead, and only when [`Self::has_unread`] says that the
    /// peer sent nothing ahead: that could have been put there by somebody else.
    ///
    /// # Source
    /// RFC 6120 sections 4.3.3, 5.4.3.3 and 6.3.2.
    pub fn restart(&mut self) {
        self.discard_taken();
        self.state = State::Between;
        self.seek = Seek::default();
        self.element = Element::new(self.limits);
    }

    /// Expects a new stream as [`Self::restart`] does, within other limits.
    pub fn restart_within(&mut self, limits: Limits) {
        self.limits = limits;
        self.restart();
    }

    /// Goes on with the same stream within other limits, for a peer that is trusted more now. A stanza of
    /// which a part was read already keeps the old ones.
    pub fn lift_limits(&mut self, limits: Limits) {
        self.limits = limits;
        self.element.set_limits(limits);
    }

    /// Whether bytes were fed that no frame has accounted for.
    pub fn has_unread(&self) -> bool {
        self.head + self.taken < self.text.len() || self.intake.has_torn() || self.intake.fault().is_some()
    }

    fn refuse(&mut self, error: Error) -> Error {
        self.refused = Some(error);
        self.text = String::new();
        self.head = 0;
        error
    }

    /// The stanza that was handed out is done with.
    fn discard_taken(&mut self) {
        if self.taken > 0 {
            self.head += std::mem::take(&mut self.taken);
            self.element.reset();
        }
    }

    fn next_step(&mut self) -> Result<Option<Step>, Error> {
        if self.state == State::Between {
            self.skip_blanks();
            self.state = if self.head < self.text.len() { State::Start } else { State::Between };
        }
        if self.state == State::Start && self.start()? {
            self.state = State::Header;
        }
        let step = match self.state {
            State::Between | State::Start => None,
            State::Header => self.header()?,
            State::Content => self.content()?,
            State::Closing => Some(self.end()),
            State::Ended => return Ok(None),
        };
        if step.is_none() {
            self.wait()?;
        }
        Ok(step)
    }

    /// Nothing more can be read of what has arrived.
    fn wait(&mut self) -> Result<(), Error> {
        if let Some(fault) = self.intake.fault() {
            return Err(fault);
        }
        if self.head == self.text.len() {
            self.head = 0;
            self.text = String::new();
            self.element.release();
        }
        Ok(())
    }

    /// Reads an XML declaration if there is one; `false` when that cannot be said yet.
    fn start(&mut self) -> Result<bool, Error> {
        let text = &self.text[self.head..];
        match declaration::find(text, &mut self.seek, self.limits.stanza_bytes_max)? {
            Declaration::Unknown => return Ok(false),
            Declaration::Absent => {}
            Declaration::Until(end) => self.head += end,
        }
        self.seek = Seek::default();
        Ok(true)
    }

    fn header(&mut self) -> Result<Option<Step>, Error> {
        self.skip_blanks();
        let text = &self.text[self.head..];
        if !text.is_empty() && !text.starts_with('<') {
            return Err(Error::Syntax("a stream header"));
        }
        let Some(length) = self.element.advance_start(text)? else { return Ok(None) };
        let header = header::take(&self.element, text)?;
        let root = &self.element.root;
        root.name.whole.of(text).clone_into(&mut self.name);
        let is_empty = root.close.end() - root.close.start() > 1;
        self.state = if is_empty { State::Closing } else { State::Content };
        self.head += length;
        self.element.names.keep_as_base();
        self.element.reset();
        Ok(Some(Step::Header(header)))
    }

    fn content(&mut self) -> Result<Option<Step>, Error> {
        if !self.element.has_begun() {
            if self.skip_blanks() {
                return Ok(Some(Step::Whitespace));
            }
            if self.text.as_bytes()[self.head..].starts_with(b"</") {
                return self.end_tag();
            }
        }
        Ok(self.element.advance(&self.text[self.head..])?.map(Step::Stanza))
    }

    fn end_tag(&mut self) -> Result<Option<Step>, Error> {
        let text = &self.text[self.head..];
        let close = self.seek.byte(b'>', text, 2);
        if close.unwrap_or(text.len()) >= self.limits.stanza_bytes_max as usize {
            return Err(Error::StanzaTooLong);
        }
        match close {
            None => Ok(None),
            Some(close) if end_tag_name(&text[2..close]) == self.name => Ok(Some(self.end())),
            Some(_) => Err(Error::MismatchedTag),
        }
    }

    fn end(&mut self) -> Step {
        self.state = State::Ended;
        self.text = String::new();
        self.head = 0;
        Step::End
    }

    /// Whether there was white space to skip.
    fn skip_blanks(&mut self) -> bool {
        let before = self.head;
        self.head = skip_blanks(self.text.as_bytes(), before);
        self.head > before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_on_which_nothing_happens_holds_little() {
        let mut tokenizer = Tokenizer::new(Limits::default());
        tokenizer.feed(b"<stream:stream xmlns:stream='http://etherx.jabber.org/streams'>");
        tokenizer.feed(format!("<a xmlns='{0}'>{0}{1}</a>", "x".repeat(50_000), "<b/>".repeat(9)).as_bytes());
        while tokenizer.poll().unwrap().is_some() {}
        assert_eq!(tokenizer.text.capacity(), 0);
        assert!(tokenizer.element.children.capacity() <= 8);
    }
}

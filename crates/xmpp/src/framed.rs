use crate::{
    Error, Limits, Stanza,
    declaration::{self, Declaration},
    element::Element,
    intake::first_not_allowed,
    seek::Seek,
    tag::skip_blanks,
};

/// Reads the frames of a WebSocket, each of which is one element and declares its own namespaces.
///
/// # Source
/// RFC 7395 section 3.3.3: each frame is an XML document by itself and its first character is `<`.
#[derive(Debug)]
pub struct Framed {
    limits: Limits,
    element: Element,
}

impl Framed {
    /// A reader for one connection.
    pub fn new(limits: Limits) -> Self {
        Self { limits, element: Element::new(limits) }
    }

    /// Checks the payload of one message of type text.
    ///
    /// # Errors
    /// As on a stream; and [`Error::NotOneElement`] when there is anything before or behind the element.
    /// An XML declaration may come before it, and white space behind it.
    pub fn read<'a>(&'a mut self, frame: &'a [u8]) -> Result<Stanza<'a>, Error> {
        if frame.len() > self.limits.stanza_bytes_max as usize {
            return Err(Error::StanzaTooLong);
        }
        let text = std::str::from_utf8(frame).map_err(|_| Error::Utf8)?;
        if first_not_allowed(text).is_some() {
            return Err(Error::Character);
        }
        self.element.reset();
        self.element.release();
        let text = self.without_declaration(text)?;
        if !text.starts_with('<') {
            return Err(Error::NotOneElement);
        }
        let length = self.element.advance(text)?.ok_or(Error::Syntax("the end of the element"))?;
        if skip_blanks(text.as_bytes(), length) < text.len() {
            return Err(Error::NotOneElement);
        }
        Ok(Stanza { text: &text[..length], element: &self.element })
    }

    fn without_declaration<'a>(&self, text: &'a str) -> Result<&'a str, Error> {
        match declaration::find(text, &mut Seek::default(), self.limits.stanza_bytes_max)? {
            Declaration::Until(end) => Ok(&text[skip_blanks(text.as_bytes(), end)..]),
            Declaration::Absent | Declaration::Unknown => Ok(text),
        }
    }
}

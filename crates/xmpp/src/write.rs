//! Writing what a server sends: elements, stream headers, errors and replies.
//!
//! ```
//! use parlance_xmpp::write::Writer;
//!
//! let mut xml = Writer::new();
//! xml.start("message").attribute("to", "a@example.org").attribute_if("id", None);
//! xml.start("body").text("a < b").end();
//! xml.start("active").namespace("http://jabber.org/protocol/chatstates").end();
//! assert_eq!(
//!     xml.finish(),
//!     "<message to='a@example.org'><body>a &lt; b</body>\
//!      <active xmlns='http://jabber.org/protocol/chatstates'/></message>"
//! );
//! ```

mod date_time;
mod reply;
mod stanza_error;
mod stream;

pub use date_time::{format_date_time, parse_date_time};
pub use reply::Reply;
pub use stanza_error::StanzaError;
pub use stream::{FRAMED_END, STREAM_END, StreamError, StreamHeader};

use crate::escape::{push_attribute_value, push_text};

/// Writes elements to a text.
///
/// Values and text are escaped; names are written as they are and come from the program, not from a peer.
#[derive(Debug, Default)]
pub struct Writer<'n> {
    out: String,
    open: Vec<&'n str>,
    /// Whether the start tag of the innermost element can take more attributes.
    is_in_tag: bool,
}

impl<'n> Writer<'n> {
    /// Nothing is written yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes behind what is in `out`.
    pub fn append(out: String) -> Self {
        Self { out, ..Self::default() }
    }

    /// Starts an element inside of the one that is open. `name` may have a prefix that is declared.
    pub fn start(&mut self, name: &'n str) -> &mut Self {
        self.close_tag();
        self.out.push('<');
        self.out.push_str(name);
        self.open.push(name);
        self.is_in_tag = true;
        self
    }

    /// Adds an attribute to the element that was started last; nothing may have been written into it.
    ///
    /// # Panics
    /// When content was written already: that is a mistake of the program.
    pub fn attribute(&mut self, name: &str, value: &str) -> &mut Self {
        assert!(self.is_in_tag, "attributes come before content");
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("='");
        push_attribute_value(&mut self.out, value);
        self.out.push('\'');
        self
    }

    /// Adds an attribute if there is a value.
    pub fn attribute_if(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.attribute(name, value);
        }
        self
    }

    /// Declares the namespace of this element and of those inside that have no prefix.
    pub fn namespace(&mut self, uri: &str) -> &mut Self {
        self.attribute("xmlns", uri)
    }

    /// Writes text into the element that is open.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.close_tag();
        push_text(&mut self.out, text);
        self
    }

    /// Writes XML as it is. It is well-formed and declares the prefixes it uses.
    pub fn raw(&mut self, xml: &str) -> &mut Self {
        if !xml.is_empty() {
            self.close_tag();
            self.out.push_str(xml);
        }
        self
    }

    /// Ends the innermost element.
    ///
    /// # Panics
    /// When none is open: that is a mistake of the program.
    pub fn end(&mut self) -> &mut Self {
        let name = self.open.pop().expect("an element is open");
        if std::mem::take(&mut self.is_in_tag) {
            self.out.push_str("/>");
        } else {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
        self
    }

    /// An element of a namespace that has neither attributes nor content.
    pub fn empty(&mut self, name: &'n str, namespace: &str) -> &mut Self {
        self.start(name).namespace(namespace).end()
    }

    /// An element without attributes that holds a text.
    pub fn text_element(&mut self, name: &'n str, text: &str) -> &mut Self {
        self.start(name).text(text).end()
    }

    /// Ends the elements that are open and gives the text.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.out
    }

    fn close_tag(&mut self) {
        if std::mem::take(&mut self.is_in_tag) {
            self.out.push('>');
        }
    }
}

#[cfg(test)]
mod tests;

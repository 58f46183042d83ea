use super::Writer;
use crate::{Condition, OnStream, ns};

/// The end of a stream over TCP.
///
/// # Source
/// RFC 6120 section 4.4.
pub const STREAM_END: &str = "</stream:stream>";

/// The end of a stream over a WebSocket.
///
/// # Source
/// RFC 7395 section 3.6.
pub const FRAMED_END: &str = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";

/// The header of a stream, of version 1.0.
///
/// # Source
/// RFC 6120 section 4.7.
#[derive(Clone, Copy, Debug, Default)]
pub struct StreamHeader<'a> {
    /// What elements without prefix mean: [`ns::CLIENT`] or [`ns::SERVER`]. Not written over a WebSocket.
    pub content_namespace: &'a str,
    /// Further prefixes with their namespaces, such as `db` for dialback.
    pub prefixes: &'a [(&'a str, &'a str)],
    /// Who sends it.
    pub from: Option<&'a str>,
    /// Who is addressed.
    pub to: Option<&'a str>,
    /// The name that the receiving side gives the stream.
    pub id: Option<&'a str>,
    /// The language of texts for people.
    pub language: Option<&'a str>,
}

impl StreamHeader<'_> {
    /// Appends the XML declaration and the start tag. What is written behind stands on a stream with
    /// [`OnStream::Default`] of the content namespace, and with the prefix `stream`.
    pub fn write(&self, out: &mut String) {
        out.push_str("<?xml version='1.0'?>");
        let mut xml = Writer::append(std::mem::take(out));
        xml.start("stream:stream").namespace(self.content_namespace);
        xml.attribute("xmlns:stream", ns::STREAMS);
        for (prefix, uri) in self.prefixes {
            xml.attribute(&format!("xmlns:{prefix}"), uri);
        }
        self.write_attributes(&mut xml);
        *out = xml.finish();
        // The writer ended the element; a stream stays open.
        out.truncate(out.len() - "/>".len());
        out.push('>');
    }

    /// Appends the frame that opens a stream over a WebSocket.
    ///
    /// # Source
    /// RFC 7395 section 3.4.
    pub fn write_framed(&self, out: &mut String) {
        let mut xml = Writer::append(std::mem::take(out));
        xml.start("open").namespace(ns::FRAMING);
        self.write_attributes(&mut xml);
        *out = xml.finish();
    }

    fn write_attributes(&self, xml: &mut Writer<'_>) {
        xml.attribute_if("from", self.from).attribute_if("to", self.to).attribute_if("id", self.id);
        xml.attribute("version", "1.0").attribute_if("xml:lang", self.language);
    }
}

/// What a peer is told before its stream is closed.
///
/// # Source
/// RFC 6120 section 4.9.2.
#[derive(Clone, Copy, Debug)]
pub struct StreamError<'a> {
    /// Why.
    pub condition: Condition,
    /// The same for people.
    pub text: Option<&'a str>,
    /// A condition of an extension, as XML that declares its namespace.
    pub application: Option<&'a str>,
    /// Where to go instead, for [`Condition::SeeOtherHost`].
    pub host: Option<&'a str>,
}

impl<'a> StreamError<'a> {
    /// Nothing but a condition.
    pub fn new(condition: Condition) -> Self {
        Self { condition, text: None, application: None, host: None }
    }

    /// Says it for people too.
    #[must_use]
    pub fn text(self, text: &'a str) -> Self {
        Self { text: Some(text), ..self }
    }

    /// Adds a condition of an extension, as XML that declares its namespace.
    #[must_use]
    pub fn application(self, xml: &'a str) -> Self {
        Self { application: Some(xml), ..self }
    }

    /// Appends the element. The end of the stream has to follow.
    pub fn write(&self, stream: OnStream<'_>, out: &mut String) {
        let mut xml = Writer::append(std::mem::take(out));
        xml.start("stream:error");
        if stream == OnStream::Nothing {
            xml.attribute("xmlns:stream", ns::STREAMS);
        }
        xml.start(self.condition.as_str()).namespace(ns::STREAM_ERRORS);
        if let Some(host) = self.host {
            xml.text(host);
        }
        xml.end();
        if let Some(text) = self.text {
            xml.start("text").namespace(ns::STREAM_ERRORS).attribute("xml:lang", "en").text(text).end();
        }
        xml.raw(self.application.unwrap_or_default());
        *out = xml.finish();
    }
}

impl From<crate::Error> for StreamError<'_> {
    fn from(error: crate::Error) -> Self {
        Self::new(error.condition())
    }
}

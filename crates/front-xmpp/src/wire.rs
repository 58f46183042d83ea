//! How stanzas travel: on a stream of bytes, or one in each frame of a WebSocket.

use bytes::Bytes;
use parlance_xmpp::{
    Error, Frame, Framed, Header, Limits, OnStream, StanzaBuf, Tokenizer,
    ns::{CLIENT, FRAMING},
    write::{FRAMED_END, STREAM_END, StreamHeader},
};
use std::collections::VecDeque;

/// Reads what a peer sends.
pub(crate) enum Wire {
    /// RFC 6120.
    Stream(Box<Tokenizer>),
    /// RFC 7395; frames that were read and not yet taken.
    Frames(Box<Framed>, VecDeque<Received>),
}

/// Something a peer sent.
pub(crate) enum Received {
    /// The start of a stream.
    Opened { to: Option<String>, version: Option<String>, is_client: bool },
    /// A first-level element.
    Element(StanzaBuf),
    /// The end of a stream.
    Closed,
}

impl Wire {
    pub(crate) fn stream(limits: Limits) -> Self {
        Self::Stream(Box::new(Tokenizer::new(limits)))
    }

    pub(crate) fn frames(limits: Limits) -> Self {
        Self::Frames(Box::new(Framed::new(limits)), VecDeque::new())
    }

    /// Takes bytes as they came: a piece of a stream, or a whole frame.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::Stream(tokenizer) => tokenizer.feed(bytes),
            Self::Frames(framed, read) => {
                let stanza = framed.read(bytes)?;
                read.push_back(match (stanza.namespace(), stanza.name()) {
                    (FRAMING, "open") => {
                        let attribute = |name| stanza.attribute(name).map(std::borrow::Cow::into_owned);
                        Received::Opened {
                            to: attribute("to"),
                            version: attribute("version"),
                            is_client: true,
                        }
                    }
                    (FRAMING, "close") => Received::Closed,
                    _ => Received::Element(stanza.into()),
                });
            }
        }
        Ok(())
    }

    /// The next thing that has arrived completely.
    pub(crate) fn poll(&mut self) -> Result<Option<Received>, Error> {
        match self {
            Self::Frames(_, read) => Ok(read.pop_front()),
            Self::Stream(tokenizer) => loop {
                return Ok(Some(match tokenizer.poll()? {
                    None => return Ok(None),
                    Some(Frame::Whitespace) => continue,
                    Some(Frame::Header(header)) => opened(&header),
                    Some(Frame::Stanza(stanza)) => Received::Element(stanza.into()),
                    Some(Frame::End) => Received::Closed,
                }));
            },
        }
    }

    /// Expects a new stream within other limits.
    pub(crate) fn restart_within(&mut self, limits: Limits) {
        match self {
            Self::Stream(tokenizer) => tokenizer.restart_within(limits),
            Self::Frames(framed, _) => **framed = Framed::new(limits),
        }
    }

    /// Goes on with the same stream within other limits.
    pub(crate) fn lift_limits(&mut self, limits: Limits) {
        match self {
            Self::Stream(tokenizer) => tokenizer.lift_limits(limits),
            Self::Frames(framed, _) => **framed = Framed::new(limits),
        }
    }

    /// A stanza as it is written: each frame declares its own namespace.
    pub(crate) fn framed(&self, xml: Bytes) -> Bytes {
        let Self::Frames(..) = self else { return xml };
        let text = std::str::from_utf8(&xml).expect("invariant: stanzas are written as text");
        let name = text.find([' ', '>', '/']).unwrap_or(text.len());
        match &text[1..name] {
            "message" | "presence" | "iq" => {
                format!("{} xmlns='{CLIENT}'{}", &text[..name], &text[name..]).into()
            }
            _ => xml,
        }
    }

    /// Whether the peer sent something that was not taken yet.
    pub(crate) fn has_unread(&self) -> bool {
        match self {
            Self::Stream(tokenizer) => tokenizer.has_unread(),
            Self::Frames(_, read) => !read.is_empty(),
        }
    }

    /// The start of our stream.
    pub(crate) fn open(&self, domain: &str, id: &str) -> String {
        let header = StreamHeader {
            content_namespace: CLIENT,
            from: Some(domain),
            id: Some(id),
            language: Some("en"),
            ..StreamHeader::default()
        };
        let mut out = String::new();
        match self {
            Self::Stream(_) => header.write(&mut out),
            Self::Frames(..) => header.write_framed(&mut out),
        }
        out
    }

    /// The end of our stream.
    pub(crate) fn close(&self) -> String {
        match self {
            Self::Stream(_) => STREAM_END.into(),
            Self::Frames(..) => FRAMED_END.into(),
        }
    }

    /// What elements without prefix mean on what we write.
    pub(crate) fn on_stream(&self) -> OnStream<'static> {
        match self {
            Self::Stream(_) => OnStream::Default(CLIENT),
            Self::Frames(..) => OnStream::Nothing,
        }
    }

    /// A declaration of the prefix `stream` where the stream does not make it.
    pub(crate) fn stream_prefix(&self) -> &'static str {
        match self {
            Self::Stream(_) => "",
            Self::Frames(..) => " xmlns:stream='http://etherx.jabber.org/streams'",
        }
    }
}

fn opened(header: &Header) -> Received {
    let attribute = |name| header.attribute(name).map(str::to_owned);
    Received::Opened {
        to: attribute("to"),
        version: attribute("version"),
        is_client: header.content_namespace() == CLIENT,
    }
}

//! XMPP as a pure protocol: bytes go in, checked frames come out.
//!
//! There is no socket, no clock and nothing of Parlance in here; the standard stays recognisable. What
//! this crate does is to cut a stream of XML into its first-level elements and to vouch for them:
//! whatever leaves [`Tokenizer::poll`] or [`Framed::read`] is well-formed, namespace-well-formed XML
//! within the [`Limits`], without document type, comments, processing instructions and entities of its
//! own. It builds no tree. A [`Stanza`] gives its raw bytes, its start tag and an index of its children,
//! and [`Forward`] writes it to another stream with other addresses. [`Child::parse`] opens what has to be
//! looked into as an [`Element`].
//!
//! Beside the stream stand the other pieces of a server, each of them a value too: addresses ([`jid`]),
//! authentication ([`sasl`]), stream management ([`sm`]), what is sent ([`mod@write`]), and the payloads
//! that many extensions share ([`forms`], [`paging`], [`forwarded`]).
//!
//! ```
//! use parlance_xmpp::{Forward, Frame, Limits, OnStream, Tokenizer};
//!
//! let mut tokenizer = Tokenizer::new(Limits::default());
//! tokenizer.feed(b"<stream:stream xmlns='jabber:client' to='example.org' version='1.0' ");
//! tokenizer.feed(b"xmlns:stream='http://etherx.jabber.org/streams'><message to='a@exam");
//! tokenizer.feed(b"ple.org'><body>Hi</body></message>");
//!
//! let Ok(Some(Frame::Header(header))) = tokenizer.poll() else { panic!("a header") };
//! assert_eq!(header.attribute("to"), Some("example.org"));
//! let Ok(Some(Frame::Stanza(stanza))) = tokenizer.poll() else { panic!("a stanza") };
//! assert_eq!(stanza.attribute("to").as_deref(), Some("a@example.org"));
//! assert_eq!(stanza.children().next().unwrap().raw(), "<body>Hi</body>");
//!
//! let mut out = String::new();
//! Forward::new(&stanza).set("from", "b@example.org/x").write(OnStream::Default("jabber:client"), &mut out);
//! assert_eq!(out, "<message to='a@example.org' from='b@example.org/x'><body>Hi</body></message>");
//! assert!(matches!(tokenizer.poll(), Ok(None)));
//! ```

mod condition;
mod declaration;
mod element;
mod error;
mod escape;
pub mod forms;
mod forward;
pub mod forwarded;
mod framed;
mod header;
mod intake;
pub mod jid;
mod limits;
mod name;
mod namespace;
mod nickname;
pub mod ns;
pub mod paging;
mod reference;
pub mod sasl;
mod seek;
pub mod sm;
mod span;
mod stanza;
mod stream;
mod tag;
mod tree;
mod words;
pub mod write;

pub use condition::{Condition, ErrorType, StanzaCondition};
pub use error::Error;
pub use escape::{push_attribute_value, push_text};
pub use forward::{Forward, OnStream};
pub use framed::Framed;
pub use header::Header;
pub use jid::{BareJid, FullJid, Jid, JidError};
pub use limits::Limits;
pub use nickname::{nickname_key, nickname_looks};
pub use ns::STREAMS;
pub use reference::unescape_text;
pub use stanza::{Attribute, Child, Stanza, StanzaBuf};
pub use stream::{Frame, Tokenizer};
pub use tree::{Element, ElementAttribute, Node};

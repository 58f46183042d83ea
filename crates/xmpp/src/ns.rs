//! Names of namespaces that this crate reads or writes itself.

/// Stanzas between a client and its server (RFC 6120 section 4.8.2).
pub const CLIENT: &str = "jabber:client";
/// Stanzas between servers (RFC 6120 section 4.8.2).
pub const SERVER: &str = "jabber:server";
/// The stream header and what concerns the stream itself (RFC 6120 section 4.8.1).
pub const STREAMS: &str = "http://etherx.jabber.org/streams";
/// Conditions of stream errors (RFC 6120 section 4.9.2).
pub const STREAM_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
/// Conditions of stanza errors (RFC 6120 section 8.3.2).
pub const STANZA_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
/// The frames of a WebSocket (RFC 7395 section 3.3.2).
pub const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";
/// The prefix `xml`, which is bound without declaration (Namespaces in XML 1.0 section 3).
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// SASL as in RFC 6120 (section 6), and its failures in SASL2.
pub const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
/// The extensible SASL profile (XEP-0388).
pub const SASL2: &str = "urn:xmpp:sasl:2";
/// The types of channel binding that are offered (XEP-0440).
pub const CHANNEL_BINDING: &str = "urn:xmpp:sasl-cb:0";
/// Stream management (XEP-0198).
pub const SM: &str = "urn:xmpp:sm:3";
/// Data forms (XEP-0004).
pub const FORMS: &str = "jabber:x:data";
/// Result set management (XEP-0059).
pub const RSM: &str = "http://jabber.org/protocol/rsm";
/// Delayed delivery (XEP-0203).
pub const DELAY: &str = "urn:xmpp:delay";
/// Stanza forwarding (XEP-0297).
pub const FORWARD: &str = "urn:xmpp:forward:0";

//! Examples of RFC 6120 and RFC 7395.

mod common;

use common::{Kept, first_stanza};
use parlance_xmpp::{Error, Frame, Framed, Limits, Tokenizer};

/// RFC 6120 section 9.1.1, and stanzas of sections 9.1.3 and 9.1.4.
const SESSION: &str = "<?xml version='1.0'?>
<stream:stream
    from='juliet@im.example.com'
    to='im.example.com'
    version='1.0'
    xml:lang='en'
    xmlns='jabber:client'
    xmlns:stream='http://etherx.jabber.org/streams'>
<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
<iq id='yhc13a95' type='set'>
  <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>
    <resource>balcony</resource>
  </bind>
</iq>
<message from='juliet@im.example.com/balcony'
         id='ju2ba41c'
         to='romeo@example.net'
         type='chat'
         xml:lang='en'>
  <body>Art thou not Romeo, and a Montague?</body>
</message>
</stream:stream>";

#[test]
fn a_session_of_rfc_6120_is_read() {
    let mut tokenizer = Tokenizer::new(Limits::default());
    tokenizer.feed(SESSION.as_bytes());
    let Ok(Some(Frame::Header(header))) = tokenizer.poll() else { panic!("a header") };
    let attributes: Vec<_> = header.attributes().collect();
    let expected =
        [("from", "juliet@im.example.com"), ("to", "im.example.com"), ("version", "1.0"), ("xml:lang", "en")];
    assert_eq!(attributes, expected);
    assert_eq!(header.content_namespace(), "jabber:client");
    let namespaces: Vec<_> = header.namespaces().collect();
    assert_eq!(namespaces, [("", "jabber:client"), ("stream", "http://etherx.jabber.org/streams")]);

    assert!(matches!(tokenizer.poll(), Ok(Some(Frame::Whitespace))));
    let Ok(Some(Frame::Stanza(starttls))) = tokenizer.poll() else { panic!("starttls") };
    assert!(starttls.is("urn:ietf:params:xml:ns:xmpp-tls", "starttls"));
    assert!(matches!(tokenizer.poll(), Ok(Some(Frame::Whitespace))));
    let Ok(Some(Frame::Stanza(iq))) = tokenizer.poll() else { panic!("iq") };
    assert!(iq.is("jabber:client", "iq"));
    let bind = iq.child("urn:ietf:params:xml:ns:xmpp-bind", "bind").expect("bind");
    assert!(bind.raw().starts_with("<bind xmlns=") && bind.raw().ends_with("</bind>"));
    assert!(matches!(tokenizer.poll(), Ok(Some(Frame::Whitespace))));
    let Ok(Some(Frame::Stanza(message))) = tokenizer.poll() else { panic!("message") };
    assert_eq!(message.attribute("type").as_deref(), Some("chat"));
    assert_eq!(message.attribute("xml:lang").as_deref(), Some("en"));
    assert_eq!(message.attribute("lang"), None);
    assert!(matches!(tokenizer.poll(), Ok(Some(Frame::Whitespace))));
    assert!(matches!(tokenizer.poll(), Ok(Some(Frame::End))));
    assert!(matches!(tokenizer.poll(), Ok(None)));
}

/// RFC 6120 section 4.8.5.
#[test]
fn the_two_ways_to_bind_the_content_namespace_mean_the_same() {
    let with_default = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><message><body>foo</body></message></stream:stream>";
    let without = "<stream xmlns='http://etherx.jabber.org/streams'><message xmlns='jabber:client'><body>foo</body></message></stream>";
    let meaning = |kept: Kept| (kept.namespace, kept.name, kept.children);
    assert_eq!(meaning(first_stanza(with_default)), meaning(first_stanza(without)));
}

/// RFC 7395 sections 3.4 and 3.5.
#[test]
fn frames_of_rfc_7395_are_read() {
    let mut framed = Framed::new(Limits::default());
    let open = b"<open xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\" to=\"example.com\" version=\"1.0\" />";
    let stanza = framed.read(open).unwrap();
    assert!(stanza.is("urn:ietf:params:xml:ns:xmpp-framing", "open"));
    assert_eq!(stanza.attribute("to").as_deref(), Some("example.com"));
    let features = b"<stream:features xmlns:stream=\"http://etherx.jabber.org/streams\"><bind xmlns=\"urn:ietf:params:xml:ns:xmpp-bind\"/></stream:features>";
    let stanza = framed.read(features).unwrap();
    assert!(stanza.is("http://etherx.jabber.org/streams", "features"));
    assert!(stanza.child("urn:ietf:params:xml:ns:xmpp-bind", "bind").is_some());
    let close = b"<close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\" />";
    assert!(framed.read(close).unwrap().is("urn:ietf:params:xml:ns:xmpp-framing", "close"));
}

#[test]
fn nothing_is_inherited_from_the_frame_before() {
    let mut framed = Framed::new(Limits::default());
    framed.read(b"<a:b xmlns:a='urn:a' xmlns='urn:b'/>").unwrap();
    assert_eq!(framed.read(b"<a:b/>").unwrap_err(), Error::UndeclaredPrefix);
    assert_eq!(framed.read(b"<b/>").unwrap().namespace(), "");
}

#[test]
fn a_frame_is_exactly_one_element() {
    let mut framed = Framed::new(Limits::default());
    for frame in [
        "",
        " <a/>",
        "<a/><b/>",
        "text",
        "<a></a>x",
        "<a/> <b/>",
        "<?xml version='1.0'?>",
        "<?xml version='1.0'?>x",
    ] {
        assert_eq!(framed.read(frame.as_bytes()).unwrap_err(), Error::NotOneElement, "{frame}");
    }
    for frame in ["<a>", "<a", "<", "<a><![CDATA[", "<a>x</a"] {
        assert_eq!(
            framed.read(frame.as_bytes()).unwrap_err(),
            Error::Syntax("the end of the element"),
            "{frame}"
        );
    }
    for frame in ["<a/>", "<?xml version='1.0' encoding='utf-8'?>\n<a/>", "<a/>\r\n"] {
        assert_eq!(framed.read(frame.as_bytes()).unwrap().raw(), "<a/>", "{frame}");
    }
    assert_eq!(framed.read(b"<?xml version='1.0' encoding='latin1'?><a/>").unwrap_err(), Error::Encoding);
    assert_eq!(framed.read(b"<?x?><a/>").unwrap_err(), Error::ProcessingInstruction);
    assert_eq!(framed.read(b"<a>\xff</a>").unwrap_err(), Error::Utf8);
    assert_eq!(framed.read(b"<a>\x01</a>").unwrap_err(), Error::Character);
}

#[test]
fn a_child_can_be_read_by_itself() {
    let stream = "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams' xmlns:h='urn:h'><iq xmlns:r='urn:r' xmlns:h='urn:own&amp;'><q xmlns:r='urn:q' h:a='1'><b/></q><e/></iq>";
    let mut tokenizer = Tokenizer::new(Limits::default());
    tokenizer.feed(stream.as_bytes());
    tokenizer.poll().unwrap();
    let Ok(Some(Frame::Stanza(iq))) = tokenizer.poll() else { panic!("a stanza") };
    let standalone: Vec<_> = iq
        .children()
        .map(|child| {
            let mut out = String::new();
            child.write_standalone(&mut out);
            out
        })
        .collect();
    assert_eq!(
        standalone,
        [
            "<q xmlns:h='urn:own&amp;' xmlns:s='http://etherx.jabber.org/streams' xmlns='jabber:client' xmlns:r='urn:q' h:a='1'><b/></q>",
            "<e xmlns:h='urn:own&amp;' xmlns:r='urn:r' xmlns:s='http://etherx.jabber.org/streams' xmlns='jabber:client'/>",
        ]
    );
    let mut framed = Framed::new(Limits::default());
    assert_eq!(framed.read(standalone[0].as_bytes()).unwrap().namespace(), "jabber:client");
}

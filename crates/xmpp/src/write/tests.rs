use super::*;
use crate::{Condition, ErrorType, Frame, Framed, Limits, OnStream, StanzaCondition, Tokenizer, ns};

const CLIENT: OnStream<'static> = OnStream::Default(ns::CLIENT);

fn written(write: impl FnOnce(&mut String)) -> String {
    let mut out = "before".to_owned();
    write(&mut out);
    out.strip_prefix("before").unwrap().to_owned()
}

#[test]
fn elements_are_closed_and_values_escaped() {
    let mut xml = Writer::new();
    xml.start("a").attribute("b", "'\"<&\n").attribute_if("c", Some("1")).attribute_if("d", None);
    xml.start("e").end().text("x & y\r").raw("").raw("<f/>").empty("g", "urn:g").text_element("h", "");
    xml.start("i").start("j");
    assert_eq!(
        xml.finish(),
        "<a b='&apos;&quot;&lt;&amp;&#10;' c='1'><e/>x &amp; y&#13;<f/><g xmlns='urn:g'/><h></h><i><j/></i></a>"
    );
}

#[test]
fn a_header_is_read_as_it_was_written() {
    let header = StreamHeader {
        content_namespace: ns::SERVER,
        prefixes: &[("db", "jabber:server:dialback")],
        from: Some("example.org"),
        to: Some("a'b"),
        id: Some("1"),
        language: Some("en"),
    };
    let mut tokenizer = Tokenizer::new(Limits::default());
    tokenizer.feed(written(|out| header.write(out)).as_bytes());
    let Ok(Some(Frame::Header(read))) = tokenizer.poll() else { panic!("a header") };
    assert_eq!(read.content_namespace(), ns::SERVER);
    assert!(read.namespaces().any(|it| it == ("db", "jabber:server:dialback")));
    let attributes: Vec<_> = read.attributes().collect();
    let expected =
        [("from", "example.org"), ("to", "a'b"), ("id", "1"), ("version", "1.0"), ("xml:lang", "en")];
    assert_eq!(attributes, expected);
    tokenizer.feed(format!("<stream:features/>{STREAM_END}").as_bytes());
    assert!(matches!(tokenizer.poll(), Ok(Some(Frame::Stanza(_)))));
    assert!(matches!(tokenizer.poll(), Ok(Some(Frame::End))));
}

#[test]
fn a_framed_header_is_the_element_open() {
    let header = StreamHeader { to: Some("example.com"), ..StreamHeader::default() };
    assert_eq!(
        written(|out| header.write_framed(out)),
        "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.com' version='1.0'/>"
    );
    let mut framed = Framed::new(Limits::default());
    assert!(framed.read(FRAMED_END.as_bytes()).unwrap().is(ns::FRAMING, "close"));
}

#[test]
fn stream_errors_look_as_in_rfc_6120() {
    let error = StreamError::new(Condition::NotWellFormed).text("a < b").application("<x xmlns='urn:x'/>");
    assert_eq!(
        written(|out| error.write(CLIENT, out)),
        "<stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
         <text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>a &lt; b</text>\
         <x xmlns='urn:x'/></stream:error>"
    );
    let elsewhere = StreamError { host: Some("[::1]:5222"), ..StreamError::new(Condition::SeeOtherHost) };
    assert_eq!(
        written(|out| elsewhere.write(OnStream::Nothing, out)),
        "<stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
         <see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>[::1]:5222</see-other-host></stream:error>"
    );
    assert_eq!(StreamError::from(crate::Error::Comment).condition, Condition::RestrictedXml);
}

fn reply_to(request: &str) -> Reply {
    let mut framed = Framed::new(Limits::default());
    Reply::to(&framed.read(request.as_bytes()).unwrap())
}

#[test]
fn a_result_swaps_addresses_and_keeps_the_id() {
    let reply =
        reply_to("<iq xmlns='jabber:client' type='get' id='&lt;1' to='b@c' from='a@b/c'><q xmlns='q'/></iq>");
    assert_eq!(
        written(|out| reply.write_result(CLIENT, "<q xmlns='q'/>", out)),
        "<iq type='result' id='&lt;1' from='b@c' to='a@b/c'><q xmlns='q'/></iq>"
    );
    let own = reply.from(None).addressed_to(Some("x@y/z"));
    assert_eq!(
        written(|out| own.write_result(OnStream::Nothing, "", out)),
        "<iq xmlns='jabber:client' type='result' id='&lt;1' to='x@y/z'/>"
    );
}

#[test]
fn a_stanza_error_says_type_condition_and_text() {
    let reply = reply_to("<message xmlns='jabber:client' to='b' from='a'/>");
    let error = StanzaError::new(StanzaCondition::Gone).text("moved").application("<x xmlns='urn:x'/>");
    let error = StanzaError { address: Some("xmpp:c"), by: Some("d"), ..error };
    let text = written(|out| reply.write_error(CLIENT, &error, out));
    assert_eq!(
        text,
        "<message type='error' from='b' to='a'><error type='cancel' by='d'>\
         <gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:c</gone>\
         <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>moved</text>\
         <x xmlns='urn:x'/></error></message>"
    );
    let mut framed = Framed::new(Limits::default());
    let stanza = framed.read(text.as_bytes()).unwrap();
    let read = StanzaError::read(&stanza.child("", "error").unwrap().parse());
    assert_eq!(read, Some((ErrorType::Cancel, StanzaCondition::Gone)));
}

#[test]
fn the_type_of_an_error_belongs_to_its_condition_unless_it_is_said() {
    let error = StanzaError::from(StanzaCondition::PolicyViolation);
    assert_eq!(error.kind, ErrorType::Modify);
    assert_eq!(error.kind(ErrorType::Wait).kind, ErrorType::Wait);
}

/// The examples of XEP-0082 section 3.2, and what is none.
#[test]
fn moments_are_written_and_read() {
    assert_eq!(parse_date_time("1969-07-21T02:56:15Z"), Some(-14_159_025_000));
    assert_eq!(parse_date_time("1969-07-20T21:56:15-05:00"), Some(-14_159_025_000));
    assert_eq!(parse_date_time("2002-09-10T23:41:07.1239Z\n"), Some(1_031_701_267_123));
    assert_eq!(format_date_time(1_031_701_267_123), "2002-09-10T23:41:07.123Z");
    assert_eq!(format_date_time(0), "1970-01-01T00:00:00.000Z");
    assert_eq!(parse_date_time(&format_date_time(i64::MAX)).unwrap() / 1000, 253_402_207_200);
    for text in [
        "",
        "2002-09-10",
        "2002-09-10T23:41:07",
        "20020910T23:41:07Z",
        "2002-09-10 23:41:07Z",
        "2002-09-10t23:41:07z",
        "2002-13-10T23:41:07Z",
        "2002-09-10T23:41:07Z[UTC]",
        "2002-09-10T25:00:00Z",
    ] {
        assert_eq!(parse_date_time(text), None, "{text}");
    }
}

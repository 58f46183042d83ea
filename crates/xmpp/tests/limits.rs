//! Every limit holds exactly: what reaches it passes, one more is refused.

mod common;

use common::{END, HEADER, read};
use parlance_xmpp::{Condition, Error, Framed, Limits};

const SMALL: Limits =
    Limits { stanza_bytes_max: 200, depth_max: 4, attributes_max: 5, name_bytes_max: 20, namespaces_max: 3 };

/// The content is fine under the limits, whole and torn; with `more` it is refused, whole and torn.
fn check(content: &str, more: &str, error: Error) {
    for size in [1, 7, 1000] {
        let ends = |content: &str| {
            let stream = format!("{HEADER}{content}{END}");
            read(SMALL, stream.as_bytes().chunks(size)).1
        };
        assert_eq!(ends(content), None, "{content}");
        assert_eq!(ends(more), Some(error), "{more}");
    }
    assert_eq!(error.condition(), Condition::PolicyViolation);
}

#[test]
fn the_bytes_of_a_stanza() {
    for (head, tail) in [
        ("<a>", "</a>"),
        ("<a b='", "'/>"),
        ("<a><![CDATA[", "]]></a>"),
        ("<a>é", "</a>"),
        ("<a/", ">"),
        ("<a><b/></a", ">"),
    ] {
        let filler = if tail == ">" { " " } else { "x" };
        let head = if head == "<a/" { "<a" } else { head };
        let tail = if head == "<a" { "/>" } else { tail };
        let fits = format!("{head}{}{tail}", filler.repeat(200 - head.len() - tail.len()));
        let exceeds = format!("{head}{}{tail}", filler.repeat(201 - head.len() - tail.len()));
        assert_eq!(fits.len(), 200);
        check(&fits, &exceeds, Error::StanzaTooLong);
    }
}

#[test]
fn a_stanza_that_is_too_long_is_refused_before_it_ends() {
    for start in ["<a>", "<a b='", "<a", "<a>&", "<a><![CDATA[", "<a>]]>", "</stream:stream", "<a></a"] {
        let stream = format!("{HEADER}{start}{}", " ".repeat(201 - start.len()));
        assert_eq!(read(SMALL, stream.as_bytes().chunks(1)).1, Some(Error::StanzaTooLong), "{start}");
        assert_eq!(read(SMALL, [stream.as_bytes()]).1, Some(Error::StanzaTooLong), "{start}");
    }
}

#[test]
fn the_bytes_of_a_header_and_of_a_declaration() {
    let header = |length: usize| HEADER.replace('>', &format!("{}>", " ".repeat(length - HEADER.len())));
    assert_eq!(read(SMALL, [header(200).as_bytes()]).1, None);
    assert_eq!(read(SMALL, [header(201).as_bytes()]).1, Some(Error::StanzaTooLong));
    let declaration = |length: usize| format!("<?xml version='1.0'{}?>", " ".repeat(length - 21));
    assert_eq!(read(SMALL, [declaration(200).as_bytes()]).1, None);
    assert_eq!(read(SMALL, [declaration(201).as_bytes()]).1, Some(Error::StanzaTooLong));
}

#[test]
fn the_bytes_of_a_frame() {
    let mut framed = Framed::new(SMALL);
    let frame = |length: usize| format!("<a>{}</a>", "x".repeat(length - 7));
    assert!(framed.read(frame(200).as_bytes()).is_ok());
    assert_eq!(framed.read(frame(201).as_bytes()).unwrap_err(), Error::StanzaTooLong);
}

#[test]
fn white_space_between_stanzas_is_not_limited() {
    let stream = format!("{HEADER}{}<a/>", " ".repeat(5000));
    assert_eq!(read(SMALL, [stream.as_bytes()]).1, None);
}

#[test]
fn the_depth() {
    check("<a><a><a><a></a></a></a></a>", "<a><a><a><a><a>", Error::TooDeep);
    check("<a><a><a><a/></a></a></a>", "<a><a><a><a><a/>", Error::TooDeep);
}

#[test]
fn the_attributes_of_an_element() {
    check(
        "<a b='' c='' d='' e='' f=''/>",
        "<a xmlns:b='urn:b' c='' d='' e='' f='' g=''/>",
        Error::TooManyAttributes,
    );
}

#[test]
fn the_length_of_a_name() {
    let name = |length: usize| format!("b:{}", "x".repeat(length - 2));
    let element = |length| format!("<{} xmlns:b='urn:b'/>", name(length));
    let attribute = |length| format!("<a xmlns:b='urn:b' {}=''/>", name(length));
    check(&element(20), &element(21), Error::NameTooLong);
    check(&attribute(20), &attribute(21), Error::NameTooLong);
}

/// The header of these streams declares two.
#[test]
fn the_namespaces_in_scope() {
    check(
        "<a xmlns:b='urn:b'/><a><b xmlns:b='urn:b'/><c xmlns:c='urn:c'><d/></c></a>",
        "<a xmlns:b='urn:b'><c xmlns='urn:c'/></a>",
        Error::TooManyNamespaces,
    );
}

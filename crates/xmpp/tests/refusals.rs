//! Each fault has its error, and each error its stream error condition.

mod common;

use common::{END, HEADER, read_whole, refusal};
use parlance_xmpp::{Condition, Error};

fn check(content: &str, error: Error, condition: &str) {
    assert_eq!(refusal(content), Some(error), "{content}");
    assert_eq!(error.condition().as_str(), condition, "{content}");
}

/// RFC 6120 section 11.1.
#[test]
fn what_xmpp_forbids_of_xml_is_restricted() {
    for place in ["", "<a>", "<a>text", "<a><b/>"] {
        check(&format!("{place}<!--"), Error::Comment, "restricted-xml");
        check(&format!("{place}<?xml version='1.0'?>"), Error::ProcessingInstruction, "restricted-xml");
        check(&format!("{place}<?x"), Error::ProcessingInstruction, "restricted-xml");
        check(&format!("{place}<!DOCTYPE x>"), Error::DocumentType, "restricted-xml");
        check(&format!("{place}<!ENTITY"), Error::DocumentType, "restricted-xml");
    }
    check("<a>&nbsp;<", Error::Entity, "restricted-xml");
    check("<a b='&x;'>", Error::Entity, "restricted-xml");
}

/// RFC 6120 section 11.3.
#[test]
fn what_is_not_well_formed_is_refused() {
    for content in [
        "<a></b>",
        "<a></A>",
        "<a></a:a>",
        "<a><b></a>",
        "</stream>",
        "</x:stream>",
        "<a></ a>",
        "<a></a b>",
        "<stream:a></stream:b>",
    ] {
        check(content, Error::MismatchedTag, "not-well-formed");
    }
    for content in [
        "< a>",
        "<1>",
        "<a b>",
        "<a b=c>",
        "<a b='<'>",
        "<a b='1'c='2'>",
        "<a>&<",
        "<a>& <",
        "<a>a]]>b<",
        "<a:>",
        "<:a>",
        "<a:b:c>",
        "<a/b>",
        "<>",
        "<a>&#x;<",
        "<a &amp;>",
    ] {
        let error = refusal(content).unwrap_or_else(|| panic!("{content} is fine"));
        assert!(matches!(error, Error::Syntax(_)), "{content}: {error:?}");
        assert_eq!(error.condition(), Condition::NotWellFormed);
    }
    for content in ["<a>\u{1}", "<a b='\u{ffff}", "<a>&#0;<", "<a>&#xFFFE;<", "<a b='&#xD800;'>", "\u{b}"] {
        check(content, Error::Character, "not-well-formed");
    }
}

#[test]
fn attributes_are_unique_as_written_and_as_meant() {
    for content in [
        "<a b='1' b='2'>",
        "<a xmlns='urn:a' xmlns='urn:a'>",
        "<a xmlns:b='urn:b' xmlns:b='urn:c'>",
        "<a xmlns:b='urn:&#x61;' xmlns:c='urn:a' b:x='1' c:x='2'>",
        "<a xmlns:b='urn:a'><b xmlns:c='urn:a' b:x='1' c:x='2'/>",
    ] {
        check(content, Error::DuplicateAttribute, "not-well-formed");
    }
    assert_eq!(refusal("<a xmlns:b='jabber:client' b:x='1' x='2' xmlns:x='urn:x'/>"), None);
}

/// Namespaces in XML 1.0 section 3 and 5.
#[test]
fn prefixes_are_declared_and_reserved_ones_left_alone() {
    for content in [
        "<b:a>",
        "<a b:c=''>",
        "<a><b xmlns:b='urn:b'/><b:c>",
        "<xmlns:a>",
        "<a><b xmlns:c='urn:c'></b><c:d/>",
    ] {
        check(content, Error::UndeclaredPrefix, "not-well-formed");
    }
    for content in [
        "<a xmlns:xmlns='urn:a'>",
        "<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'>",
        "<a xmlns:xml='urn:a'>",
        "<a xmlns:b='http://www.w3.org/XML/1998/namespace'>",
        "<a xmlns='http://www.w3.org/XML/1998/namespace'>",
        "<a xmlns:b='http://www.w3.org/2000/xmlns/'>",
        "<a xmlns='http://www.w3.org/2000/xmlns&#47;'>",
    ] {
        check(content, Error::ReservedNamespace, "not-well-formed");
    }
    check("<a xmlns:b=''>", Error::EmptyNamespace, "not-well-formed");
    assert_eq!(refusal("<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='de' xmlns=''/>"), None);
}

#[test]
fn between_stanzas_there_is_only_white_space() {
    for content in ["x", "<a/>x", "&amp;", "&#32;", "<![CDATA[ ]]>", "<a/>]]>"] {
        check(content, Error::StrayText, "bad-format");
    }
}

/// RFC 6120 section 11.6.
#[test]
fn another_encoding_is_not_supported() {
    let utf16: Vec<u8> = HEADER.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(read_whole(&utf16).1, Some(Error::Character));
    let latin = [HEADER.as_bytes(), b"<a>\xfc</a>"].concat();
    assert_eq!(read_whole(&latin).1, Some(Error::Utf8));
    let declared = read_whole(b"<?xml version='1.0' encoding='ISO-8859-1'?>").1;
    assert_eq!(declared, Some(Error::Encoding));
    assert!(
        [Error::Utf8, Error::Encoding].iter().all(|it| it.condition().as_str() == "unsupported-encoding")
    );
}

#[test]
fn an_xml_declaration_stands_at_the_start_and_follows_the_grammar() {
    for declaration in [
        "<?xml version='1.0'?>",
        "<?xml\tversion = \"1.0\" encoding='utf-8' standalone='yes' ?>",
        "<?xml version='1.0' standalone='no'?>\r\n",
        " \n",
    ] {
        assert_eq!(read_whole(format!("{declaration}{HEADER}{END}").as_bytes()).1, None, "{declaration}");
    }
    for declaration in [
        "<?xml?>",
        "<?xml ?>",
        "<?xml version='1.1'?>",
        "<?xml encoding='utf-8'?>",
        "<?xml version='1.0'>",
        "<?xml version='1.0'encoding='utf-8'?>",
        "<?xml version='1.0' standalone='YES'?>",
        "\u{feff}",
        "x",
        "<?xml version='1.0' standalone='yes' encoding='utf-8'?>",
        "<?xml version='1.0' other='1'?>",
    ] {
        let error = read_whole(format!("{declaration}{HEADER}").as_bytes()).1;
        assert!(matches!(error, Some(Error::Syntax(_))), "{declaration}: {error:?}");
    }
    for declaration in ["<?xml-stylesheet?>", "<?xsl?>", "\n<?xml version='1.0'?>", "<?XML version='1.0'?>"] {
        let error = read_whole(format!("{declaration}{HEADER}").as_bytes()).1;
        assert_eq!(error, Some(Error::ProcessingInstruction), "{declaration}");
    }
}

/// RFC 6120 section 4.9.3.10.
#[test]
fn the_root_is_a_stream() {
    let check_root = |root: &str, error: Error, condition: &str| {
        assert_eq!(read_whole(root.as_bytes()).1, Some(error), "{root}");
        assert_eq!(error.condition().as_str(), condition);
    };
    check_root("<stream:stream xmlns:stream='urn:other'>", Error::StreamNamespace, "invalid-namespace");
    check_root("<message xmlns='jabber:client'>", Error::StreamNamespace, "invalid-namespace");
    check_root("<s:x xmlns:s='http://etherx.jabber.org/streams'>", Error::NotAStream, "bad-format");
    check_root("<stream:stream xmlns='jabber:client'>", Error::UndeclaredPrefix, "not-well-formed");
    check_root("</stream:stream>", Error::MismatchedTag, "not-well-formed");
    check_root("<!DOCTYPE x>", Error::DocumentType, "restricted-xml");
}

//! We and `rxml`, a parser by others, accept and reject alike and read the same.
//!
//! Where we differ on purpose is written down in `rival::differs_on_purpose`, and each difference has its test.

mod common;

use common::{
    END, HEADER, elements, mutation,
    rival::{compare, differs_on_purpose, ours, theirs},
    streams,
};
use proptest::{collection::vec, prelude::*};

#[test]
fn streams_that_are_fine_are_read_alike() {
    for stream in streams() {
        let (ours, error) = ours(stream.as_bytes());
        assert_eq!((&ours, error), (&theirs(stream.as_bytes()), None), "{stream}");
        assert!(ours.is_accepted);
    }
}

#[test]
fn streams_that_lack_a_byte_are_rejected_alike() {
    for stream in streams() {
        for at in 0..stream.len() {
            let mut bytes = stream.clone().into_bytes();
            bytes.remove(at);
            compare(&bytes);
            bytes.truncate(at);
            compare(&bytes);
        }
    }
}

/// Accepted by one of the two only.
fn differs(content: &str) -> (bool, bool) {
    let bytes = content.as_bytes();
    let (reading, error) = ours(bytes);
    assert!(differs_on_purpose(bytes, error), "{content}");
    (reading.is_accepted, theirs(bytes).is_accepted)
}

#[test]
fn a_default_namespace_declared_twice_is_a_duplicate_attribute() {
    assert_eq!(differs(&format!("{HEADER}<a xmlns='urn:a' xmlns='urn:b'/>{END}")), (false, true));
}

#[test]
fn an_empty_cdata_section_between_stanzas_is_not_white_space() {
    assert_eq!(differs(&format!("{HEADER}<![CDATA[]]>{END}")), (false, true));
}

#[test]
fn a_carriage_return_alone_is_a_line_end_in_values_too() {
    assert_eq!(differs(&format!("{HEADER}<a b='x\ry'/>{END}")), (true, false));
}

#[test]
fn the_namespace_of_declarations_is_bound_to_nothing() {
    assert_eq!(differs(&format!("{HEADER}<a xmlns:b='http://www.w3.org/2000/xmlns/'/>{END}")), (false, true));
}

#[test]
fn character_references_may_have_leading_zeros() {
    assert_eq!(differs(&format!("{HEADER}<a>&#x000000041;</a>{END}")), (true, false));
}

#[test]
fn white_space_may_come_before_the_header() {
    assert_eq!(differs(&format!("\n{HEADER}{END}")), (true, false));
}

#[test]
fn standalone_is_yes_or_no_in_small_letters() {
    assert_eq!(
        differs(&format!("<?xml version='1.0' encoding='utf-8' standalone='no'?>{HEADER}{END}")),
        (true, false)
    );
    assert_eq!(
        differs(&format!("<?xml version='1.0' encoding='utf-8' standalone='YES'?>{HEADER}{END}")),
        (false, true)
    );
}

#[test]
fn an_xml_declaration_holds_no_references() {
    assert_eq!(differs(&format!("<?xml version='1&#46;0'?>{HEADER}{END}")), (false, true));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_streams_are_read_alike(
        stream in prop::sample::select(streams()), mutations in vec(mutation(), 0..4),
    ) {
        let mut bytes = stream.into_bytes();
        for (place, removed, word) in mutations {
            let start = place.index(bytes.len() + 1);
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, word);
        }
        compare(&bytes);
    }

    #[test]
    fn elements_are_read_alike(elements in vec(elements(), 1..4)) {
        let header = HEADER.replace("to=", "xmlns:b='urn:b' xmlns:c='urn:c' to=");
        compare(format!("{header}{}{END}", elements.join(" ")).as_bytes());
    }

    #[test]
    fn words_of_xml_in_any_order_are_read_alike(words in vec(mutation(), 0..12)) {
        let words: Vec<u8> = words.into_iter().flat_map(|(_, _, word)| word).collect();
        compare(&[HEADER.as_bytes(), &words, END.as_bytes()].concat());
        compare(&[HEADER.as_bytes(), b"<a", &words, b"</a>", END.as_bytes()].concat());
    }
}

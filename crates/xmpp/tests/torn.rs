//! What is said depends on the bytes and not on how they come.

mod common;

use common::{END, HEADER, Seen, elements, mutation, read, read_whole, streams};
use parlance_xmpp::{Error, Frame, Framed, Limits, Tokenizer};
use proptest::{collection::vec, prelude::*};

#[test]
fn streams_that_are_fine_are_read_to_their_end() {
    for stream in streams() {
        let (seen, error) = read_whole(stream.as_bytes());
        assert_eq!((error, seen.last()), (None, Some(&Seen::End)), "{stream}");
    }
}

#[test]
fn a_stream_torn_at_any_byte_says_the_same() {
    for stream in streams() {
        let whole = read_whole(stream.as_bytes());
        for cut in 0..=stream.len() {
            let (first, second) = stream.as_bytes().split_at(cut);
            assert_eq!(read(Limits::default(), [first, second]), whole, "at {cut} of {stream}");
        }
        assert_eq!(read(Limits::default(), stream.as_bytes().chunks(1)), whole, "{stream}");
    }
}

#[test]
fn a_long_tag_and_a_long_text_that_come_byte_by_byte_cost_little() {
    let long = "x".repeat(200_000);
    let stream = format!("{HEADER}<a b='{long}'/><a>{long}</a><a><![CDATA[{long}]]></a>{END}");
    let (seen, error) = read(Limits::default(), stream.as_bytes().chunks(1));
    assert_eq!((seen.len(), error), (5, None));
}

#[test]
fn after_a_restart_a_new_header_is_read_from_the_bytes_that_are_left() {
    let first = HEADER.replace("xmlns:stream", "xmlns:old='urn:old' xmlns:stream");
    let stream = format!("{first}<old:auth/>\n<?xml version='1.0'?>{HEADER}<old:x/>");
    for size in [1, 3, stream.len()] {
        let mut tokenizer = Tokenizer::new(Limits::default());
        let mut headers = 0;
        let mut error = None;
        for chunk in stream.as_bytes().chunks(size) {
            tokenizer.feed(chunk);
            loop {
                match tokenizer.poll() {
                    Ok(None) => break,
                    Ok(Some(Frame::Header(_))) => headers += 1,
                    Ok(Some(Frame::Stanza(_))) => tokenizer.restart(),
                    Ok(Some(_)) => {}
                    Err(why) => {
                        error = Some(why);
                        break;
                    }
                }
            }
        }
        assert_eq!((headers, error), (2, Some(Error::UndeclaredPrefix)));
    }
}

#[test]
fn it_can_be_asked_whether_the_peer_sent_ahead() {
    let mut tokenizer = Tokenizer::new(Limits::default());
    tokenizer.feed(format!("{HEADER}<starttls/><x").as_bytes());
    tokenizer.poll().unwrap();
    assert!(matches!(tokenizer.poll(), Ok(Some(Frame::Stanza(_)))));
    assert!(tokenizer.has_unread());
    tokenizer.feed(b"/>");
    assert!(matches!(tokenizer.poll(), Ok(Some(Frame::Stanza(_)))));
    assert!(!tokenizer.has_unread());
    tokenizer.feed(b"\xc3");
    assert!(tokenizer.has_unread());
}

#[test]
fn nothing_is_said_after_the_end() {
    let (seen, error) = read_whole(format!("{HEADER}{END}<x\u{1}").as_bytes());
    assert_eq!((seen.len(), error), (2, None));
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    (prop::sample::select(streams()), vec(mutation(), 0..4)).prop_map(|(stream, mutations)| {
        let mut bytes = stream.into_bytes();
        for (place, removed, word) in mutations {
            let start = place.index(bytes.len() + 1);
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, word);
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_streams_say_the_same_however_they_are_torn(
        bytes in mutated(), size in 1_usize..40, stanza_bytes_max in prop_oneof![Just(1 << 18), 100_u32..400],
    ) {
        let limits = Limits { stanza_bytes_max, ..Limits::default() };
        prop_assert_eq!(read(limits, bytes.chunks(size)), read(limits, [&bytes[..]]));
    }

    #[test]
    fn elements_say_the_same_however_they_are_torn(elements in vec(elements(), 1..4), size in 1_usize..40) {
        let header = HEADER.replace("to=", "xmlns:b='urn:b' xmlns:c='urn:c' to=");
        let stream = format!("{header}{}{END}", elements.join(" "));
        prop_assert_eq!(read(Limits::default(), stream.as_bytes().chunks(size)), read_whole(stream.as_bytes()));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..200), size in 1_usize..40) {
        read(Limits::default(), bytes.chunks(size));
        let after_header = [HEADER.as_bytes(), &bytes];
        read(Limits::default(), after_header);
        let _ = Framed::new(Limits::default()).read(&bytes);
    }

    #[test]
    fn a_changed_frame_never_panics_and_is_one_element(bytes in mutated()) {
        let mut framed = Framed::new(Limits::default());
        if let Ok(stanza) = framed.read(&bytes) {
            let whole = String::from_utf8(bytes.clone()).unwrap();
            prop_assert!(whole.trim_end().ends_with(stanza.raw()));
        }
    }
}

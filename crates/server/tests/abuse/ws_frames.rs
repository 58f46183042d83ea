//! WebSocket frames that are wrong, too long or too many.

use crate::{
    client::Site,
    frames::{BINARY, CLOSE, CONTINUATION, PING, PONG, Raw, TEXT, frame, head},
};
use serde_json::{Value, json};

/// A socket on which somebody is signed in, by hand.
async fn signed_in(site: &Site, name: &str) -> Raw {
    let person = site.person(name).await;
    let mut raw = Raw::open(person.origin()).await;
    let hello = json!({ "id": 0, "op": "hello", "args": { "token": person.token() } });
    raw.send(&frame(true, TEXT, hello.to_string().as_bytes())).await;
    assert!(next_json(&mut raw).await.get("ok").is_some());
    raw
}

async fn next_json(raw: &mut Raw) -> Value {
    loop {
        let frame = raw.next().await.expect("a frame");
        if frame.kind == TEXT {
            return serde_json::from_slice(&frame.payload).expect("frames are JSON");
        }
    }
}

/// Sends bytes on a socket of somebody who is signed in, and on one of nobody.
async fn check_closes(site: &Site, what: &str, bytes: &[u8], code: u16) {
    let name = format!("{what}-{code}").replace(' ', "-");
    for mut raw in [signed_in(site, &name).await, Raw::open(site.nobody().origin()).await] {
        raw.send(bytes).await;
        assert_eq!(raw.close_code().await, Some(code), "{what}");
        assert_eq!(raw.next().await, None, "{what}");
    }
}

#[tokio::test]
async fn ws10_frames_against_the_protocol_close_with_1002() {
    let site = Site::open().await;
    let ping = frame(true, PING, b"");
    for (what, bytes) in [
        ("unmasked", vec![0x81, 2, b'{', b'}']),
        ("reserved bit", vec![0xC1, 0x80, 0, 0, 0, 0]),
        ("unknown kind", frame(true, 3, b"")),
        ("unknown control", frame(true, 11, b"")),
        ("long ping", frame(true, PING, &[0; 126])),
        ("torn ping", frame(false, PING, b"")),
        ("continuation of nothing", frame(true, CONTINUATION, b"")),
        ("new message inside", [frame(false, TEXT, b"{"), frame(true, TEXT, b"}")].concat()),
        ("ping then unmasked", [ping, vec![0x81, 0]].concat()),
    ] {
        check_closes(&site, what, &bytes, 1002).await;
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn ws11_ws13_frames_and_messages_that_are_too_long_close_with_1009() {
    let site = Site::open().await;
    let before = site.resident_mib().await;
    let quarter = vec![b' '; 128 << 10];
    let parts: Vec<u8> = (0..4)
        .flat_map(|part| frame(part == 3, if part == 0 { TEXT } else { CONTINUATION }, &quarter))
        .collect();
    for (what, bytes) in [
        ("length 63 bits", head(true, TEXT, 1 << 63)),
        ("length 62 bits", head(true, TEXT, (1 << 62) + 1)),
        ("length max", head(false, BINARY, u64::MAX)),
        ("one byte more", head(true, TEXT, (256 << 10) + 1)),
        ("one long message", frame(true, TEXT, &vec![b' '; 300 << 10])),
        ("many parts", parts),
    ] {
        check_closes(&site, what, &bytes, 1009).await;
    }
    assert!(site.resident_mib().await < before + 32.0);
    site.check_is_well().await;
}

#[tokio::test]
async fn ws10_text_that_is_none_closes_with_1007_and_binary_with_1003() {
    let site = Site::open().await;
    for (what, bytes) in [
        ("lone byte", frame(true, TEXT, &[0xFF])),
        ("surrogate", frame(true, TEXT, &[b'"', 0xED, 0xA0, 0x80, b'"'])),
        ("overlong", frame(true, TEXT, &[0xC0, 0xAF])),
        ("torn in two", [frame(false, TEXT, &[0xE2, 0x82]), frame(true, CONTINUATION, b"x")].concat()),
    ] {
        check_closes(&site, what, &bytes, 1007).await;
    }
    check_closes(&site, "binary", &frame(true, BINARY, br#"{"id":1,"op":"me.get"}"#), 1003).await;
    let mut raw = signed_in(&site, "torn").await;
    let request = r#"{"id":7,"op":"conversation.create","args":{"kind":"group","name":"€"}}"#.as_bytes();
    let middle = request.iter().position(|byte| *byte == 0xE2).expect("the sign") + 1;
    raw.send(&frame(false, TEXT, &request[..middle])).await;
    raw.send(&frame(true, CONTINUATION, &request[middle..])).await;
    loop {
        let answer = next_json(&mut raw).await;
        if answer["id"] == 7 {
            assert_eq!(answer["ok"]["settings"]["name"], "€", "a letter may be torn in two");
            break;
        }
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn ws10_a_close_is_answered_with_its_code() {
    let site = Site::open().await;
    for (sent, answered) in [
        (vec![], None),
        (1000_u16.to_be_bytes().to_vec(), Some(1000)),
        (4999_u16.to_be_bytes().to_vec(), Some(4999)),
        ([&1001_u16.to_be_bytes()[..], b"going"].concat(), Some(1001)),
        (vec![3], Some(1002)),
        (1005_u16.to_be_bytes().to_vec(), Some(1002)),
        (999_u16.to_be_bytes().to_vec(), Some(1002)),
        ([&1000_u16.to_be_bytes()[..], &[0xFF]].concat(), Some(1007)),
    ] {
        let mut raw = Raw::open(site.nobody().origin()).await;
        raw.send(&frame(true, CLOSE, &sent)).await;
        let answer = raw.next().await.unwrap_or_else(|| panic!("no answer to {sent:?}"));
        assert_eq!((answer.kind, answer.close_code()), (CLOSE, answered), "{sent:?}");
        assert_eq!(raw.next().await, None, "the connection ends after {sent:?}");
    }
}

#[tokio::test]
async fn ws12_a_hundred_thousand_empty_fragments_cost_nothing() {
    let site = Site::open().await;
    let mut raw = signed_in(&site, "owner").await;
    let before = site.resident_mib().await;
    let mut bytes = frame(false, TEXT, b"");
    bytes.extend(frame(false, CONTINUATION, b"").repeat(100_000));
    raw.send(&bytes).await;
    raw.send(&frame(true, CONTINUATION, br#"{"id":1,"op":"me.get"}"#)).await;
    assert_eq!(next_json(&mut raw).await["id"], 1);
    assert!(site.resident_mib().await < before + 16.0);
    site.check_is_well().await;
}

#[tokio::test]
async fn ws14_fifty_thousand_pings_do_not_hold_others_up() {
    let site = Site::open().await;
    let mut raw = signed_in(&site, "owner").await;
    let before = site.resident_mib().await;
    let pings = frame(true, PING, &[b'x'; 125]).repeat(50_000);
    raw.send(&[pings, frame(true, TEXT, br#"{"id":1,"op":"me.get"}"#)].concat()).await;
    loop {
        let frame = raw.next().await.expect("an open socket");
        if frame.kind == TEXT {
            break;
        }
        assert_eq!(frame.kind, PONG);
    }
    assert!(site.resident_mib().await < before + 16.0);
    site.check_is_well().await;
}

#[tokio::test]
async fn ws16_documents_that_are_too_deep_are_refused_and_the_socket_goes_on() {
    let site = Site::open().await;
    let mut raw = signed_in(&site, "owner").await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [200, 10_000, 100_000 / open.len()] {
            let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let places = [
                deep.clone(),
                format!(r#"{{"id":1,"op":"me.get","args":{deep}}}"#),
                format!(r#"{{"id":1,"op":"me.get","args":{{"x":{deep}}}}}"#),
                format!(r#"{{"id":{deep},"op":"me.get"}}"#),
                format!(
                    r#"{{"id":1,"op":"event.send","args":{{"conversation":"c","client_ref":"r","body":{deep}}}}}"#
                ),
            ];
            for place in places {
                raw.send(&frame(true, TEXT, place.as_bytes())).await;
                let answer = next_json(&mut raw).await;
                assert_eq!(answer["error"]["code"], "request.malformed", "{depth} of {open}");
            }
        }
    }
    raw.send(&frame(true, TEXT, br#"{"id":2,"op":"me.get"}"#)).await;
    assert_eq!(next_json(&mut raw).await["id"], 2);
    site.check_is_well().await;
}

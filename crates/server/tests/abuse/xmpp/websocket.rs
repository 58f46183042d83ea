//! Streams in the frames of a WebSocket.

use super::client::{DEADLINE, many, site};
use crate::{
    client::Site,
    frames::{self, Raw, TEXT, frame},
};
use tokio::time::timeout;

const OPEN: &str = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";
const PROTOCOL: &str = "Sec-WebSocket-Protocol: xmpp\r\n";

/// The request to upgrade to XMPP, with further header lines, each ended.
fn upgrade(further: &str) -> String {
    frames::upgrade(further).replacen("/v1/ws", "/xmpp-websocket", 1)
}

/// A stream that was opened.
async fn open(site: &Site) -> Raw {
    let (mut raw, head) = frames::request(site.nobody().origin(), &upgrade(PROTOCOL)).await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    raw.send(&frame(true, TEXT, OPEN.as_bytes())).await;
    raw
}

/// Everything the server says to the end.
async fn rest(mut raw: Raw) -> String {
    let read = async {
        let mut said = String::new();
        while let Some(frame) = raw.next().await {
            said += &String::from_utf8_lossy(&frame.payload);
        }
        said
    };
    timeout(DEADLINE, read).await.expect("an end in time")
}

#[tokio::test]
async fn ws01_ws02_streams_of_other_sites_are_refused() {
    let site = site().await;
    for origin in ["https://evil.example", "null"] {
        let request = upgrade(&format!("{PROTOCOL}Origin: {origin}\r\n"));
        let (_, head) = frames::request(site.nobody().origin(), &request).await;
        assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    }
    let (_, head) = frames::request(site.nobody().origin(), &upgrade("")).await;
    assert!(head.starts_with("HTTP/1.1 400"), "without the subprotocol: {head}");
}

#[tokio::test]
async fn x01_to_x16_forbidden_xml_is_refused_in_frames_too() {
    let site = site().await;
    let long = format!("<auth>{}</auth>", "x".repeat(17 * 1024));
    let deep = "<a>".repeat(20) + &"</a>".repeat(20);
    let wide = format!("<a{}/>", many(100, |n| format!(" a{n}=''")));
    for (attack, condition) in [
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "restricted-xml"),
        ("<!-- --><a/>", "restricted-xml"),
        ("<?a b?><a/>", "restricted-xml"),
        ("<a>&b;</a>", "restricted-xml"),
        ("<a></b>", "not-well-formed"),
        ("<b:a/>", "not-well-formed"),
        ("<a>\0</a>", "not-well-formed"),
        ("<a/><a/>", "bad-format"),
        ("<a", "not-well-formed"),
        ("", "bad-format"),
        ("x", "bad-format"),
        (&long, "policy-violation"),
        (&deep, "policy-violation"),
        (&wide, "policy-violation"),
        ("<message to='a@localhost'><body>early</body></message>", "not-authorized"),
    ] {
        let mut raw = open(&site).await;
        raw.send(&frame(true, TEXT, attack.as_bytes())).await;
        let said = rest(raw).await;
        assert!(said.contains("<stream:error "), "{attack} got {said}");
        assert!(said.contains(&format!("<{condition} ")), "{attack} got {said}");
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn a_header_of_a_stream_of_bytes_is_none_in_a_frame() {
    let site = site().await;
    let (mut raw, _) = frames::request(site.nobody().origin(), &upgrade(PROTOCOL)).await;
    raw.send(&frame(true, TEXT, super::client::HEADER.as_bytes())).await;
    assert!(rest(raw).await.contains("<stream:error "));
    let mut raw = open(&site).await;
    raw.send(&frame(true, TEXT, OPEN.as_bytes())).await;
    assert!(rest(raw).await.contains("<stream:error "), "opened twice");
    site.check_is_well().await;
}

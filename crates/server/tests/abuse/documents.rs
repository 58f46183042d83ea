//! Bodies that are not the JSON they should be.

use crate::client::{Person, Site, find};
use serde_json::json;

const MESSAGE: &str = r#"{"client_ref":"r","body":{"type":"text","text":"x"}}"#;

/// Documents that are no JSON, or no document of an operation.
fn broken() -> Vec<(&'static str, Vec<u8>)> {
    let mut documents: Vec<(&'static str, Vec<u8>)> = [
        ("nothing", ""),
        ("spaces", "   \n\t "),
        ("a lone brace", "{"),
        ("a brace too many", "{}}"),
        ("a wrong brace", "{]"),
        ("a closed brace first", "}{"),
        ("an array", "[]"),
        ("an array around", "[{}]"),
        ("an array of values", r#"[1,"me.get",{}]"#),
        ("null", "null"),
        ("true", "true"),
        ("a number", "1"),
        ("text", "\"x\""),
        ("a comma", "{,}"),
        ("a comma first", r#"{,"client_ref":"r"}"#),
        ("a comma last", r#"{"client_ref":"r",}"#),
        ("two commas", r#"{"client_ref":"r",,"body":1}"#),
        ("no comma", r#"{"client_ref":"r" "body":1}"#),
        ("no colon", r#"{"client_ref" "r"}"#),
        ("two colons", r#"{"client_ref"::"r"}"#),
        ("no value", r#"{"client_ref":}"#),
        ("no name", r#"{:"r"}"#),
        ("a name without quotes", r#"{client_ref:"r"}"#),
        ("a number for a name", r#"{1:"r"}"#),
        ("single quotes", "{'client_ref':'r'}"),
        ("a comment", r#"{/* c */"client_ref":"r"}"#),
        ("a comment at the end", r#"{"client_ref":"r"}// c"#),
        ("a hash", "{\"client_ref\":\"r\"}#"),
        ("two documents", "{}{}"),
        ("two documents in a row", "{}\n{}"),
        ("a document closed inside", r#"{"a":1},"b":{"c":1}"#),
        ("words behind", "{} x"),
        ("a null behind", "{}\0"),
        ("a null before", "\0{}"),
        ("an open string", r#"{"client_ref":"r"#),
        ("an unknown escape", r#"{"client_ref":"\x41"}"#),
        ("an escape without digits", r#"{"client_ref":"\u00"}"#),
        ("an escape of letters", r#"{"client_ref":"\uqqqq"}"#),
        ("a lone high surrogate", r#"{"client_ref":"\ud800"}"#),
        ("a lone low surrogate", r#"{"client_ref":"\udc00"}"#),
        ("surrogates the wrong way", r#"{"client_ref":"\udc00\ud800"}"#),
        ("two high surrogates", r#"{"client_ref":"\ud800\ud800"}"#),
        ("a tab in a string", "{\"client_ref\":\"a\tb\"}"),
        ("a line in a string", "{\"client_ref\":\"a\nb\"}"),
        ("a null in a string", "{\"client_ref\":\"a\0b\"}"),
        ("a number with a plus", r#"{"a":+1}"#),
        ("a number with a zero", r#"{"a":012}"#),
        ("a number in hex", r#"{"a":0x1}"#),
        ("a number without digits", r#"{"a":-}"#),
        ("a number with a bare dot", r#"{"a":1.}"#),
        ("a number beginning with a dot", r#"{"a":.5}"#),
        ("a number with a bare exponent", r#"{"a":1e}"#),
        ("a number with two dots", r#"{"a":1.2.3}"#),
        ("not a number", r#"{"a":NaN}"#),
        ("infinity", r#"{"a":Infinity}"#),
        ("minus infinity", r#"{"a":-Infinity}"#),
        ("a huge number", r#"{"a":1e400}"#),
        ("a word", r#"{"a":nul}"#),
        ("a word in capitals", r#"{"a":True}"#),
        ("undefined", r#"{"a":undefined}"#),
        ("an expression", r#"{"a":1+1}"#),
        ("an array with a hole", r#"{"a":[1,,2]}"#),
        ("an array with a comma last", r#"{"a":[1,]}"#),
        ("an open array", r#"{"a":[1"#),
        ("an unknown field", r#"{"client_ref":"r","body":{"type":"text","text":"x"},"x":1}"#),
        ("an unknown field inside", r#"{"client_ref":"r","body":{"type":"text","text":"x","x":1}}"#),
        ("a missing field", r#"{"client_ref":"r"}"#),
        ("an unknown kind", r#"{"client_ref":"r","body":{"type":"x","text":"x"}}"#),
        ("no kind", r#"{"client_ref":"r","body":{"text":"x"}}"#),
        ("a field twice", r#"{"client_ref":"r","client_ref":"s","body":{"type":"text","text":"x"}}"#),
        ("a field twice, once escaped", r#"{"client_ref":"r","client\u005fref":"s","body":{"type":"text","text":"x"}}"#),
        ("a field twice inside", r#"{"client_ref":"r","body":{"type":"text","text":"x","text":"y"}}"#),
        ("a kind twice", r#"{"client_ref":"r","body":{"type":"text","type":"text","text":"x"}}"#),
        ("a field of the address", r#"{"conversation":"c","client_ref":"r","body":{"type":"text","text":"x"}}"#),
        ("a prototype", r#"{"client_ref":"r","body":{"type":"text","text":"x"},"__proto__":{}}"#),
        ("a huge count", r#"{"client_ref":"r","body":{"type":"text","text":"x","mentions":[{"start":4294967296,"end":1,"who":"here"}]}}"#),
        ("a negative count", r#"{"client_ref":"r","body":{"type":"text","text":"x","mentions":[{"start":-1,"end":1,"who":"here"}]}}"#),
        ("a fraction for a count", r#"{"client_ref":"r","body":{"type":"text","text":"x","mentions":[{"start":0.5,"end":1,"who":"here"}]}}"#),
    ]
    .map(|(name, text)| (name, text.as_bytes().to_vec()))
    .into();
    let around = |before: &[u8], after: &[u8]| [before, MESSAGE.as_bytes(), after].concat();
    documents.extend([
        ("a byte order mark", around(b"\xEF\xBB\xBF", b"")),
        ("a byte order mark behind", around(b"", b"\xEF\xBB\xBF")),
        ("a space that JSON does not know", around("\u{a0}".as_bytes(), b"")),
        ("a wide space behind", around(b"", "\u{3000}".as_bytes())),
        ("a form feed", around(b"", b"\x0C")),
        ("a vertical tab", around(b"\x0B", b"")),
        ("a strange space inside", "{\u{2003}}".into()),
        ("a wrong byte", around(b"", b"\xFF")),
        ("a wrong byte in a string", b"{\"client_ref\":\"\xFF\"}".to_vec()),
        ("an overlong slash", b"{\"client_ref\":\"\xC0\xAF\"}".to_vec()),
        ("an encoded surrogate", b"{\"client_ref\":\"\xED\xA0\x80\"}".to_vec()),
        ("sixteen bits", MESSAGE.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a hundred thousand arrays", "[".repeat(100_000).into()),
        ("a hundred thousand closed arrays", ["[".repeat(100_000), "]".repeat(100_000)].concat().into()),
        ("forty thousand objects", "{\"a\":".repeat(40_000).into()),
        ("depth in a field", format!("{{\"body\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)).into()),
        ("a long number", format!("{{\"a\":{}}}", "9".repeat(100_000)).into()),
        ("a long exponent", format!("{{\"a\":1e{}}}", "9".repeat(100_000)).into()),
        ("a long name", format!("{{\"{}\":1}}", "a".repeat(100_000)).into()),
        ("many names", format!("{{{}\"a\":1}}", "\"a\":1,".repeat(20_000)).into()),
        ("many escapes", format!("{{\"a\":\"{}\"}}", "\\ud83d".repeat(20_000)).into()),
    ]);
    documents
}

async fn check_refused(person: &Person, path: &str, name: &str, document: Vec<u8>) {
    let answer = person.post_bytes(path, "application/json", document).await;
    let code = answer.code();
    let is_right = matches!(
        (answer.status, code.as_str()),
        (400, "request.malformed") | (413, "request.too_large") | (422, "request.invalid_value")
    );
    assert!(is_right, "{name} at {path}: {}", answer.text());
}

#[tokio::test]
async fn h14_documents_that_are_not_what_they_should_be_are_refused() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let group = owner.group(&[]).await;
    let send = format!("/v1/conversations/{group}/events");
    let head =
        async || owner.call("conversation.get", json!({ "conversation": group })).await.ok()["head"].clone();
    let before = head().await;
    for (name, document) in broken() {
        check_refused(&owner, &send, name, document.clone()).await;
        check_refused(&site.nobody(), find("auth.sign_in").description.path, name, document).await;
    }
    assert_eq!(head().await, before, "nothing was posted");
    owner.post_bytes(&send, "application/json", MESSAGE.into()).await.ok();
    site.check_is_well().await;
}

#[tokio::test]
async fn h14_bodies_are_json_by_name_and_bounded() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let send = format!("/v1/conversations/{}/events", owner.group(&[]).await);
    for kind in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "",
        "json",
    ] {
        let answer = owner.post_bytes(&send, kind, MESSAGE.into()).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (415, "request.unsupported_media_type"),
            "{kind}"
        );
    }
    for kind in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        owner.post_bytes(&send, kind, MESSAGE.into()).await.ok();
    }
    let long = owner.post_bytes(&send, "application/json", vec![b' '; (256 << 10) + 1]).await;
    assert_eq!((long.status, long.code().as_str()), (413, "request.too_large"));
    let body = json!({ "type": "text", "text": "x".repeat((64 << 10) + 1) });
    let message = json!({ "client_ref": "long", "body": body }).to_string();
    let long = owner.post_bytes(&send, "application/json", message.into()).await;
    assert_eq!((long.status, long.code().as_str()), (413, "conversation.body_too_long"));
}

#[tokio::test]
async fn h14_frames_that_are_no_requests_are_refused_and_the_socket_goes_on() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let mut socket = owner.connect().await;
    for (name, document) in broken() {
        let Ok(text) = String::from_utf8(document) else { continue };
        socket.send(text).await;
        // The refusal has no id: it is known by its place before the answer to what comes next.
        let next = socket.ask("me.get", json!({})).await;
        let crate::socket::Heard::Frame(refusal) = socket.read().await else { panic!("{name}: closed") };
        assert_eq!(refusal["error"]["code"], "request.malformed", "{name}: {refusal}");
        socket.answer(next).await.ok();
    }
    for id in ["-1", "1.5", "18446744073709551616", "null", "\"1\"", "[]"] {
        socket.send(format!(r#"{{"id":{id},"op":"me.get"}}"#)).await;
        let crate::socket::Heard::Frame(refusal) = socket.read().await else { panic!("{id}: closed") };
        assert_eq!(refusal["error"]["code"], "request.malformed", "{id}: {refusal}");
    }
    for args in ["null", "{}"] {
        socket.send(format!(r#"{{"id":18446744073709551615,"op":"me.get","args":{args}}}"#)).await;
        socket.answer(u64::MAX).await.ok();
    }
    site.check_is_well().await;
}

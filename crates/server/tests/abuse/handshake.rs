//! Who gets a WebSocket, and what may be said on it before hello.

use crate::{
    client::Site,
    frames::{Raw, TEXT, frame, request, upgrade},
    socket::{Heard, Socket},
};
use parlance_api::ops::OPERATIONS;
use serde_json::json;

#[tokio::test]
async fn ws01_ws02_pages_of_other_sites_and_pages_without_one_get_no_socket() {
    let site = Site::open().await;
    let origin = site.nobody().origin().to_owned();
    let host = origin.trim_start_matches("http://");
    for (from, status) in [
        ("Origin: https://evil.example\r\n".to_owned(), "403"),
        ("Origin: null\r\n".to_owned(), "403"),
        (format!("Origin: {origin}.evil.example\r\n"), "403"),
        (format!("Origin: https://{host}\r\nOrigin: {origin}\r\n"), "403"),
        (format!("Origin: {origin}\r\n"), "101"),
        (String::new(), "101"),
    ] {
        let head = upgrade(&from).replace("Host: localhost", &format!("Host: {host}"));
        let (_, answer) = request(&origin, &head).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{from:?} got {answer}");
    }
}

#[tokio::test]
async fn ws03_nothing_is_done_before_hello_and_nothing_without_a_token() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let mut socket = Socket::connect(owner.origin()).await;
    for entry in OPERATIONS {
        let answer = socket.call(entry.description.name, json!({})).await;
        assert_eq!(answer.code(), "auth.required", "{}", entry.description.name);
    }
    assert_eq!(socket.call("none", json!({})).await.code(), "auth.required");
    let (_, code) = refused(socket, json!({})).await;
    assert_eq!((code.as_str(), 4001), ("auth.required", 4001));
    for token in ["", "x", &owner.token().to_uppercase(), &"x".repeat(43), &"x".repeat(100_000)] {
        let (closed, code) = refused(Socket::connect(owner.origin()).await, json!({ "token": token })).await;
        assert_eq!((code.as_str(), closed), ("auth.token_invalid", Some(4001)), "{token}");
    }
    let mut socket = owner.connect().await;
    let again = socket.call("hello", json!({ "token": owner.token() })).await;
    assert_eq!(again.code(), "request.invalid_value");
    socket.call("me.get", json!({})).await.ok();
}

/// Says hello and is refused: the close code, and the code of the refusal.
async fn refused(mut socket: Socket, hello: serde_json::Value) -> (Option<u16>, String) {
    let answer = socket.call("hello", hello).await;
    let (frames, closed) = socket.drain().await;
    assert_eq!(frames.len(), 1, "{frames:?}");
    assert_eq!(frames[0]["error"]["code"], answer.code());
    (closed, answer.code().to_owned())
}

#[tokio::test]
async fn ws03_a_socket_that_never_says_hello_is_closed() {
    let site = Site::open().await;
    let mut socket = Socket::connect(site.nobody().origin()).await;
    let Heard::Frame(farewell) = socket.next().await else { panic!("no farewell") };
    assert_eq!((&farewell["push"], &farewell["error"]["code"]), (&json!("closing"), &json!("auth.required")));
    assert!(matches!(socket.next().await, Heard::Closed(Some(1008))));
}

#[tokio::test]
async fn ws04_a_wrong_handshake_is_refused_with_what_is_wrong() {
    let site = Site::open().await;
    let origin = site.nobody().origin().to_owned();
    let right = upgrade("");
    for (wrong, status) in [
        (right.replace("Version: 13", "Version: 8"), "426"),
        (right.replace("Version: 13", "Version: 99"), "426"),
        (right.replace("Sec-WebSocket-Version: 13\r\n", ""), "426"),
        (right.replace("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n", ""), "400"),
        (right.replace("Upgrade: websocket", "Upgrade: other"), "400"),
        (right.replace("Connection: Upgrade\r\n", ""), "400"),
        (right.replace("GET", "POST"), "405"),
    ] {
        let (_, answer) = request(&origin, &wrong).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{wrong} got {answer}");
        if status == "426" {
            assert!(answer.to_lowercase().contains("sec-websocket-version: 13"), "{answer}");
        } else {
            assert!(answer.contains("application/problem+json"), "{wrong} got {answer}");
        }
    }
    let (_, answer) = request(&origin, &upgrade("Authorization: Bearer wrong\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 101"), "a token is looked at when hello is said: {answer}");
}

#[tokio::test]
async fn ws15_compression_is_never_agreed_to() {
    let site = Site::open().await;
    let origin = site.nobody().origin().to_owned();
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    let (_, answer) = request(&origin, &upgrade(offer)).await;
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    assert!(!answer.to_lowercase().contains("sec-websocket-extensions"), "{answer}");
    let mut raw = Raw::open(&origin).await;
    let mut compressed = frame(true, TEXT, b"{}");
    compressed[0] |= 0x40;
    raw.send(&compressed).await;
    assert_eq!(raw.close_code().await, Some(1002));
}

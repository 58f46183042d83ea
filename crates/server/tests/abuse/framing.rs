//! Several requests on one connection.

use crate::client::Site;
use serde_json::Value;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Sends bytes at once and reads to the end.
async fn exchange(site: &Site, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(site.server.http()).await.expect("a connection");
    stream.write_all(bytes).await.expect("an open connection");
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    timeout(Duration::from_secs(20), read).await.expect("an end in time").expect("an open connection");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn h12_pipelined_requests_are_answered_in_order_and_each_to_its_own_sender() {
    let site = Site::open().await;
    let people = [site.person("anna").await, site.person("bert").await];
    let mut requests = String::new();
    for number in 0..100 {
        let token = people[number % 2].token();
        let end = if number == 99 { "Connection: close\r\n" } else { "" };
        requests += &format!("GET /v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n{end}\r\n");
    }
    let answers = exchange(&site, requests.as_bytes()).await;
    let bodies: Vec<_> = answers.split("HTTP/1.1 200 OK\r\n").skip(1).collect();
    assert_eq!(bodies.len(), 100);
    for (number, answer) in bodies.iter().enumerate() {
        let (_, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let me: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(me["address"], people[number % 2].address.as_str(), "answer {number}");
    }
}

#[tokio::test]
async fn h12_what_follows_a_refused_body_is_not_taken_for_a_request() {
    let site = Site::open().await;
    let smuggled = "GET /v1/server HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let length = smuggled.len();
    let cases = [
        format!(
            "POST /v1/none HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{smuggled}"
        ),
        format!(
            "GET /v1/none HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{smuggled}"
        ),
        format!(
            "POST /v1/none HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\nContent-Length: 0\r\n\r\n{smuggled}"
        ),
        format!(
            "POST /v1/none HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"
        ),
        format!("POST /v1/none HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n{smuggled}"),
        format!("POST /v1/none HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{smuggled}"),
        format!("GET /v1/none HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"),
    ];
    for case in cases {
        let answers = exchange(&site, case.as_bytes()).await;
        assert!(answers.matches("HTTP/1.").count() <= 1, "{case:?} got {answers}");
        assert!(!answers.contains("\"registration\""), "{case:?} got {answers}");
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn h12_a_head_without_end_or_bounds_is_refused() {
    let site = Site::open().await;
    let long = "x".repeat(1 << 20);
    let many: String = (0..5_000).map(|number| format!("X-{number}: y\r\n")).collect();
    for head in [
        format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: a\r\nX-Long: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"),
        "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}".repeat(100),
    ] {
        let mut stream = TcpStream::connect(site.server.http()).await.expect("a connection");
        // The server may close before everything is sent.
        let _closed = stream.write_all(head.as_bytes()).await;
        let mut answer = Vec::new();
        let read = timeout(Duration::from_secs(20), stream.read_to_end(&mut answer));
        let _reset = read.await.expect("an end in time");
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    site.check_is_well().await;
}

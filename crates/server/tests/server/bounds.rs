//! What a listener refuses.

use crate::support::{Server, eventually};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Sends bytes and reads until the server closes the connection.
async fn exchange(server: &Server, bytes: &str) -> String {
    let mut stream = TcpStream::connect(server.http()).await.expect("a connection");
    stream.write_all(bytes.as_bytes()).await.expect("an open connection");
    let mut answer = Vec::new();
    timeout(Duration::from_secs(20), stream.read_to_end(&mut answer))
        .await
        .expect("the server closes the connection")
        .expect("an open connection");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn h12_requests_that_can_be_read_in_two_ways_are_refused_or_end_the_connection() {
    let server = Server::start(&[]).await;
    let smuggled = "GET /docs/errors HTTP/1.1\r\nHost: a\r\n\r\n";
    for (head, status) in [
        ("Host: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n", "400"),
        ("Host: a\r\nContent-Length: +4\r\n", "400"),
        ("Host: a\r\nTransfer-Encoding: chunked, identity\r\n", "400"),
        ("Host: a\r\nHost: b\r\nConnection: close\r\n", "400"),
        ("Connection: close\r\n", "400"),
        ("Host: a\r\nContent-Length : 4\r\n", "400"),
    ] {
        let answer = exchange(&server, &format!("POST /v1/none HTTP/1.1\r\n{head}\r\n")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{head:?} got {answer}");
    }
    let both = "Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n";
    let answer = exchange(&server, &format!("POST /v1/none HTTP/1.1\r\n{both}\r\n0\r\n\r\n{smuggled}")).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "what follows is not answered: {answer}");
}

#[tokio::test]
async fn a_client_that_says_nothing_is_let_go() {
    let server = Server::start(&[("PARLANCE__LIMITS__HEADER_TIME_MAX", "100ms")]).await;
    exchange(&server, "").await;
    exchange(&server, "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ").await;
}

#[tokio::test]
async fn one_address_has_a_bounded_number_of_connections() {
    let server = Server::start(&[("PARLANCE__LIMITS__CONNECTIONS_PER_ADDRESS_MAX", "2")]).await;
    let first = TcpStream::connect(server.http()).await.expect("a connection");
    let _second = TcpStream::connect(server.http()).await.expect("a connection");
    assert_eq!(exchange(&server, "").await, "", "a third one is closed at once");
    let metrics = format!("http://{}/metrics", server.admin());
    let text = reqwest::get(&metrics).await.expect("an answer").text().await.expect("a body");
    assert!(text.contains("parlance_connections_refused_total{because=\"address\"} 1"), "{text}");
    assert!(text.contains("parlance_connections_open{listener=\"http\"} 2"), "{text}");
    drop(first);
    let page = format!("http://{}/docs", server.http());
    eventually("the place is free again", || async { reqwest::get(&page).await.ok() }).await;
}

#[tokio::test]
async fn long_requests_are_refused_before_they_are_read() {
    let server = Server::start(&[("PARLANCE__LIMITS__REQUEST_BYTES_MAX", "100KiB")]).await;
    let url = format!("http://{}/v1/auth/sign-in", server.http());
    let response =
        reqwest::Client::new().post(url).body("x".repeat(100 * 1024 + 1)).send().await.expect("an answer");
    assert_eq!(response.status(), 413);
    let problem: serde_json::Value = response.json().await.expect("a problem");
    assert_eq!(problem["code"], "request.too_large");
}

#[tokio::test]
async fn ws01_ws02_pages_of_other_sites_are_refused_unless_they_are_listed() {
    let server = Server::start(&[("PARLANCE__HTTP__ALLOWED_ORIGINS", "https://intranet.example")]).await;
    let client = reqwest::Client::new();
    let own = format!("http://{}", server.http());
    for (origin, status) in
        [("https://evil.example", 403), ("null", 403), ("https://intranet.example", 200), (own.as_str(), 200)]
    {
        let response =
            client.get(format!("{own}/docs")).header("origin", origin).send().await.expect("an answer");
        assert_eq!(response.status(), status, "{origin}");
        let shared = response.headers().get("access-control-allow-origin").is_some();
        assert_eq!(shared, origin == "https://intranet.example");
    }
    let question = client
        .request(reqwest::Method::OPTIONS, format!("{own}/v1/sync"))
        .header("origin", "https://intranet.example")
        .header("access-control-request-method", "POST");
    assert_eq!(question.send().await.expect("an answer").status(), 204);
}

#[tokio::test]
async fn every_answer_carries_what_protects_browsers() {
    let server = Server::start(&[]).await;
    for path in ["/", "/docs", "/v1/nothing"] {
        let response = reqwest::get(format!("http://{}{path}", server.http())).await.expect("an answer");
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        assert!(header("content-security-policy").contains("require-trusted-types-for 'script'"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("strict-transport-security"), "", "without encryption this would lock people out");
    }
}

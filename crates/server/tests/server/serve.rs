//! The life of a server as its operator sees it: starting, looking after it, stopping.

use crate::support::{FREE_PORTS, Server, eventually, parlance, stderr};
use futures_util::{SinkExt, StreamExt};
use rustix::process::Signal;
use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};
use tokio_tungstenite::tungstenite::Message;

async fn text(url: &str) -> (u16, String) {
    let response = reqwest::get(url).await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("a whole body"))
}

#[tokio::test]
async fn a_fresh_server_says_where_it_is_and_how_it_is() {
    let server = Server::start(&[]).await;
    let admin = server.admin();
    assert_eq!(text(&format!("http://{admin}/livez")).await.0, 200);
    assert_eq!(text(&format!("http://{admin}/startupz")).await.0, 200);
    assert_eq!(text(&format!("http://{admin}/readyz")).await, (200, "ready\n".to_owned()));
    let (_, page) = text(&format!("http://{}/docs", server.http())).await;
    assert!(page.contains("Parlance API"));
    let (_, metrics) = text(&format!("http://{admin}/metrics")).await;
    for part in [
        "parlance_build_info{version=",
        "parlance_process_resident_bytes ",
        "parlance_http_requests_total{operation=\"other\",code=\"200\"} 1",
        "# HELP parlance_uptime_seconds",
    ] {
        assert!(metrics.contains(part), "{part} is missing in\n{metrics}");
    }
    assert_eq!(server.ready()["admin_socket"], "data/admin.sock");
}

#[tokio::test]
async fn pages_of_every_site_learn_where_clients_of_xmpp_connect() {
    let server = Server::start(&[]).await;
    for (name, kind) in [("host-meta", "application/xrd+xml"), ("host-meta.json", "application/json")] {
        let answer =
            reqwest::get(format!("http://{}/.well-known/{name}", server.http())).await.expect("an answer");
        assert_eq!(answer.headers()["content-type"], kind);
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        let document = answer.text().await.expect("a whole body");
        assert!(document.contains("urn:xmpp:alt-connections:websocket"), "{document}");
        assert!(document.contains("/xmpp-websocket"), "{document}");
    }
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_ends_well_and_leaves_no_socket() {
    let mut server = Server::start(&[]).await;
    let socket = server.path("data/admin.sock");
    let mode = fs::metadata(&socket).expect("the socket is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    server.signal(Signal::TERM);
    assert_eq!(server.ended().await.code(), Some(0), "{}", server.log());
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_killed_server_can_be_started_again_in_its_folder() {
    let mut server = Server::start(&[]).await;
    server.signal(Signal::KILL);
    server.ended().await;
    let old = server.path("");
    let dir = tempfile::tempdir().expect("a temporary folder");
    fs::rename(old.join("data"), dir.path().join("data")).expect("the folder can be moved");
    assert!(dir.path().join("data/admin.sock").exists());
    let server = Server::start_in(dir, &[]).await;
    assert_eq!(text(&format!("http://{}/readyz", server.admin())).await.0, 200);
}

#[tokio::test]
async fn stopping_waits_for_connections_until_it_is_asked_twice() {
    let mut server = Server::start(&[("PARLANCE__DEV", "true")]).await;
    let url = format!("ws://{}/dev/echo", server.http());
    let (mut socket, _) = tokio_tungstenite::connect_async(&url).await.expect("a WebSocket");
    socket.send(Message::text("hello")).await.expect("an open socket");
    let echo = socket.next().await.expect("an answer").expect("an open socket");
    assert_eq!(echo, Message::text("hello"));

    server.signal(Signal::TERM);
    let readiness = format!("http://{}/readyz", server.admin());
    eventually("readiness ends", || async {
        (text(&readiness).await == (503, "draining\n".to_owned())).then_some(())
    })
    .await;
    socket.send(Message::text("still here")).await.expect("an open socket");
    assert_eq!(socket.next().await.expect("an answer").expect("an open socket"), Message::text("still here"));
    assert!(tokio::net::TcpStream::connect(server.http()).await.is_err(), "nobody new is let in");

    server.signal(Signal::TERM);
    assert_eq!(server.ended().await.code(), Some(0));
}

#[tokio::test]
async fn stopping_is_bounded() {
    let mut server =
        Server::start(&[("PARLANCE__DEV", "true"), ("PARLANCE__LIMITS__DRAIN_TIME_MAX", "100ms")]).await;
    let url = format!("ws://{}/dev/echo", server.http());
    let (_socket, _) = tokio_tungstenite::connect_async(&url).await.expect("a WebSocket");
    server.signal(Signal::TERM);
    assert_eq!(server.ended().await.code(), Some(0));
    assert!(server.log().contains("connections did not finish in time"));
}

#[tokio::test]
async fn a_default_port_that_is_taken_is_left_out_and_reported() {
    // When somebody else has the port, it is taken as well.
    let _holder = TcpListener::bind("127.0.0.1:8080");
    let dir = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start_exactly(dir, &[("PARLANCE__ADMIN__LISTEN", "127.0.0.1:0")]).await;
    assert_eq!(server.ready()["http"], serde_json::json!([]));
    assert!(server.log().contains("taken and left out"), "{}", server.log());
}

#[test]
fn a_chosen_port_that_is_taken_is_an_error() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let holder = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = holder.local_addr().expect("a bound port").to_string();
    let environment =
        [("PARLANCE__HTTP__LISTEN", taken.as_str()), ("PARLANCE__ADMIN__LISTEN", "127.0.0.1:0")];
    let output = parlance(&["serve"], &environment, dir.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains(&format!(
            "cannot listen on {taken}: free it, or choose another address in http.listen"
        ))
    );
}

#[tokio::test]
async fn a_data_folder_serves_one_server_at_a_time() {
    let server = Server::start(&[]).await;
    let output = parlance(&["serve", "--data", "data"], FREE_PORTS, &server.path(""));
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("is using the data folder data"), "{}", stderr(&output));
}

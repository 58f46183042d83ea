//! A client that takes and does not read.

use crate::{
    client::{Person, Site},
    socket::{Heard, Socket},
};
use serde_json::{Value, json};

const EVENTS: u64 = 50_000;
const WORDS_BYTES: usize = 1024;
/// Requests on their way at the same time, on each of the writing sockets.
const AHEAD: u64 = 60;
const WRITERS: u64 = 4;
/// What the server may grow by, whatever waits for a slow reader.
const GROWTH_MIB_MAX: f64 = 40.0;
/// Long messages that fill the memory which the store keeps for itself.
const LONG_EVENTS: u64 = 1_600;
const LONG_WORDS_BYTES: usize = 60 * 1024;

/// Writes messages on a few sockets at once.
async fn write_all(writer: &Person, group: &str, events: u64, words_bytes: usize) {
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        let words = "x".repeat(words_bytes);
        writers.spawn(write(writer.connect().await, group.to_owned(), events / WRITERS, words));
    }
    writers.join_all().await;
}

async fn write(mut socket: Socket, group: String, count: u64, words: String) {
    let body = json!({ "type": "text", "text": words });
    let writer = rand::random::<u64>();
    let mut waiting = std::collections::VecDeque::new();
    for number in 0..count {
        let client_ref = format!("{writer:x}-{number}");
        let request = json!({ "conversation": group, "client_ref": client_ref, "body": body });
        waiting.push_back(socket.ask("event.send", request).await);
        if waiting.len() as u64 == AHEAD {
            let id = waiting.pop_front().expect("some wait");
            socket.answer_only(id).await.ok();
        }
    }
    for id in waiting {
        socket.answer_only(id).await.ok();
    }
}

fn seq(frame: &Value, group: &str) -> Option<u64> {
    let event = frame.get("event").filter(|event| event["conversation"] == group)?;
    event["seq"].as_u64()
}

#[tokio::test]
async fn a_client_that_does_not_read_costs_no_memory_and_misses_nothing() {
    let site = Site::open().await;
    let (owner, reader) = (site.person("owner").await, site.person("reader").await);
    let group = owner.group(&[&reader]).await;
    write_all(&owner, &owner.group(&[]).await, LONG_EVENTS, LONG_WORDS_BYTES).await;
    let head = owner.call("conversation.get", json!({ "conversation": group })).await.ok()["head"].as_u64();
    let head = head.expect("a place");
    let mut slow = Socket::connect_with(reader.origin(), 4 * 1024).await;
    slow.call("hello", json!({ "token": reader.token() })).await.ok();

    let before = site.resident_mib().await;
    write_all(&owner, &group, EVENTS, WORDS_BYTES).await;
    let grown = site.resident_mib().await - before;
    assert!(grown < GROWTH_MIB_MAX, "{grown} MiB more after {EVENTS} events");

    let mut next = head + 1;
    while next <= head + EVENTS {
        match slow.next().await {
            Heard::Frame(frame) => {
                if let Some(seq) = seq(&frame, &group) {
                    assert_eq!(seq, next, "in order and without a gap");
                    next += 1;
                }
            }
            Heard::Closed(_) => break,
        }
    }
    // A server may let go of whoever does not read; the rest is asked for.
    while next <= head + EVENTS {
        let request = json!({ "conversation": group, "after": next - 1, "limit": 200 });
        let page = reader.call("event.list", request).await.ok();
        for event in page["items"].as_array().expect("a list") {
            assert_eq!(event["seq"], next);
            next += 1;
        }
    }
    site.check_is_well().await;
}

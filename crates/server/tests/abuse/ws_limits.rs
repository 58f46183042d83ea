//! One allowance for all ways in.

use crate::{
    client::{Person, Site},
    socket::{Heard, Socket},
};
use serde_json::{Value, json};

fn message(group: &str, number: usize) -> Value {
    let body = json!({ "type": "text", "text": "hello" });
    json!({ "conversation": group, "client_ref": format!("r{number}"), "body": body })
}

async fn post(person: &Person, group: &str, numbers: std::ops::Range<usize>) -> Vec<String> {
    let mut codes = Vec::new();
    for number in numbers {
        codes.push(person.call("event.send", message(group, number)).await.code());
    }
    codes
}

#[tokio::test]
async fn ws17_a_token_has_one_allowance_over_http_and_all_its_sockets() {
    let slow = [
        ("PARLANCE__LIMITS__RATES__MESSAGE__BURST", "10"),
        ("PARLANCE__LIMITS__RATES__MESSAGE__REFILL", "10min"),
    ];
    let site = Site::open_with(&slow).await;
    let owner = site.person("owner").await;
    let group = owner.group(&[]).await;
    let (mut one, mut two) = (owner.connect().await, owner.connect().await);
    assert!(post(&owner, &group, 0..4).await.iter().all(|code| code == "ok"));
    for number in 4..7 {
        one.call("event.send", message(&group, number)).await.ok();
        two.call("event.send", message(&group, number + 100)).await.ok();
    }
    for socket in [&mut one, &mut two] {
        let refused = socket.call("event.send", message(&group, 200)).await;
        assert_eq!((refused.code(), refused.status()), ("limit.rate", 429));
        let wait_ms = refused.0["error"]["retry_after_ms"].as_u64();
        assert!(wait_ms.is_some_and(|ms| (1..=600_000).contains(&ms)), "{refused:?}");
    }
    let refused = owner.call("event.send", message(&group, 201)).await;
    assert_eq!((refused.code().as_str(), refused.status), ("limit.rate", 429));
    assert!(refused.headers.contains_key("retry-after"));
    let again = owner.call("event.send", message(&group, 0)).await.code();
    assert_eq!(again, "limit.rate", "a retry is a request like others");
    let reaction = json!({ "conversation": group, "event": "none", "emoji": "👍" });
    assert_eq!(one.call("event.react", reaction).await.code(), "limit.rate");
    one.call("event.list", json!({ "conversation": group })).await.ok();
    let other = site.device(&owner).await;
    assert_eq!(post(&other, &group, 300..301).await, ["ok"], "each device has its own");
}

#[tokio::test]
async fn ws17_requests_that_come_to_nothing_draw_on_the_allowance_too() {
    let slow = [
        ("PARLANCE__LIMITS__RATES__REQUEST__BURST", "50"),
        ("PARLANCE__LIMITS__RATES__REQUEST__REFILL", "10min"),
    ];
    let site = Site::open_with(&slow).await;
    let owner = site.person("owner").await;
    let mut socket = owner.connect().await;
    let mut codes = Vec::new();
    for number in 0..60 {
        let args = [json!({}), json!({ "x": 1 }), json!([])][number % 3].clone();
        let operation = ["me.get", "event.get", "no.such"][number % 3];
        codes.push(socket.call(operation, args).await.code().to_owned());
    }
    assert!(codes[..48].iter().all(|code| code != "limit.rate"), "{codes:?}");
    assert!(codes[54..].iter().all(|code| code == "limit.rate"), "{codes:?}");
    assert_eq!(owner.call("me.get", json!({})).await.code(), "limit.rate");
}

#[tokio::test]
async fn ws17_frames_that_are_no_requests_draw_on_the_allowance_too() {
    let slow = [
        ("PARLANCE__LIMITS__RATES__REQUEST__BURST", "50"),
        ("PARLANCE__LIMITS__RATES__REQUEST__REFILL", "10min"),
    ];
    let site = Site::open_with(&slow).await;
    let owner = site.person("owner").await;
    let strange = ["{", "[]", "{\"id\":1}", "{\"id\":1,\"op\":\"hello\",\"op\":\"hello\"}"];
    let is_limited = |answer: &Value| answer.pointer("/error/code") == Some(&json!("limit.rate"));
    for mut socket in [owner.connect().await, Socket::connect(owner.origin()).await] {
        let mut limited = Vec::new();
        for number in 0..60 {
            socket.send(strange[number % strange.len()].to_owned()).await;
            let Heard::Frame(answer) = socket.read().await else { panic!("closed") };
            limited.push(is_limited(&answer));
        }
        assert!(limited[..40].iter().all(|is_limited| !is_limited), "{limited:?}");
        assert!(limited[54..].iter().all(|is_limited| *is_limited), "{limited:?}");
    }
    assert_eq!(owner.call("me.get", json!({})).await.code(), "limit.rate");
}

//! What somebody still hears after losing access: nothing.

use crate::{
    client::{Person, Site},
    socket::{Heard, Socket},
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// Within this time the last event has arrived.
const AT_LAST: Duration = Duration::from_secs(1);

fn words(push: &Value) -> Option<&str> {
    push.pointer("/event/content/body/text").and_then(Value::as_str)
}

/// Ends each way in which a device loses its token.
async fn end(way: &str, owner: &Person, device: &Person) {
    let answer = match way {
        "sign out" => device.call("auth.sign_out", json!({})).await,
        "revoke" => owner.call("device.revoke", json!({ "device": device.device })).await,
        _ => {
            let request = json!({
                "current": crate::client::PASSWORD, "new": crate::client::PASSWORD, "sign_out_others": true,
            });
            owner.call("me.change_password", request).await
        }
    };
    answer.ok();
}

/// Reads until somebody says this.
async fn hear(socket: &mut Socket, said: &str) {
    loop {
        let Heard::Frame(frame) = socket.next().await else { panic!("closed before {said}") };
        if words(&frame) == Some(said) {
            return;
        }
    }
}

#[tokio::test]
async fn h02_a_device_that_is_signed_out_hears_nothing_more() {
    let site = Site::open().await;
    for (name, way) in [("anna", "sign out"), ("bert", "revoke"), ("cleo", "new password")] {
        let owner = site.person(name).await;
        let device = site.device(&owner).await;
        let group = owner.group(&[]).await;
        let mut socket = device.connect().await;
        owner.say(&group, "before").await;
        hear(&mut socket, "before").await;
        end(way, &owner, &device).await;
        owner.say(&group, "after").await;
        let (frames, code) = timeout(AT_LAST, socket.drain()).await.expect("the socket closes in time");
        assert!(frames.iter().all(|frame| words(frame) != Some("after")), "{way}: {frames:?}");
        assert_eq!(
            (code, &frames.last().expect("a farewell")["push"]),
            (Some(4001), &json!("closing")),
            "{way}"
        );
        assert_eq!(device.call("me.get", json!({})).await.code(), "auth.token_invalid");
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn h02_an_account_that_is_switched_off_hears_nothing_more() {
    let site = Site::open().await;
    let (owner, member) = (site.person("owner").await, site.person("member").await);
    let group = owner.group(&[&member]).await;
    let socket = member.connect().await;
    site.disable(&member);
    owner.say(&group, "after").await;
    let (frames, code) = timeout(AT_LAST, socket.drain()).await.expect("the socket closes in time");
    assert!(frames.iter().all(|frame| words(frame) != Some("after")), "{frames:?}");
    assert_eq!(code, Some(4001));
}

#[tokio::test]
async fn h02_who_signs_out_over_a_socket_hears_that_it_was_done() {
    let site = Site::open().await;
    let device = site.person("owner").await;
    let mut socket = device.connect().await;
    socket.call("auth.sign_out", json!({})).await.ok();
    let (_, code) = timeout(AT_LAST, socket.drain()).await.expect("the socket closes in time");
    assert_eq!(code, Some(4001));
}

#[tokio::test]
async fn h02_a_device_that_does_not_read_is_cut_off_as_fast() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let group = owner.group(&[]).await;
    for way in ["sign out", "revoke", "new password"] {
        let device = site.device(&owner).await;
        let mut socket = Socket::connect_with(device.origin(), 4 * 1024).await;
        socket.call("hello", json!({ "token": device.token() })).await.ok();
        fill(&owner, &group).await;
        end(way, &owner, &device).await;
        let gone = async {
            while site.metric("parlance_websockets").await > 0.0 {
                tokio::task::yield_now().await;
            }
        };
        timeout(AT_LAST, gone).await.expect("the socket is given up in time");
        owner.say(&group, "after").await;
        let (frames, _) = socket.drain().await;
        assert!(frames.iter().all(|frame| words(frame) != Some("after")), "{way}");
    }
}

/// Says more than fits between a server and a client that does not read.
async fn fill(owner: &Person, group: &str) {
    let words = "x".repeat(60 * 1024);
    for _ in 0..100 {
        owner.say(group, &words).await;
    }
}

#[tokio::test]
async fn h02_a_member_who_is_removed_hears_that_and_nothing_more() {
    let site = Site::open().await;
    let (owner, member) = (site.person("owner").await, site.person("member").await);
    for operation in ["member.remove", "member.ban"] {
        let group = owner.group(&[&member]).await;
        let membership = json!({ "conversation": group, "user": member.address });
        let mut reading = member.connect().await;
        let mut slow = Socket::connect_with(member.origin(), 4 * 1024).await;
        slow.call("hello", json!({ "token": member.token() })).await.ok();
        fill(&owner, &group).await;
        owner.call(operation, membership).await.ok();
        for number in 0..20 {
            owner.say(&group, &format!("after {number}")).await;
        }
        let direct = owner.call("conversation.direct", json!({ "user": member.address })).await.ok();
        owner.say(direct["conversation"].as_str().expect("an id"), "the end").await;
        for socket in [&mut reading, &mut slow] {
            let last = check_up_to_the_end(socket, &group).await;
            assert_eq!(
                last.pointer("/event/content/user"),
                Some(&json!(member.address)),
                "{operation}: {last}"
            );
        }
    }
    site.check_is_well().await;
}

/// Reads until another conversation says the end; answers with the last event of the group.
async fn check_up_to_the_end(socket: &mut Socket, group: &str) -> Value {
    let mut last = Value::Null;
    let mut has_ended = false;
    // The groups are not ordered among each other: a mark says that everything before it has come.
    loop {
        let Heard::Frame(frame) = socket.next().await else { panic!("closed") };
        let is_of_group = frame.pointer("/event/conversation") == Some(&json!(group));
        assert!(!words(&frame).is_some_and(|words| words.starts_with("after")), "{frame}");
        has_ended |= words(&frame) == Some("the end");
        if has_ended && frame["push"] == "mark" {
            return last;
        }
        if is_of_group {
            last = frame;
        }
    }
}

#[tokio::test]
async fn h02_typing_receipts_and_presence_end_with_membership() {
    let site = Site::open().await;
    let (owner, member) = (site.person("owner").await, site.person("member").await);
    let group = owner.group(&[&member]).await;
    let mut socket = member.connect().await;
    let watched = socket.call("presence.get", json!({ "users": [owner.address] })).await.ok();
    assert_eq!(watched["items"].as_array().map(Vec::len), Some(1));
    owner.call("member.remove", json!({ "conversation": group, "user": member.address })).await.ok();
    owner.call("conversation.typing", json!({ "conversation": group, "active": true })).await.ok();
    owner.call("conversation.mark_read", json!({ "conversation": group, "seq": 1 })).await.ok();
    let mut owner_socket = owner.connect().await;
    owner_socket.call("presence.set", json!({ "availability": "away", "status": "secret" })).await.ok();
    let seen = socket.call("presence.get", json!({ "users": [owner.address] })).await.ok();
    assert_eq!(seen["items"], json!([]), "strangers see no presence");
    member.call("auth.sign_out", json!({})).await.ok();
    let (frames, _) = socket.drain().await;
    let signals = ["typing", "receipt", "presence"];
    let leaked: Vec<_> =
        frames.iter().filter(|frame| signals.iter().any(|signal| frame["push"] == *signal)).collect();
    assert!(leaked.is_empty(), "{leaked:?}");
}

#[tokio::test]
async fn h02_a_device_that_signs_out_over_its_socket_hears_that_it_did() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    for _ in 0..5 {
        let mut socket = site.device(&owner).await.connect().await;
        socket.call("auth.sign_out", json!({})).await.ok();
        let (frames, code) = socket.drain().await;
        assert_eq!((code, &frames.last().expect("a farewell")["push"]), (Some(4001), &json!("closing")));
    }
}

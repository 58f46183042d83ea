//! Ways to a message other than reading its conversation.

use crate::client::{Person, Site, text};
use serde_json::{Value, json};

const SECRET: &str = "xylophone";

/// A message in a conversation that somebody was in and is no longer.
async fn scene(site: &Site) -> (Person, Person, String, String) {
    let (owner, former) = (site.person("owner").await, site.person("former").await);
    let group = owner.group(&[&former]).await;
    let event = owner.say(&group, SECRET).await;
    owner.call("member.remove", json!({ "conversation": group, "user": former.address })).await.ok();
    (owner, former, group, event)
}

#[tokio::test]
async fn h03_a_former_member_finds_nothing_by_search_link_or_sync() {
    let site = Site::open().await;
    let (owner, former, group, event) = scene(&site).await;
    owner.say(&group, "later").await;
    let mine = owner.call("search", json!({ "query": SECRET })).await.ok();
    assert_eq!(mine["items"].as_array().map(Vec::len), Some(1), "the owner finds it");
    for query in
        [SECRET.to_owned(), format!("in:{group} {SECRET}"), "xylo".into(), format!("from:owner {SECRET}")]
    {
        let found = former.call("search", json!({ "query": query })).await.ok();
        assert_eq!(found["items"], json!([]), "{query}");
    }
    let here = json!({ "query": SECRET, "conversation": group });
    assert_eq!(former.call("search", here).await.code(), "conversation.not_found");
    let link = json!({ "conversation": group, "event": event });
    assert_eq!(former.call("event.get", link).await.code(), "conversation.not_found");
    let own = former.group(&[]).await;
    let moved = json!({ "conversation": own, "event": event });
    assert_eq!(former.call("event.get", moved).await.code(), "event.not_found", "an event has one place");
    let position = json!({ (group.clone()): { "epoch": 1, "seq": 1 } });
    for args in [json!({}), json!({ "window": 100 }), json!({ "window": 100, "positions": position })] {
        let synced = former.call("sync", args).await.ok();
        assert!(!synced["conversations"].to_string().contains(&group), "{synced}");
        assert!(!synced.to_string().contains(SECRET), "{synced}");
    }
    let listed = former.call("conversation.list", json!({})).await.ok();
    assert!(!listed.to_string().contains(&group));
}

#[tokio::test]
async fn h03_messages_of_others_cannot_be_answered_forwarded_or_joined_to_a_thread() {
    let site = Site::open().await;
    let (_, former, group, event) = scene(&site).await;
    let own = former.group(&[]).await;
    let body = json!({ "type": "text", "text": "" });
    let send = async |number: u32, further: Value| {
        let mut args = json!({ "conversation": own, "client_ref": format!("r{number}"), "body": body });
        args.as_object_mut().expect("an object").extend(further.as_object().cloned().unwrap_or_default());
        former.call("event.send", args).await.code()
    };
    assert_eq!(send(1, json!({ "reply_to": event })).await, "event.not_found");
    assert_eq!(send(2, json!({ "thread": event })).await, "event.not_found");
    let forward = json!({ "forward": { "conversation": group, "event": event } });
    assert_eq!(send(3, forward).await, "conversation.not_found");
    let moved = json!({ "forward": { "conversation": own, "event": event } });
    assert_eq!(send(4, moved).await, "event.not_found");
    for operation in ["event.thread", "event.edits", "event.pin", "event.delete"] {
        let answer = former.call(operation, json!({ "conversation": own, "event": event })).await;
        assert_eq!(answer.code(), "event.not_found", "{operation}");
    }
}

#[tokio::test]
async fn h03_newcomers_to_a_group_without_history_see_nothing_of_it() {
    let site = Site::open().await;
    let (owner, late) = (site.person("owner").await, site.person("late").await);
    let new = json!({ "kind": "group", "name": "quiet", "history": "since_joined" });
    let group = text(&owner.call("conversation.create", new).await.ok(), "/conversation");
    let event = owner.say(&group, SECRET).await;
    let at = |further: Value| {
        let mut args = json!({ "conversation": group, "event": event });
        args.as_object_mut().expect("an object").extend(further.as_object().cloned().unwrap_or_default());
        args
    };
    owner.call("event.pin", at(json!({}))).await.ok();
    owner.call("event.react", at(json!({ "emoji": "👍" }))).await.ok();
    owner.call("member.add", json!({ "conversation": group, "user": late.address })).await.ok();
    let body = json!({ "type": "text", "text": "x" });
    for (operation, further) in [
        ("event.get", json!({})),
        ("event.edits", json!({})),
        ("event.thread", json!({})),
        ("event.react", json!({ "emoji": "👍" })),
        ("event.pin", json!({})),
        ("event.edit", json!({ "body": body })),
        ("event.delete", json!({})),
    ] {
        assert_eq!(late.call(operation, at(further)).await.code(), "event.not_found", "{operation}");
    }
    for (operation, further) in [
        ("event.list", json!({})),
        ("event.list", json!({ "after": 0 })),
        ("event.list", json!({ "around": 1 })),
        ("event.list", json!({ "before": 4 })),
        ("event.list", json!({ "from_time": "2020-01-01T00:00:00Z" })),
        ("event.pins", json!({})),
        ("conversation.get", json!({})),
    ] {
        let mut args = at(further);
        args.as_object_mut().expect("an object").remove("event");
        let seen = late.call(operation, args.clone()).await.ok();
        assert!(!seen.to_string().contains(SECRET), "{operation} {args}: {seen}");
    }
    let found = late.call("search", json!({ "query": SECRET })).await.ok();
    assert_eq!(found["items"], json!([]));
}

#[tokio::test]
async fn h03_strangers_see_neither_presence_nor_receipts() {
    let site = Site::open().await;
    let (owner, former, group, _) = scene(&site).await;
    let mut socket = owner.connect().await;
    socket.call("presence.set", json!({ "availability": "away", "status": SECRET })).await.ok();
    let seen = former.call("presence.get", json!({ "users": [owner.address, "nobody"] })).await.ok();
    assert_eq!(seen["items"], json!([]));
    let receipts = former.call("event.receipts", json!({ "conversation": group })).await;
    assert_eq!(receipts.code(), "conversation.not_found");
}

#[tokio::test]
async fn h03_an_account_log_is_no_conversation() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    // An account log has a name that its owner can work out.
    let group = owner.group(&[&site.person("other").await]).await;
    let page = owner.call("member.list", json!({ "conversation": group, "limit": 1 })).await.ok();
    let principal = text(&page, "/next").parse::<uuid::Uuid>().expect("an id");
    let log = uuid::Uuid::new_v5(&principal, b"account").simple().to_string();
    owner.call("contact.set", json!({ "user": "other" })).await.ok();
    let body = json!({ "type": "text", "text": "x" });
    for (operation, args) in [
        ("conversation.get", json!({ "conversation": log })),
        ("event.list", json!({ "conversation": log })),
        ("event.send", json!({ "conversation": log, "client_ref": "a", "body": body })),
        ("conversation.set_draft", json!({ "conversation": log, "text": "x" })),
        ("conversation.mark_read", json!({ "conversation": log, "seq": 1 })),
        ("conversation.mark_unread", json!({ "conversation": log, "seq": 1 })),
        ("member.list", json!({ "conversation": log })),
        ("search", json!({ "conversation": log, "query": "x" })),
    ] {
        assert_eq!(owner.call(operation, args).await.code(), "conversation.not_found", "{operation}");
    }
    site.check_is_well().await;
}

//! Doing things in the name of others.

use crate::client::{Site, text};
use serde_json::{Value, json};

#[tokio::test]
async fn h11_nobody_edits_deletes_reacts_or_reads_for_others() {
    let site = Site::open().await;
    let (owner, member) = (site.person("owner").await, site.person("member").await);
    let group = owner.group(&[&member]).await;
    let event = owner.say(&group, "original").await;
    let on = json!({ "conversation": group, "event": event });
    let receipts = member.call("event.receipts", json!({ "conversation": group })).await.ok();
    let with = |further: Value| {
        let mut args = on.clone();
        args.as_object_mut().expect("an object").extend(further.as_object().cloned().unwrap_or_default());
        args
    };
    let body = json!({ "type": "text", "text": "forged" });
    assert_eq!(member.call("event.edit", with(json!({ "body": body }))).await.code(), "event.not_yours");
    assert_eq!(member.call("event.delete", on.clone()).await.code(), "event.not_yours");
    owner.call("event.react", with(json!({ "emoji": "👍" }))).await.ok();
    member.call("event.unreact", with(json!({ "emoji": "👍" }))).await.ok();
    for field in ["sender", "user", "who", "device", "seq", "at", "event_id"] {
        for (operation, args) in [
            ("event.edit", with(json!({ "body": body }))),
            ("event.react", with(json!({ "emoji": "🎉" }))),
            ("conversation.mark_read", json!({ "conversation": group, "seq": 2 })),
            ("conversation.mark_unread", json!({ "conversation": group, "seq": 2 })),
            ("event.send", json!({ "conversation": group, "client_ref": "a", "body": body })),
        ] {
            let mut forged = args;
            if forged.get(field).is_none() {
                forged[field] = json!(owner.address);
                let answer = member.call(operation, forged).await;
                assert_eq!(answer.code(), "request.malformed", "{operation} with {field}");
            }
        }
    }
    let seen = owner.call("event.get", on).await.ok();
    assert_eq!(text(&seen, "/content/body/text"), "original");
    assert_eq!(seen["fold"]["reactions"][0]["users"], json!([owner.address]), "{seen}");
    assert_eq!(member.call("event.receipts", json!({ "conversation": group })).await.ok(), receipts);
}

#[tokio::test]
async fn h11_nobody_gives_themselves_a_role_or_speaks_for_everyone() {
    let site = Site::open().await;
    let (owner, member) = (site.person("owner").await, site.person("member").await);
    let group = owner.group(&[&member]).await;
    for role in ["owner", "moderator"] {
        let own = json!({ "conversation": group, "user": member.address, "role": role });
        assert_eq!(member.call("member.change", own).await.code(), "conversation.forbidden");
    }
    let friend = site.person("friend").await;
    let more = json!({ "conversation": group, "user": friend.address, "role": "moderator" });
    assert_eq!(member.call("member.add", more).await.code(), "conversation.forbidden");
    let permissions = json!({ "conversation": group, "permissions": { "moderate": "reader" } });
    assert_eq!(
        member.call("conversation.change_settings", permissions).await.code(),
        "conversation.forbidden"
    );
    let channel = owner.make("channel", &[&member]).await;
    let allow = json!({ "conversation": channel, "permissions": { "post": "reader" } });
    owner.call("conversation.change_settings", allow).await.ok();
    let mention = json!({ "start": 0, "end": 4, "who": "everyone" });
    let body = json!({ "type": "text", "text": "@all", "mentions": [mention] });
    let shout = json!({ "conversation": channel, "client_ref": "a", "body": body });
    assert_eq!(member.call("event.send", shout).await.code(), "conversation.forbidden");
    let me = json!({ "display_name": "x", "admin": true });
    assert_eq!(member.call("me.update", me).await.code(), "request.malformed");
}

#[tokio::test]
async fn h11_a_block_holds_for_everything_that_reaches_the_other() {
    let site = Site::open().await;
    let (owner, other) = (site.person("owner").await, site.person("other").await);
    let direct = owner.call("conversation.direct", json!({ "user": other.address })).await.ok();
    let direct = text(&direct, "/conversation");
    let event = other.say(&direct, "hello").await;
    owner.call("contact.set", json!({ "user": other.address, "blocked": true })).await.ok();
    let body = json!({ "type": "text", "text": "again" });
    for (operation, args) in [
        ("event.send", json!({ "conversation": direct, "client_ref": "a", "body": body })),
        ("event.edit", json!({ "conversation": direct, "event": event, "body": body })),
        ("event.react", json!({ "conversation": direct, "event": event, "emoji": "👍" })),
        ("event.pin", json!({ "conversation": direct, "event": event })),
        ("conversation.typing", json!({ "conversation": direct, "active": true })),
        ("conversation.create", json!({ "kind": "group", "name": "g", "members": [owner.address] })),
        ("member.add", json!({ "conversation": other.group(&[]).await, "user": owner.address })),
    ] {
        assert_eq!(other.call(operation, args).await.code(), "user.blocked", "{operation}");
    }
}

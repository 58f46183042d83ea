//! Who may do what: every operation, asked by everybody who should not be able to.

use crate::client::{Person, Site, text};
use parlance_api::{operation::Needs, ops::OPERATIONS};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What an operation is about, and what those who may not do everything hear.
enum About {
    /// The caller's own things, or nobody's.
    Own,
    /// Something of one person: others hear this code, as if it were not there.
    Foreign(&'static str),
    /// A conversation: what a reader of a channel and a member of a group hear.
    Conversation { reader: &'static str, member: &'static str },
}

const FORBIDDEN: &str = "conversation.forbidden";
const NOT_YOURS: &str = "event.not_yours";

/// Every operation with arguments that are right; `$` stands before what the scene fills in.
fn rows() -> Vec<(&'static str, Value, About)> {
    use About::{Conversation, Foreign, Own};
    let all = || Conversation { reader: "ok", member: "ok" };
    let writers = || Conversation { reader: FORBIDDEN, member: "ok" };
    let moderators = || Conversation { reader: FORBIDDEN, member: FORBIDDEN };
    let authors = |reader| Conversation { reader, member: NOT_YOURS };
    let folders = || Conversation { reader: "folder.not_found", member: "folder.not_found" };
    let place = || json!({ "conversation": "$conversation" });
    let on = |further: Value| {
        let mut args = json!({ "conversation": "$conversation", "event": "$event" });
        args.as_object_mut().expect("an object").extend(further.as_object().cloned().unwrap_or_default());
        args
    };
    let with = |further: Value| {
        let mut args = on(further);
        args.as_object_mut().expect("an object").remove("event");
        args
    };
    let body = json!({ "type": "text", "text": "hello" });
    vec![
        ("server.get", json!({}), Own),
        ("auth.sign_in", json!({ "user": "nobody", "password": "nothing at all" }), Own),
        ("auth.register", json!({ "name": "NOBODY!", "password": "nothing at all" }), Own),
        ("auth.sign_out", json!({}), Own),
        ("invitation.look", json!({ "code": "none" }), Own),
        ("invitation.create", json!({}), Own),
        ("invitation.list", json!({}), Own),
        ("invitation.revoke", json!({ "code": "$invitation" }), Foreign("auth.invitation_invalid")),
        ("me.get", json!({}), Own),
        ("me.update", json!({}), Own),
        ("me.change_password", json!({ "current": "wrong", "new": "nothing at all" }), Own),
        ("device.list", json!({}), Own),
        ("device.revoke", json!({ "device": "$device" }), Foreign("device.not_found")),
        ("presence.set", json!({ "availability": "away" }), Own),
        ("presence.get", json!({ "users": [] }), Own),
        ("contact.list", json!({}), Own),
        ("contact.get", json!({ "user": "$owner" }), Own),
        ("contact.set", json!({ "user": "$owner" }), Own),
        ("contact.remove", json!({ "user": "$owner" }), Own),
        ("user.find", json!({ "query": "a" }), Own),
        ("user.get", json!({ "user": "$owner" }), Own),
        ("report.send", json!({ "user": "$owner", "reason": "spam" }), Own),
        ("report.list", place(), moderators()),
        ("report.dismiss", with(json!({ "report": "$event" })), moderators()),
        ("sync", json!({}), Own),
        ("conversation.list", json!({}), Own),
        ("conversation.create", json!({ "kind": "group", "name": "mine" }), Own),
        ("conversation.direct", json!({ "user": "$owner" }), Own),
        ("conversation.notes", json!({}), Own),
        ("conversation.get", place(), all()),
        ("conversation.change_settings", with(json!({ "topic": "x" })), moderators()),
        ("conversation.set_preferences", with(json!({ "muted": true })), all()),
        ("conversation.change_preferences", with(json!({ "muted": true })), all()),
        ("conversation.set_draft", with(json!({ "text": "x" })), all()),
        ("conversation.mark_read", with(json!({ "seq": 1 })), all()),
        ("conversation.mark_unread", with(json!({ "seq": 1 })), all()),
        ("conversation.mark_delivered", with(json!({ "seq": 1 })), all()),
        ("conversation.typing", with(json!({ "active": true })), writers()),
        ("member.list", place(), all()),
        (
            "member.add",
            with(json!({ "user": "$owner" })),
            Conversation { reader: FORBIDDEN, member: "conversation.already_member" },
        ),
        ("member.change", with(json!({ "user": "$owner", "role": "reader" })), moderators()),
        ("member.remove", with(json!({ "user": "$owner" })), moderators()),
        ("member.ban", with(json!({ "user": "$owner" })), moderators()),
        ("member.unban", with(json!({ "user": "$owner" })), moderators()),
        ("member.bans", place(), moderators()),
        ("member.requests", place(), moderators()),
        ("link.create", place(), writers()),
        ("link.list", place(), writers()),
        ("link.revoke", with(json!({ "code": "$link" })), writers()),
        ("link.look", json!({ "code": "none" }), Own),
        ("link.join", json!({ "code": "none" }), Own),
        ("directory.list", json!({}), Own),
        ("directory.join", place(), all()),
        ("event.send", with(json!({ "client_ref": "a", "body": body })), writers()),
        ("event.list", place(), all()),
        ("event.get", on(json!({})), all()),
        ("event.edit", on(json!({ "body": body })), authors(FORBIDDEN)),
        ("event.edits", on(json!({})), all()),
        ("event.delete", on(json!({})), authors(NOT_YOURS)),
        ("event.react", on(json!({ "emoji": "👍" })), all()),
        ("event.unreact", on(json!({ "emoji": "👍" })), all()),
        ("event.vote", on(json!({ "event": "$poll", "options": [0] })), all()),
        ("event.close_poll", on(json!({ "event": "$poll" })), authors(NOT_YOURS)),
        ("event.acknowledge", on(json!({ "event": "$asks" })), all()),
        ("event.acknowledgements", on(json!({ "event": "$asks" })), authors(NOT_YOURS)),
        ("event.pin", on(json!({})), writers()),
        ("event.unpin", on(json!({})), writers()),
        ("event.pins", place(), all()),
        ("event.thread", on(json!({})), all()),
        ("event.receipts", place(), all()),
        ("scheduled.add", with(json!({ "client_ref": "b", "body": body, "due_at": "$later" })), writers()),
        ("scheduled.list", json!({}), Own),
        ("scheduled.change", json!({ "scheduled": "$scheduled" }), Foreign("scheduled.not_found")),
        ("scheduled.cancel", json!({ "scheduled": "$scheduled" }), Foreign("scheduled.not_found")),
        ("scheduled.send", json!({ "scheduled": "$scheduled" }), Foreign("scheduled.not_found")),
        ("arrangement.get", json!({}), Own),
        ("folder.set", json!({ "folder": "$folder", "name": "mine" }), Own),
        ("folder.delete", json!({ "folder": "$folder" }), Foreign("folder.not_found")),
        ("folder.order", json!({ "folders": [] }), Own),
        ("folder.add", with(json!({ "folder": "$folder" })), folders()),
        ("folder.remove", with(json!({ "folder": "$folder" })), folders()),
        ("arrangement.order_favourites", json!({ "conversations": [] }), Own),
        ("search", with(json!({ "query": "hello" })), all()),
    ]
}

/// Fills in what stands behind `$`.
fn filled(args: &Value, scene: &Value) -> Value {
    let fill = |value: &Value| match value.as_str().and_then(|text| text.strip_prefix('$')) {
        Some(name) => scene[name].clone(),
        None => value.clone(),
    };
    args.as_object().expect("an object").iter().map(|(name, value)| (name.clone(), fill(value))).collect()
}

/// Something of one person, for others to reach for.
async fn scene(owner: &Person, conversation: String) -> Value {
    let event = owner.say(&conversation, "hello").await;
    let link = owner.call("link.create", json!({ "conversation": conversation })).await;
    let link = if link.status == 200 { text(&link.ok(), "/code") } else { "none".to_owned() };
    let invitation = text(&owner.call("invitation.create", json!({ "uses": 5 })).await.ok(), "/code");
    let said = owner.call("event.get", json!({ "conversation": conversation, "event": event })).await;
    let later = crate::client::twelve_hours_after(&text(&said.ok(), "/at"));
    let new = json!({
        "conversation": conversation, "client_ref": "later", "due_at": later,
        "body": { "type": "text", "text": "later" },
    });
    let scheduled = text(&owner.call("scheduled.add", new).await.ok(), "/scheduled");
    let folder = "0199aaaabbbb7ccc8ddd0eeeeffff000";
    owner.call("folder.set", json!({ "folder": folder, "name": "private" })).await.ok();
    let asks = async |client_ref: &str, further: Value| {
        let mut args = json!({
            "conversation": conversation, "client_ref": client_ref,
            "body": { "type": "text", "text": "Where?" },
        });
        args.as_object_mut().expect("an object").extend(further.as_object().cloned().unwrap_or_default());
        text(&owner.call("event.send", args).await.ok(), "/event_id")
    };
    let poll = asks("poll", json!({ "poll": { "options": ["here", "there"] } })).await;
    let needs = asks("asks", json!({ "needs_acknowledgement": true })).await;
    json!({
        "poll": poll, "asks": needs,
        "folder": folder, "scheduled": scheduled, "later": later,
        "conversation": conversation, "event": event, "link": link, "invitation": invitation,
        "owner": owner.address, "device": owner.device,
    })
}

/// What nobody has: a code and ids of the right form, and some that are none.
fn nowhere(scene: &Value) -> [Value; 2] {
    let make = |id: &str, code: &str| {
        json!({
            "conversation": id, "event": id, "link": code, "invitation": code, "device": id,
            "folder": id, "scheduled": id, "poll": id, "asks": id, "later": scene["later"],
            "owner": scene["owner"],
        })
    };
    [make("01890000000070008000000000000000", "0123456789abcdefghjkmnpqrs"), make("no id at all", "?")]
}

/// Everybody who has nothing to do with a conversation of the owner, any more or yet.
async fn outsiders(site: &Site, owner: &Person, conversation: &str) -> Vec<Person> {
    let mut outsiders = Vec::new();
    for kind in ["stranger", "removed", "banned", "left", "asking"] {
        let person = site.person(&format!("{kind}-{}", &conversation[20..])).await;
        let membership = json!({ "conversation": conversation, "user": person.address });
        if matches!(kind, "removed" | "banned" | "left") {
            owner.call("member.add", membership.clone()).await.ok();
        }
        match kind {
            "removed" => drop(owner.call("member.remove", membership).await.ok()),
            "banned" => drop(owner.call("member.ban", membership).await.ok()),
            "left" => drop(person.call("member.remove", membership).await.ok()),
            "asking" => {
                let link = json!({ "conversation": conversation, "needs_approval": true });
                let code = text(&owner.call("link.create", link).await.ok(), "/code");
                assert_eq!(
                    person.call("link.join", json!({ "code": code })).await.ok()["state"],
                    "requested"
                );
            }
            _ => {}
        }
        outsiders.push(person);
    }
    outsiders
}

#[test]
fn h01_every_operation_has_a_row() {
    let rows = rows();
    let with_row: BTreeSet<_> = rows.iter().map(|(name, _, _)| *name).collect();
    let all: BTreeSet<_> = OPERATIONS.iter().map(|entry| entry.description.name).collect();
    assert_eq!(with_row, all);
    for entry in OPERATIONS {
        let names = |field: &str| entry.description.path_fields().any(|name| name == field);
        let (_, _, about) = rows.iter().find(|row| row.0 == entry.description.name).expect("a row");
        assert!(
            !names("conversation") || matches!(about, About::Conversation { .. }),
            "{}",
            entry.description.name
        );
    }
}

#[tokio::test]
async fn h01_nobody_gets_anywhere_without_a_token_that_works() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let scene = scene(&owner, owner.group(&[]).await).await;
    let gone = site.device(&owner).await;
    gone.call("auth.sign_out", json!({})).await.ok();
    for (name, args, _) in rows() {
        let args = filled(&args, &scene);
        let answer = site.nobody().call(name, args.clone()).await;
        let needs = crate::client::find(name).description.needs;
        assert_eq!(answer.code() == "auth.required", needs == Needs::User, "{name}: {}", answer.text());
        let revoked = gone.call(name, args.clone()).await;
        assert_eq!((revoked.status, revoked.code().as_str()), (401, "auth.token_invalid"), "{name}");
        for token in ["x", &"x".repeat(43), &owner.token().to_lowercase()] {
            let wrong = owner.with_token(token).call(name, args.clone()).await;
            assert_eq!(wrong.body, revoked.body, "{name} with {token}");
        }
    }
}

#[tokio::test]
async fn h01_an_account_that_is_switched_off_gets_nowhere() {
    let site = Site::open().await;
    let (owner, friend) = (site.person("owner").await, site.person("friend").await);
    let scene = scene(&owner, friend.group(&[&owner]).await).await;
    site.disable(&owner);
    for (name, args, _) in rows() {
        let answer = owner.call(name, filled(&args, &scene)).await;
        let code = answer.code();
        let is_refused = matches!(code.as_str(), "auth.token_invalid" | "auth.account_disabled");
        assert!(is_refused, "{name}: {}", answer.text());
    }
    let sign_in = json!({ "user": owner.address, "password": crate::client::PASSWORD });
    assert_eq!(site.nobody().call("auth.sign_in", sign_in).await.code(), "auth.account_disabled");
    let wrong = json!({ "user": owner.address, "password": "nothing at all" });
    assert_eq!(site.nobody().call("auth.sign_in", wrong).await.code(), "auth.wrong_credentials");
}

#[tokio::test]
async fn h01_outsiders_cannot_tell_a_conversation_from_none() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let friend = site.person("friend").await;
    let group = owner.group(&[&friend]).await;
    let channel = owner.make("channel", &[&friend]).await;
    let direct = text(
        &owner.call("conversation.direct", json!({ "user": friend.address })).await.ok(),
        "/conversation",
    );
    let notes = text(&owner.call("conversation.notes", json!({})).await.ok(), "/conversation");
    let mut strangers = outsiders(&site, &owner, &group).await;
    strangers.extend(outsiders(&site, &owner, &channel).await);
    for conversation in [group, channel, direct, notes] {
        let scene = scene(&owner, conversation).await;
        for (name, args, _) in rows().iter().filter(|row| matches!(row.2, About::Conversation { .. })) {
            for stranger in &strangers {
                let there = stranger.call(name, filled(args, &scene)).await;
                assert_eq!((there.status, there.code().as_str()), (404, "conversation.not_found"), "{name}");
                for nowhere in nowhere(&scene) {
                    let not_there = stranger.call(name, filled(args, &nowhere)).await;
                    assert_eq!(there.text(), not_there.text(), "{name} for {}", stranger.address);
                }
            }
        }
    }
}

#[tokio::test]
async fn h01_what_belongs_to_others_is_as_if_it_were_not_there() {
    let site = Site::open().await;
    let (owner, stranger) = (site.person("owner").await, site.person("stranger").await);
    let scene = scene(&owner, owner.group(&[]).await).await;
    for (name, args, about) in rows() {
        let About::Foreign(code) = about else { continue };
        let there = stranger.call(name, filled(&args, &scene)).await;
        assert_eq!(there.code(), code, "{name}");
        for nowhere in nowhere(&scene) {
            assert_eq!(there.text(), stranger.call(name, filled(&args, &nowhere)).await.text(), "{name}");
        }
        owner.call("me.get", json!({})).await.ok();
        assert_eq!(owner.call(name, filled(&args, &nowhere(&scene)[0])).await.code(), code, "{name}");
    }
}

#[tokio::test]
async fn h01_a_role_allows_what_it_says_and_nothing_else() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let other = site.person("other").await;
    let channel = scene(&owner, owner.make("channel", &[&other]).await).await;
    let group = scene(&owner, owner.group(&[&other]).await).await;
    for (name, args, about) in rows() {
        let About::Conversation { reader, member } = about else { continue };
        for (scene, code) in [(&channel, reader), (&group, member)] {
            let answer = other.call(name, filled(&args, scene)).await;
            assert_eq!(answer.code(), code, "{name} as {}", if code == reader { "reader" } else { "member" });
            if code == FORBIDDEN || code == NOT_YOURS {
                assert_eq!(answer.status, 403, "{name}");
            }
        }
    }
}

#[tokio::test]
async fn h13_no_answer_may_be_kept_by_anything_on_the_way() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let scene = scene(&owner, owner.group(&[]).await).await;
    for (name, args, _) in rows().into_iter().filter(|row| row.0 != "auth.sign_out") {
        for caller in [&owner, &site.nobody()] {
            let answer = caller.call(name, filled(&args, &scene)).await;
            let kept = answer.headers.get("cache-control").map(|value| value.as_bytes());
            assert_eq!(kept, Some(b"no-store".as_slice()), "{name}: {}", answer.text());
            assert!(answer.headers.get("set-cookie").is_none(), "{name}");
        }
    }
}

//! Who voted is told to nobody where it is not to be told, and what cannot be answered is refused in words.

use crate::{
    client::{Person, Site, text},
    socket::Heard,
};
use serde_json::{Value, json};

fn asking(conversation: &str, further: &Value) -> Value {
    let mut args = json!({
        "conversation": conversation, "client_ref": "asks",
        "body": { "type": "text", "text": "Where?" },
    });
    args.as_object_mut().expect("an object").extend(further.as_object().cloned().unwrap_or_default());
    args
}

async fn ask(person: &Person, conversation: &str, poll: Value) -> String {
    let asked = person.call("event.send", asking(conversation, &json!({ "poll": poll }))).await;
    text(&asked.ok(), "/event_id")
}

async fn listed(person: &Person, conversation: &str) -> Vec<Value> {
    let page = person.call("event.list", json!({ "conversation": conversation })).await.ok();
    page["items"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn h03_in_an_anonymous_poll_nobody_else_learns_who_voted() {
    let site = Site::open().await;
    let (alice, bob) = (site.person("alice").await, site.person("bob").await);
    let group = alice.group(&[&bob]).await;
    let (mut theirs, mut phone) = (alice.connect().await, bob.connect().await);
    let poll = ask(&alice, &group, json!({ "options": ["here", "there"], "anonymous": true })).await;
    let vote = json!({ "conversation": group, "event": poll, "options": [1], "client_ref": "mine" });
    let voted = bob.call("event.vote", vote.clone()).await.ok();
    assert_eq!(bob.call("event.vote", vote).await.ok(), voted, "a vote tried again is the same vote");
    alice.say(&group, "the end").await;
    let told = async |socket: &mut crate::socket::Socket| {
        let mut votes = Vec::new();
        loop {
            let Heard::Frame(push) = socket.next().await else { panic!("closed") };
            if push["event"]["kind"] == "vote" {
                votes.push(push["event"].clone());
            }
            if push["push"] == "event" && push.to_string().contains("the end") {
                return votes;
            }
        }
    };
    let [hidden] = &told(&mut theirs).await[..] else { panic!("one vote") };
    let [own] = &told(&mut phone).await[..] else { panic!("one vote") };
    assert_eq!((&hidden["sender"], &hidden["client_ref"]), (&json!(""), &Value::Null));
    assert_eq!((&own["sender"], &own["client_ref"]), (&json!(bob.address), &json!("mine")));
    for (person, sender, mine) in [(&alice, "", None), (&bob, bob.address.as_str(), Some(true))] {
        let items = listed(person, &group).await;
        let vote = items.iter().find(|item| item["kind"] == "vote").expect("a vote");
        assert_eq!(vote["sender"], json!(sender));
        let asked = items.iter().find(|item| item["event_id"] == json!(poll)).expect("the poll");
        let choice = &asked["fold"]["poll"]["options"][1];
        assert_eq!((choice["count"].as_u64(), choice["mine"].as_bool()), (Some(1), mine));
        assert_eq!(choice["users"], Value::Null);
    }
    let direct = json!({ "conversation": group, "event": text(&voted, "/event_id") });
    assert_eq!(alice.call("event.get", direct).await.ok()["sender"], json!(""));
}

#[tokio::test]
async fn polls_are_bounded_and_refusals_say_why() {
    let environment = [("PARLANCE__LIMITS__ENABLED", "false"), ("PARLANCE__LIMITS__POLL_OPTIONS_MAX", "3")];
    let site = Site::open_with(&environment).await;
    let (alice, bob) = (site.person("alice").await, site.person("bob").await);
    let group = alice.group(&[&bob]).await;
    for (poll, code) in [
        (json!({ "options": ["a"] }), "request.invalid_value"),
        (json!({ "options": ["a", "b", "c", "d"] }), "request.invalid_value"),
        (json!({ "options": ["a", "a"] }), "request.invalid_value"),
        (json!({ "options": ["a", "x".repeat(101)] }), "request.invalid_value"),
        (json!({ "options": ["a", "b"], "closes_at": "2001-01-01T00:00:00Z" }), "request.invalid_value"),
        (json!({ "options": ["a", "b"], "closes_at": "soon" }), "request.invalid_value"),
    ] {
        let answer = alice.call("event.send", asking(&group, &json!({ "poll": poll }))).await;
        assert_eq!(answer.code(), code, "{poll}");
    }
    let poll = ask(&alice, &group, json!({ "options": ["a", "b", "c"] })).await;
    let on = |further: Value| {
        let mut args = json!({ "conversation": group, "event": poll });
        args.as_object_mut().expect("an object").extend(further.as_object().cloned().unwrap_or_default());
        args
    };
    let vote = async |options: &[u32]| bob.call("event.vote", on(json!({ "options": options }))).await;
    for options in [&[3][..], &[u32::MAX], &[0, 1]] {
        assert_eq!(vote(options).await.code(), "request.invalid_value");
    }
    vote(&[2]).await.ok();
    let edit = on(json!({ "body": { "type": "text", "text": "other" } }));
    assert_eq!(alice.call("event.edit", edit).await.code(), "event.wrong_kind");
    alice.call("event.close_poll", on(json!({}))).await.ok();
    assert_eq!(vote(&[1]).await.code(), "event.poll_closed");
    assert_eq!(alice.call("event.close_poll", on(json!({}))).await.code(), "event.poll_closed");
    assert_eq!(bob.call("event.acknowledge", on(json!({}))).await.code(), "event.wrong_kind");
    let asked = bob.call("event.get", on(json!({}))).await.ok();
    assert_eq!(asked["content"]["body"]["text"], json!("Where?\n\n1. a\n2. b\n3. c"));
    assert_eq!(asked["fold"]["poll"]["options"][2]["users"], json!([bob.address]));
    assert_eq!(asked["fold"]["poll"]["closed"], json!(true));
}

#[tokio::test]
async fn who_has_acknowledged_is_counted_once_and_told_to_the_author() {
    let site = Site::open().await;
    let (alice, bob, carol) =
        (site.person("alice").await, site.person("bob").await, site.person("carol").await);
    let channel = alice.make("channel", &[&bob, &carol]).await;
    let sent = alice.call("event.send", asking(&channel, &json!({ "needs_acknowledgement": true }))).await;
    let on = json!({ "conversation": channel, "event": text(&sent.ok(), "/event_id") });
    for _ in 0..2 {
        bob.call("event.acknowledge", on.clone()).await.ok();
    }
    let told = alice.call("event.acknowledgements", on.clone()).await.ok();
    let expected = json!({
        "missing_count": 1, "missing": [carol.address], "confirmed_count": 1, "confirmed": [bob.address],
    });
    assert_eq!(told, expected);
    assert_eq!(
        bob.call("event.get", on.clone()).await.ok()["fold"]["acknowledged"],
        json!({ "count": 1, "mine": true })
    );
    assert_eq!(carol.call("event.get", on).await.ok()["fold"]["acknowledged"], json!({ "count": 1 }));
}

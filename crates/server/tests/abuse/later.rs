//! What is written for a later time is private until then, and is decided again when it is sent.

use crate::{
    client::{Person, Site, text, twelve_hours_after},
    socket::{Heard, Socket},
};
use serde_json::{Value, json};

fn for_later(conversation: &str, words: &str, due_at: &str) -> Value {
    let body = json!({ "type": "text", "text": words });
    json!({ "conversation": conversation, "client_ref": words, "body": body, "due_at": due_at })
}

/// When a message was said.
async fn said_at(person: &Person, conversation: &str) -> String {
    let event = person.say(conversation, "now").await;
    let args = json!({ "conversation": conversation, "event": event });
    text(&person.call("event.get", args).await.ok(), "/at")
}

/// Everything pushed until a message with these words.
async fn pushed_until(socket: &mut Socket, words: &str) -> Vec<Value> {
    let mut pushes = Vec::new();
    loop {
        let Heard::Frame(push) = socket.next().await else { panic!("closed after {pushes:?}") };
        let is_it = push.pointer("/event/content/body/text").is_some_and(|text| text == words);
        pushes.push(push);
        if is_it {
            return pushes;
        }
    }
}

fn hints(pushes: &[Value]) -> usize {
    pushes.iter().filter(|push| push["change"] == "scheduled").count()
}

#[tokio::test]
async fn h03_only_ones_own_devices_hear_of_what_waits_and_everybody_of_what_is_sent() {
    let site = Site::open().await;
    let (author, other) = (site.person("author").await, site.person("other").await);
    let group = author.group(&[&other]).await;
    let over = said_at(&author, &group).await;
    let (mut phone, mut theirs) = (author.connect().await, other.connect().await);
    let waiting = for_later(&group, "waiting", &twelve_hours_after(&over));
    let waiting = text(&phone.call("scheduled.add", waiting).await.ok(), "/scheduled");
    author.call("scheduled.add", for_later(&group, "due", &over)).await.ok();
    assert_eq!(hints(&pushed_until(&mut theirs, "due").await), 0);
    assert!(hints(&pushed_until(&mut phone, "due").await) >= 2);
    let listed = author.call("scheduled.list", json!({})).await.ok();
    assert!(
        listed["items"].as_array().is_some_and(|items| items.iter().any(|it| it["scheduled"] == waiting))
    );
    assert_eq!(other.call("scheduled.list", json!({})).await.ok()["items"], json!([]));
    let sent = phone.call("scheduled.send", json!({ "scheduled": waiting })).await.ok();
    let told = pushed_until(&mut theirs, "waiting").await;
    assert_eq!(told.last().expect("an event")["event"]["event_id"], sent["event_id"]);
}

#[tokio::test]
async fn h02_who_was_removed_says_nothing_later() {
    let site = Site::open().await;
    let (owner, author) = (site.person("owner").await, site.person("author").await);
    let group = owner.group(&[&author]).await;
    let at = twelve_hours_after(&said_at(&author, &group).await);
    let kept = author.call("scheduled.add", for_later(&group, "later", &at)).await.ok();
    owner.call("member.remove", json!({ "conversation": group, "user": author.address })).await.ok();
    let which = json!({ "scheduled": kept["scheduled"] });
    assert_eq!(author.call("scheduled.send", which.clone()).await.code(), "conversation.not_found");
    let listed = author.call("scheduled.list", json!({})).await.ok();
    assert_eq!(
        (&listed["items"][0]["state"], &listed["items"][0]["refused"]),
        (&json!("refused"), &json!("not_there"))
    );
    author.call("scheduled.cancel", which).await.ok();
    assert_eq!(author.call("scheduled.list", json!({})).await.ok()["items"], json!([]));
    let events = owner.call("event.list", json!({ "conversation": group })).await.ok();
    assert!(!events.to_string().contains("later"));
}

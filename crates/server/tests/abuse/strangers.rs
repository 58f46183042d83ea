//! What strangers learn, what is told about people, and who is told.

use crate::client::{Site, text};
use serde_json::{Value, json};

#[tokio::test]
async fn h03_who_reported_is_told_to_nobody_but_administrators() {
    let site = Site::open().await;
    let (owner, author, reporter) =
        (site.person("owner").await, site.person("author").await, site.person("reporter").await);
    let group = owner.group(&[&author, &reporter]).await;
    let event = author.say(&group, "buy this").await;
    let messages = json!([{ "conversation": group, "event": event }]);
    let report = json!({ "user": author.address, "reason": "spam", "text": "again", "messages": messages });
    reporter.call("report.send", report).await.ok();
    let place = json!({ "conversation": group });
    let listed = owner.call("report.list", place.clone()).await.ok();
    assert_eq!(text(&listed, "/items/0/user/address"), author.address);
    assert_eq!(text(&listed, "/items/0/messages/0/event_id"), event);
    assert!(!listed.to_string().contains("reporter"), "{listed}");
    for other in [&author, &reporter] {
        assert_eq!(other.call("report.list", place.clone()).await.code(), "conversation.forbidden");
    }
    let id = text(&listed, "/items/0/report");
    let settle = json!({ "conversation": group, "report": id });
    owner.call("report.dismiss", settle.clone()).await.ok();
    assert_eq!(owner.call("report.dismiss", settle).await.code(), "report.not_found");
    let nonsense = json!({ "conversation": group, "report": "no id at all" });
    assert_eq!(owner.call("report.dismiss", nonsense).await.code(), "report.not_found");
    assert_eq!(owner.call("report.list", place).await.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_report_names_only_messages_that_the_reporter_can_read_and_is_bounded() {
    let site = Site::open().await;
    let (owner, author, stranger) =
        (site.person("owner").await, site.person("author").await, site.person("stranger").await);
    let group = owner.group(&[&author]).await;
    let event = author.say(&group, "private").await;
    let name = json!({ "conversation": group, "event": event });
    let report = |messages: Value, words: &str| json!({ "user": author.address, "reason": "abuse", "text": words, "messages": messages });
    stranger.call("report.send", report(json!([name]), "I cannot see this")).await.ok();
    assert_eq!(owner.call("report.list", json!({ "conversation": group })).await.ok()["items"], json!([]));
    for wrong in [report(json!([]), &"x".repeat(4_097)), report(json!(vec![name; 101]), "")] {
        assert_eq!(stranger.call("report.send", wrong).await.code(), "request.invalid_value");
    }
    let own = json!({ "user": stranger.address, "reason": "spam" });
    assert_eq!(stranger.call("report.send", own).await.code(), "request.invalid_value");
    let nobody = json!({ "user": "nobody", "reason": "spam" });
    assert_eq!(stranger.call("report.send", nobody).await.code(), "user.not_found");
}

#[tokio::test]
async fn reports_have_a_limit_of_their_own() {
    let environment = [("PARLANCE__LIMITS__RATES__REPORT__BURST", "2")];
    let site = Site::open_with(&environment).await;
    let (alice, bob) = (site.person("alice").await, site.person("bob").await);
    let report = json!({ "user": bob.address, "reason": "spam" });
    for _ in 0..2 {
        alice.call("report.send", report.clone()).await.ok();
    }
    assert_eq!(alice.call("report.send", report).await.code(), "limit.rate");
}

#[tokio::test]
async fn the_directory_tells_of_what_is_listed_and_of_nobody_in_it() {
    let site = Site::open().await;
    let (owner, finder) = (site.person("owner").await, site.person("finder").await);
    let group = owner.group(&[]).await;
    let hidden = owner.group(&[]).await;
    assert_eq!(finder.call("directory.list", json!({})).await.ok()["items"], json!([]));
    let settings = json!({ "conversation": group, "listed": true, "topic": "Cake" });
    let changed = owner.call("conversation.change_settings", settings).await.ok();
    assert_eq!(changed["settings"]["listed"], json!(true));
    let found = finder.call("directory.list", json!({ "query": "cake" })).await.ok();
    assert_eq!(text(&found, "/items/0/conversation"), group);
    assert_eq!(found["items"][0]["members_count"], 1);
    assert!(!found.to_string().contains("owner") && !found.to_string().contains(&hidden), "{found}");
    assert_eq!(finder.call("directory.list", json!({ "query": "pie" })).await.ok()["items"], json!([]));
    for wrong in [json!({ "query": "x".repeat(129) }), json!({ "limit": 0 }), json!({ "limit": 101 })] {
        assert_eq!(finder.call("directory.list", wrong).await.code(), "request.invalid_value");
    }
    let join = finder.call("directory.join", json!({ "conversation": group })).await.ok();
    assert_eq!(join["state"], "requested");
    let nowhere = finder.call("directory.join", json!({ "conversation": hidden })).await;
    assert_eq!(nowhere.code(), "conversation.not_found");
}

#[tokio::test]
async fn a_request_of_a_stranger_waits_until_they_are_a_contact() {
    let site = Site::open().await;
    let (alice, mallory) = (site.person("alice").await, site.person("mallory").await);
    let opened = mallory.call("conversation.direct", json!({ "user": alice.address })).await.ok();
    let direct = text(&opened, "/conversation");
    mallory.say(&direct, "hello").await;
    let place = json!({ "conversation": direct });
    assert_eq!(alice.call("conversation.get", place.clone()).await.ok()["is_request"], json!(true));
    alice.call("contact.set", json!({ "user": mallory.address })).await.ok();
    assert!(alice.call("conversation.get", place).await.ok().get("is_request").is_none());
}

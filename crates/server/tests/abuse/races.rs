//! Things that may be done once, done by many at once.

use crate::client::{Answer, PASSWORD, Site, text};
use futures_util::future::join_all;
use serde_json::json;

const MANY: usize = 50;

fn count(answers: &[Answer], code: &str) -> usize {
    answers.iter().filter(|answer| answer.code() == code).count()
}

#[tokio::test]
async fn h08_an_invitation_for_one_makes_one_account() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let code = text(&owner.call("invitation.create", json!({ "uses": 1 })).await.ok(), "/code");
    let nobody = site.nobody();
    let register = |number: usize| {
        let request = json!({ "name": format!("guest{number}"), "password": PASSWORD, "invitation": code });
        nobody.call("auth.register", request)
    };
    let answers = join_all((0..MANY).map(register)).await;
    assert_eq!((count(&answers, "ok"), count(&answers, "auth.invitation_invalid")), (1, MANY - 1));
    let found = owner.call("user.find", json!({ "query": "guest" })).await.ok();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "{found}");
}

#[tokio::test]
async fn h08_an_invite_link_for_one_lets_one_in() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let group = owner.group(&[]).await;
    let link = json!({ "conversation": group, "uses": 1 });
    let code = text(&owner.call("link.create", link).await.ok(), "/code");
    let names: Vec<_> = (0..MANY).map(|number| format!("guest{number}")).collect();
    let guests = join_all(names.iter().map(|name| site.person(name))).await;
    let answers = join_all(guests.iter().map(|guest| guest.call("link.join", json!({ "code": code })))).await;
    assert_eq!((count(&answers, "ok"), count(&answers, "conversation.link_invalid")), (1, MANY - 1));
    let members = owner.call("member.list", json!({ "conversation": group })).await.ok();
    assert_eq!(members["items"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn h08_one_device_taking_a_link_many_times_uses_it_once() {
    let site = Site::open().await;
    let (owner, guest) = (site.person("owner").await, site.person("guest").await);
    let group = owner.group(&[]).await;
    for needs_approval in [true, false] {
        let link = json!({ "conversation": group, "uses": 3, "needs_approval": needs_approval });
        let code = text(&owner.call("link.create", link).await.ok(), "/code");
        let answers = join_all((0..MANY).map(|_| guest.call("link.join", json!({ "code": code })))).await;
        assert!(count(&answers, "ok") >= 1, "needs approval: {needs_approval}");
        let links = owner.call("link.list", json!({ "conversation": group })).await.ok();
        let left =
            links["items"].as_array().expect("a list").iter().find(|link| link["code"] == code.as_str());
        assert_eq!(left.expect("the link")["uses_left"], 2, "needs approval: {needs_approval}");
    }
}

#[tokio::test]
async fn h08_one_reference_makes_one_message() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let group = owner.group(&[]).await;
    let body = json!({ "type": "text", "text": "once" });
    let request = json!({ "conversation": group, "client_ref": "once", "body": body });
    let answers = join_all((0..MANY).map(|_| owner.call("event.send", request.clone()))).await;
    let places: Vec<_> = answers.iter().map(|answer| answer.ok()["seq"].clone()).collect();
    assert!(places.iter().all(|seq| *seq == places[0]), "{places:?}");
}

//! How somebody sorts their conversations is theirs alone, on all their devices, and bounded.

use crate::{
    client::{Site, text},
    socket::Heard,
};
use serde_json::json;

const WORK: &str = "0199aaaabbbb7ccc8ddd0eeeeffff001";
const HOME: &str = "0199aaaabbbb7ccc8ddd0eeeeffff002";
const CLUB: &str = "0199aaaabbbb7ccc8ddd0eeeeffff003";

#[tokio::test]
async fn h03_only_ones_own_devices_hear_of_folders() {
    let site = Site::open().await;
    let (alice, bob) = (site.person("alice").await, site.person("bob").await);
    let group = alice.group(&[&bob]).await;
    let (mut phone, mut theirs) = (alice.connect().await, bob.connect().await);
    alice.call("folder.set", json!({ "folder": WORK, "name": "Secret" })).await.ok();
    phone.call("folder.add", json!({ "folder": WORK, "conversation": group })).await.ok();
    phone.call("arrangement.order_favourites", json!({ "conversations": [group] })).await.ok();
    let kept = phone.call("arrangement.get", json!({})).await.ok();
    let folder = json!({ "folder": WORK, "name": "Secret", "conversations": [group] });
    assert_eq!(kept, json!({ "folders": [folder], "favourites": [group] }));
    assert_eq!(alice.call("arrangement.get", json!({})).await.ok(), kept);
    alice.say(&group, "the end").await;
    let mut hints = 0;
    loop {
        let Heard::Frame(push) = phone.next().await else { panic!("closed") };
        hints += usize::from(push["change"] == "arrangement");
        if push["push"] == "event" && push.to_string().contains("the end") {
            break;
        }
    }
    assert_eq!(hints, 3);
    loop {
        let Heard::Frame(push) = theirs.next().await else { panic!("closed") };
        assert!(push["change"] != "arrangement" && !push.to_string().contains("Secret"), "{push}");
        if push["push"] == "event" && push.to_string().contains("the end") {
            break;
        }
    }
    let nothing = json!({ "folders": [], "favourites": [] });
    assert_eq!(bob.call("arrangement.get", json!({})).await.ok(), nothing);
}

#[tokio::test]
async fn folders_are_bounded_by_a_setting_and_counted() {
    let environment =
        [("PARLANCE__LIMITS__ENABLED", "false"), ("PARLANCE__LIMITS__FOLDERS_PER_USER_MAX", "2")];
    let site = Site::open_with(&environment).await;
    let alice = site.person("alice").await;
    let set = async |folder: &str, name: &str| {
        alice.call("folder.set", json!({ "folder": folder, "name": name })).await
    };
    set(WORK, "Work").await.ok();
    set(HOME, "Home").await.ok();
    assert_eq!(set(CLUB, "Club").await.code(), "limit.count");
    set(WORK, "Office").await.ok();
    assert_eq!(set(WORK, &"x".repeat(51)).await.code(), "request.invalid_value");
    assert_eq!(set("no id", "Club").await.code(), "folder.not_found");
    alice.call("folder.order", json!({ "folders": [HOME, WORK] })).await.ok();
    alice.call("folder.delete", json!({ "folder": WORK })).await.ok();
    let kept = alice.call("arrangement.get", json!({})).await.ok();
    assert_eq!(text(&kept, "/folders/0/name"), "Home");
    assert!((site.metric("parlance_folders_refused_total").await - 1.0).abs() < f64::EPSILON);
}

#[tokio::test]
async fn what_is_changed_of_preferences_leaves_the_rest() {
    let site = Site::open().await;
    let alice = site.person("alice").await;
    let group = alice.group(&[]).await;
    alice.say(&group, "hello").await;
    for change in [json!({ "muted": true }), json!({ "hidden": true }), json!({ "favourite": true })] {
        let mut args = json!({ "conversation": group });
        args.as_object_mut().expect("an object").extend(change.as_object().cloned().unwrap_or_default());
        alice.call("conversation.change_preferences", args).await.ok();
    }
    let told = alice.call("conversation.get", json!({ "conversation": group })).await.ok();
    let expected = json!({ "muted": true, "favourite": true, "hidden": true, "hidden_seq": told["head"] });
    assert_eq!(told["membership"]["preferences"], expected);
}

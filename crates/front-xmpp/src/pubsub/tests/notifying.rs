use super::*;
use crate::stage::Stage;

const MOOD: &str = "http://jabber.org/protocol/mood";
const ITEM: &str = "<mood xmlns='http://jabber.org/protocol/mood'><happy/></mood>";

#[tokio::test]
async fn own_clients_and_contacts_are_told_of_what_they_want_to_know() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    let (mut eve, mut carol) = (stage.client("eve").await, stage.client("carol").await);
    befriend(&alice, &bob).await;
    befriend(&alice, &carol).await;
    let question = announce(&mut bob, &[MOOD]).await;
    assert!(question.contains("from='example.org'") && question.contains("node='urn:n#"), "{question}");
    announce(&mut alice, &[MOOD]).await;
    announce(&mut eve, &[MOOD]).await;
    publish(&mut alice, MOOD, "current", ITEM, &[]).await;
    for client in [&mut alice, &mut bob] {
        let told = client.sees(&["<message from='alice@example.org'", "#event", "<happy/>"]).await;
        assert!(told.contains("type='headline'") && told.contains("<item id='current'>"), "{told}");
    }
    for client in [&mut eve, &mut carol] {
        let rest = client.rest().await;
        assert!(rest.iter().all(|xml| !xml.contains("#event")), "{rest:?}");
    }
    let retract = format!("<retract node='{MOOD}' notify='true'><item id='current'/></retract>");
    ask(&mut alice, "set", "", &pubsub(&retract)).await;
    bob.sees(&["<retract id='current'/>"]).await;
    publish(&mut alice, MOOD, "current", ITEM, &[]).await;
    ask(&mut alice, "set", "", &owner(&format!("<delete node='{MOOD}'/>"))).await;
    bob.sees(&["<delete node='http://jabber.org/protocol/mood'/>"]).await;
}

#[tokio::test]
async fn whoever_comes_is_sent_the_newest_items() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    befriend(&alice, &bob).await;
    publish(&mut alice, MOOD, "current", ITEM, &[]).await;
    publish(&mut alice, "urn:private", "x", "<x xmlns='urn:private'/>", &[("access_model", "whitelist")])
        .await;
    announce(&mut bob, &[MOOD, "urn:private"]).await;
    bob.sees(&["from='alice@example.org'", "<happy/>", "urn:xmpp:delay"]).await;
    let rest = bob.rest().await;
    assert!(rest.iter().all(|xml| !xml.contains("urn:private'/>")), "{rest:?}");
}

/// # Source
/// XEP-0115 section 8.1: a client may not say for others what they support.
#[tokio::test]
async fn what_does_not_match_its_hash_is_believed_of_that_client_alone() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    let first = announce(&mut alice, &[MOOD]).await;
    let second = announce(&mut bob, &[MOOD]).await;
    assert!(first.contains("#info") && second.contains("#info"), "both are asked: {first} {second}");
}

#[tokio::test]
async fn a_subscriber_is_told_without_a_contact() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    publish(&mut alice, "urn:n", "a", "<a xmlns='urn:n'/>", &[("access_model", "open")]).await;
    let subscribe = "<subscribe node='urn:n' jid='bob@example.org'/>";
    ask(&mut bob, "set", "alice@example.org", &pubsub(subscribe)).await;
    bob.sees(&["#event", "<item id='a'>"]).await;
    let all = ask(&mut bob, "get", "alice@example.org", &pubsub("<subscriptions/>")).await;
    assert!(all.contains("node='urn:n'") && all.contains("subscription='subscribed'"), "{all}");
    publish(&mut alice, "urn:n", "b", "<a xmlns='urn:n'/>", &[]).await;
    bob.sees(&["#event", "<item id='b'>"]).await;
    let unsubscribe = "<unsubscribe node='urn:n' jid='bob@example.org'/>";
    ask(&mut bob, "set", "alice@example.org", &pubsub(unsubscribe)).await;
    publish(&mut alice, "urn:n", "c", "<a xmlns='urn:n'/>", &[]).await;
    let rest = bob.rest().await;
    assert!(rest.iter().all(|xml| !xml.contains("id='c'")), "{rest:?}");
}

use super::*;
use crate::stage::Stage;

const PNG: &str = "iVBORw0KGgo=";
/// Of the bytes of `PNG`.
const HASH: &str = "4caece539b039b16e16206ea2478f8c5ffb2ca05";

#[tokio::test]
async fn a_vcard_is_for_everybody_and_has_a_name_at_least() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    let asked = "<vCard xmlns='vcard-temp'/>";
    let seen = ask(&mut bob, "get", "alice@example.org", asked).await;
    assert!(seen.contains("<FN>alice</FN>"), "{seen}");
    let card = "<vCard xmlns='vcard-temp'><FN>Alice L.</FN><NICKNAME>al</NICKNAME></vCard>";
    ask(&mut alice, "set", "", card).await;
    let seen = ask(&mut bob, "get", "alice@example.org", asked).await;
    assert!(seen.contains("Alice L.") && seen.contains("al</NICKNAME>"), "{seen}");
    let refused = ask(&mut bob, "set", "alice@example.org", card).await;
    assert!(refused.contains("type='error'"), "{refused}");
}

#[tokio::test]
async fn an_avatar_and_the_photo_of_a_vcard_are_the_same() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    befriend(&alice, &bob).await;
    alice.rest().await;
    bob.rest().await;
    announce(&mut bob, &["urn:xmpp:avatar:metadata"]).await;
    let card = format!(
        "<vCard xmlns='vcard-temp'><FN>A</FN><PHOTO><TYPE>image/png</TYPE><BINVAL>{PNG}</BINVAL></PHOTO></vCard>"
    );
    ask(&mut alice, "set", "", &card).await;
    bob.sees(&["<presence", "alice@example.org/desk", &format!("<photo>{HASH}</photo>")]).await;
    let told = bob.sees(&["urn:xmpp:avatar:metadata", "image/png"]).await;
    let hash = told.split("<info id='").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    assert_eq!(hash, HASH);
    let data = items(&mut bob, "alice@example.org", "urn:xmpp:avatar:data").await;
    assert!(data.contains(PNG) && data.contains(&hash), "{data}");
    let seen = ask(&mut bob, "get", "alice@example.org", "<vCard xmlns='vcard-temp'/>").await;
    assert!(seen.contains(&format!("<BINVAL>{PNG}</BINVAL>")), "{seen}");
    alice.send("<presence/>").await;
    let presence = |client: &Client| client.seat().with(|state| state.presence.clone().unwrap().payload);
    assert!(presence(&alice).contains(&format!("<photo>{HASH}</photo>")), "{}", presence(&alice));
    alice.send("<presence id='p'><x xmlns='vcard-temp:x:update'/></presence>").await;
    assert!(!presence(&alice).contains("<photo>"), "it says so itself: {}", presence(&alice));
    ask(&mut alice, "set", "", "<vCard xmlns='vcard-temp'><FN>A</FN></vCard>").await;
    bob.sees(&["<metadata xmlns='urn:xmpp:avatar:metadata'/>"]).await;
}

#[tokio::test]
async fn a_nickname_that_is_published_is_the_display_name() {
    let stage = Stage::new().await;
    let mut alice = stage.client("alice").await;
    let node = "http://jabber.org/protocol/nick";
    publish(&mut alice, node, "current", &format!("<nick xmlns='{node}'>Queen</nick>"), &[]).await;
    let person = stage.xmpp.hub.person(alice.who.id).await.unwrap();
    assert_eq!(person.display_name, "Queen");
}

#[tokio::test]
async fn private_storage_gives_back_what_was_put_in() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    let private = |inner: &str| format!("<query xmlns='jabber:iq:private'>{inner}</query>");
    let seen = ask(&mut alice, "get", "", &private("<e xmlns='urn:e'/>")).await;
    assert!(seen.contains("<e xmlns='urn:e'/>"), "{seen}");
    ask(&mut alice, "set", "", &private("<e xmlns='urn:e'><nick>H</nick></e>")).await;
    let seen = ask(&mut alice, "get", "", &private("<e xmlns='urn:e'/>")).await;
    assert!(seen.contains("<nick>H</nick>"), "{seen}");
    let refused = ask(&mut bob, "get", "alice@example.org", &private("<e xmlns='urn:e'/>")).await;
    assert!(refused.contains("type='error'"), "{refused}");
    let direct = items(&mut bob, "alice@example.org", "jabber:iq:private#urn:e#e").await;
    assert!(direct.contains("<service-unavailable"), "{direct}");
}

#[tokio::test]
async fn the_newer_vcard_is_found_by_both_roads() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    let card = "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>Alice</text></fn></vcard>";
    publish(&mut alice, "urn:xmpp:vcard4", "current", card, &[("access_model", "open")]).await;
    let asked = "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/>";
    let seen = ask(&mut bob, "get", "alice@example.org", asked).await;
    assert!(seen.contains("<text>Alice</text>"), "{seen}");
}

use super::*;
use crate::stage::Stage;

const DEVICES: &str = "eu.siacs.conversations.axolotl.devicelist";
const BUNDLES: &str = "urn:xmpp:omemo:2:bundles";
const OPEN: &[(&str, &str)] = &[("access_model", "open"), ("max_items", "max"), ("persist_items", "true")];

#[tokio::test]
async fn keys_are_published_for_everybody_and_come_back_as_they_were() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    let bundle = "<bundle xmlns='urn:xmpp:omemo:2' xmlns:x='urn:x' x:y='1'><spk id='0'>A+/=</spk></bundle>";
    for id in ["31415", "27182"] {
        let answer = publish(&mut alice, BUNDLES, id, bundle, OPEN).await;
        assert!(answer.contains("type='result'") && answer.contains(id), "{answer}");
    }
    let list = "<list xmlns='eu.siacs.conversations.axolotl'><device id='31415'/></list>";
    publish(&mut alice, DEVICES, "current", list, OPEN).await;
    let seen = items(&mut bob, "alice@example.org", BUNDLES).await;
    assert!(seen.contains("id='31415'") && seen.contains("id='27182'"), "{seen}");
    assert!(seen.contains("<spk id='0'>A+/=</spk>") && seen.contains("='urn:x'"), "{seen}");
    let one = format!("<items node='{BUNDLES}'><item id='27182'/></items>");
    let seen = ask(&mut bob, "get", "alice@example.org", &pubsub(&one)).await;
    assert!(seen.contains("27182") && !seen.contains("31415"), "{seen}");
    let last = format!("<items node='{BUNDLES}' max_items='1'/>");
    let seen = ask(&mut bob, "get", "alice@example.org", &pubsub(&last)).await;
    assert!(seen.contains("27182") && !seen.contains("31415"), "{seen}");
}

#[tokio::test]
async fn a_node_that_is_set_up_otherwise_is_not_published_to() {
    let stage = Stage::new().await;
    let mut alice = stage.client("alice").await;
    publish(&mut alice, "urn:n", "a", "<a xmlns='urn:n'/>", OPEN).await;
    let refused =
        publish(&mut alice, "urn:n", "b", "<a xmlns='urn:n'/>", &[("access_model", "presence")]).await;
    assert!(refused.contains("<conflict") && refused.contains("<precondition-not-met"), "{refused}");
    let seen = items(&mut alice, "", "urn:n").await;
    assert!(seen.contains("id='a'") && !seen.contains("id='b'"), "{seen}");
    let configure = format!("<configure node='urn:n'>{}</configure>", form(&[("access_model", "presence")]));
    let done = ask(&mut alice, "set", "", &owner(&configure)).await;
    assert!(done.contains("type='result'"), "{done}");
    let shown = ask(&mut alice, "get", "", &owner("<configure node='urn:n'/>")).await;
    assert!(shown.contains("<value>presence</value>") && shown.contains("<value>max</value>"), "{shown}");
    let done = publish(&mut alice, "urn:n", "b", "<a xmlns='urn:n'/>", &[("access_model", "presence")]).await;
    assert!(done.contains("type='result'"), "{done}");
}

#[tokio::test]
async fn who_may_read_is_for_the_owner_to_say() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    alice.front.xmpp.hub.request_presence(alice.seat().caller, bob.who.id).await.unwrap();
    for (model, refusal) in [
        ("presence", Some("<presence-subscription-required")),
        ("roster", Some("<not-in-roster-group")),
        ("whitelist", Some("<closed-node")),
        ("open", None),
    ] {
        let node = format!("urn:{model}");
        publish(&mut alice, &node, "a", "<a xmlns='urn:n'/>", &[("access_model", model)]).await;
        let seen = items(&mut bob, "alice@example.org", &node).await;
        match refusal {
            Some(refusal) => assert!(seen.contains(refusal) && !seen.contains("<item "), "{seen}"),
            None => assert!(seen.contains("<item id='a'>"), "{seen}"),
        }
        let subscribe = format!("<subscribe node='{node}' jid='bob@example.org'/>");
        let seen = ask(&mut bob, "set", "alice@example.org", &pubsub(&subscribe)).await;
        assert_eq!(seen.contains("type='error'"), refusal.is_some(), "{seen}");
    }
    befriend(&alice, &bob).await;
    let seen = items(&mut bob, "alice@example.org", "urn:presence").await;
    assert!(seen.contains("<item id='a'>"), "{seen}");
    let member = "<affiliation jid='bob@example.org' affiliation='member'/>";
    let members = format!("<affiliations node='urn:whitelist'>{member}</affiliations>");
    ask(&mut alice, "set", "", &owner(&members)).await;
    let seen = items(&mut bob, "alice@example.org", "urn:whitelist").await;
    assert!(seen.contains("<item id='a'>"), "{seen}");
    alice.front.xmpp.hub.set_blocked(alice.seat().caller, bob.who.id, true).await.unwrap();
    let seen = items(&mut bob, "alice@example.org", "urn:open").await;
    assert!(seen.contains("<service-unavailable"), "{seen}");
}

#[tokio::test]
async fn strangers_do_not_learn_whether_somebody_exists() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    for model in ["presence", "roster", "whitelist"] {
        publish(&mut alice, &format!("urn:{model}"), "a", "<a/>", &[("access_model", model)]).await;
    }
    for (kind, request) in [
        ("get", pubsub("<items node='urn:presence'/>")),
        ("get", pubsub("<items node='urn:roster'/>")),
        ("get", pubsub("<items node='urn:whitelist'/>")),
        ("get", pubsub("<items node='urn:missing'/>")),
        ("get", pubsub("<items/>")),
        ("get", pubsub("<subscriptions/>")),
        ("get", pubsub("<affiliations/>")),
        ("get", pubsub("<default/>")),
        ("get", pubsub("")),
        ("get", pubsub("<frobnicate/>")),
        ("set", pubsub("<subscribe node='urn:presence' jid='bob@example.org'/>")),
        ("set", pubsub("<unsubscribe node='urn:presence' jid='bob@example.org'/>")),
        ("set", pubsub("<publish node='urn:n'><item id='b'><a/></item></publish>")),
        ("get", owner("<configure node='urn:presence'/>")),
        ("set", owner("<delete node='urn:presence'/>")),
    ] {
        let of_somebody = ask(&mut bob, kind, "alice@example.org", &request).await;
        let of_nobody = ask(&mut bob, kind, "nobody@example.org", &request).await;
        assert!(of_nobody.contains("type='error'"), "{of_nobody}");
        assert_eq!(of_somebody.replace("alice", "nobody"), of_nobody, "{request}");
    }
}

#[tokio::test]
async fn nobody_else_publishes_or_sets_up() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    publish(&mut alice, "urn:n", "a", "<a xmlns='urn:n'/>", OPEN).await;
    let publish = "<publish node='urn:n'><item id='b'><a xmlns='urn:n'/></item></publish>";
    for request in [
        pubsub(publish),
        pubsub("<retract node='urn:n'><item id='a'/></retract>"),
        pubsub("<create node='urn:m'/>"),
        owner("<delete node='urn:n'/>"),
        owner("<purge node='urn:n'/>"),
    ] {
        let refused = ask(&mut bob, "set", "alice@example.org", &request).await;
        assert!(refused.contains("<forbidden"), "{refused}");
    }
    assert!(items(&mut alice, "", "urn:n").await.contains("<item id='a'>"));
}

#[tokio::test]
async fn requests_that_say_too_little_are_refused_by_name() {
    let stage = Stage::new().await;
    let mut alice = stage.client("alice").await;
    for (request, refusal) in [
        ("<publish><item/></publish>", "<nodeid-required"),
        ("<publish node='urn:n'/>", "<item-required"),
        ("<publish node='urn:n'><item id='a'/></publish>", "<payload-required"),
        ("<publish node='urn:n'><item><a/><b/></item></publish>", "<invalid-payload"),
        ("<retract node='urn:n'/>", "<item-required"),
        ("<retract node='urn:n'><item id='a'/></retract>", "<item-not-found"),
        ("<subscribe node='urn:n' jid='bob@example.org'/>", "<invalid-jid"),
        ("<unsubscribe node='urn:n' jid='alice@example.org'/>", "<item-not-found"),
        ("<frobnicate/>", "<feature-not-implemented"),
    ] {
        let refused = ask(&mut alice, "set", "", &pubsub(request)).await;
        assert!(refused.contains(refusal), "{request}: {refused}");
    }
}

#[tokio::test]
async fn items_are_read_in_pages() {
    let stage = Stage::new().await;
    let mut alice = stage.client("alice").await;
    for id in ["a", "b", "c", "d", "e"] {
        publish(&mut alice, "urn:n", id, "<a xmlns='urn:n'/>", OPEN).await;
    }
    let rsm = |inner: &str| {
        pubsub(&format!("<items node='urn:n'/><set xmlns='http://jabber.org/protocol/rsm'>{inner}</set>"))
    };
    let first = ask(&mut alice, "get", "", &rsm("<max>2</max>")).await;
    assert!(first.contains("<first>a</first><last>b</last><count>5</count>"), "{first}");
    let next = ask(&mut alice, "get", "", &rsm("<max>2</max><after>b</after>")).await;
    assert!(next.contains("<first>c</first><last>d</last>"), "{next}");
    let end = ask(&mut alice, "get", "", &rsm("<max>2</max><before/>")).await;
    assert!(end.contains("<first>d</first><last>e</last>"), "{end}");
    let unknown = ask(&mut alice, "get", "", &rsm("<after>z</after>")).await;
    assert!(unknown.contains("<item-not-found"), "{unknown}");
}

#[tokio::test]
async fn nodes_are_said_to_be_made_at_accounts_alone() {
    let stage = Stage::new().await;
    let mut alice = stage.client("alice").await;
    let info = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
    for (address, is_said) in [("alice@example.org", true), ("example.org", false)] {
        let seen = ask(&mut alice, "get", address, info).await;
        assert!(seen.contains("category='pubsub' type='pep'"), "{seen}");
        assert_eq!(seen.contains("pubsub#create-nodes"), is_said, "{seen}");
    }
}

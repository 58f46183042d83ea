//! Names of resources that are long, strange or somebody else's.

use super::client::{Client, many, site};
use std::collections::HashSet;

const BIND: &str = "<iq type='set' id='ID'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";

#[tokio::test]
async fn x54_the_same_name_written_differently_is_the_same_resource() {
    let site = site().await;
    site.person("romeo").await;
    // Composed and decomposed; spaces of other kinds; a space and the one that does not break.
    for (one, other) in
        [("caf\u{e9}", "cafe\u{301}"), ("a b", "a\u{3000}b"), ("\u{212b}", "\u{c5}"), ("a b", "a\u{a0}b")]
    {
        let mut first = Client::log_in(&site, "romeo", one).await;
        let second = Client::log_in(&site, "romeo", other).await;
        assert_eq!(first.jid, second.jid);
        first.ends_with("conflict").await;
    }
}

#[tokio::test]
async fn x54_names_that_differ_are_different_resources() {
    let site = site().await;
    site.person("romeo").await;
    let mut clients = Vec::new();
    for name in [
        "phone",
        "Phone",
        "ph\u{43e}ne",
        "\u{ff50}hone",
        "phone/",
        "phone@localhost",
        "phone/phone",
        "\u{1f4f1}",
    ] {
        clients.push(Client::log_in(&site, "romeo", name).await);
    }
    let jids: HashSet<_> = clients.iter().map(|client| client.jid.clone()).collect();
    assert_eq!(jids.len(), clients.len());
    for client in &mut clients {
        client.settle().await;
    }
}

#[tokio::test]
async fn x54_names_that_nobody_can_have_are_refused_and_another_one_may_be_tried() {
    let site = site().await;
    site.person("romeo").await;
    let mut romeo = Client::open(&site).await;
    romeo.sign_in("romeo").await;
    let long = ["x".repeat(1_024), "\u{e9}".repeat(512), "x".repeat(100_000), "\u{212b}".repeat(20_000)];
    let strange = ["\u{7f}", "a\u{9}b", "\u{200e}a", "a\u{ad}b", "\u{e000}", "\u{2028}", "\u{378}"];
    for name in long.iter().map(String::as_str).chain(strange) {
        let answer = romeo.bind(name).await;
        assert!(answer.contains("<bad-request "), "{name:?} got {answer}");
    }
    romeo.bind("balcony").await;
    assert_eq!(romeo.jid, "romeo@localhost/balcony");
    site.check_is_well().await;
}

#[tokio::test]
async fn a_second_resource_is_not_bound_on_one_stream() {
    let site = site().await;
    site.person("romeo").await;
    let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
    let answer = romeo.bind("orchard").await;
    assert!(answer.contains("<error ") && !answer.contains("<jid>"), "{answer}");
    let answer = romeo
        .request("<iq to='romeo@localhost/orchard' type='get' id='ID'><ping xmlns='urn:xmpp:ping'/></iq>");
    assert!(answer.await.contains("<service-unavailable "));

    // Both in one piece.
    let mut romeo = Client::open(&site).await;
    romeo.sign_in("romeo").await;
    romeo.send(BIND.replace("ID", "one") + &BIND.replace("ID", "two")).await;
    let said = romeo.settle().await;
    assert_eq!(said.matches("<jid>").count(), 1, "{said}");
    site.check_is_well().await;
}

#[tokio::test]
async fn a_resource_that_is_taken_over_and_over_leaves_one() {
    let site = site().await;
    site.person("romeo").await;
    let mut before = Client::log_in(&site, "romeo", "balcony").await;
    for _ in 0..20 {
        let next = Client::log_in(&site, "romeo", "balcony").await;
        before.ends_with("conflict").await;
        before = next;
    }
    before.settle().await;
    assert_eq!(site.metric("parlance_xmpp_streams").await as u32, 1);
}

#[tokio::test]
async fn one_person_has_a_bounded_number_of_resources() {
    let site = site().await;
    site.person("romeo").await;
    let mut clients = Vec::new();
    for number in 0..110 {
        clients.push(Client::log_in(&site, "romeo", &format!("resource-{number}")).await);
    }
    let mut open = 0;
    for client in &mut clients {
        client.send(many(1, |_| "<r xmlns='urn:xmpp:sm:3'/>".to_owned()) + "</stream:stream>").await;
        let said = client.rest().await;
        open += usize::from(!said.contains("<stream:error>"));
    }
    assert!((90..=100).contains(&open), "{open} are open");
    site.check_is_well().await;
}

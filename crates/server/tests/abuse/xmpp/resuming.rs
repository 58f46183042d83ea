//! Streams that are gone on with, by their owner or by somebody else, and tokens.

use super::{
    client::{Client, many, site, site_with, within},
    scram::hmac,
};
use crate::client::{PASSWORD, Person, Site};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

const SM: &str = "urn:xmpp:sm:3";
const ENABLE: &str = "<enable xmlns='urn:xmpp:sm:3' resume='true'/>";

/// Somebody who can go on after a loss, and the name of the stream.
async fn resumable(site: &Site, name: &str, resource: &str) -> (Client, String) {
    let mut client = Client::log_in(site, name, resource).await;
    client.send(ENABLE).await;
    let enabled = client.until("/>").await;
    let id = within(&enabled, " id='", "'").expect("a name").to_owned();
    (client, id)
}

/// Signs in and asks to go on with a stream; the client, and the answer up to a text.
async fn resume(site: &Site, who: &str, id: &str, h: &str, until: &str) -> (Client, String) {
    let mut client = Client::open(site).await;
    client.sign_in(who).await;
    client.send(format!("<resume xmlns='{SM}' previd='{id}' h='{h}'/>")).await;
    let answer = client.until(until).await;
    (client, answer)
}

#[tokio::test]
async fn x38_a_stream_is_gone_on_with_by_its_owner_alone() {
    let site = site().await;
    site.person("romeo").await;
    site.person("juliet").await;
    let (juliet, id) = resumable(&site, "juliet", "chamber").await;
    for guess in [id.as_str(), "", "1", "' or '1'='1", &id[..id.len() - 1], &id.to_uppercase()] {
        let guess = guess.replace('\'', "&apos;");
        let (_, answer) = resume(&site, "romeo", &guess, "0", "</failed>").await;
        assert!(answer.contains("<item-not-found "), "{answer}");
    }
    drop(juliet);
    let (_, answer) = resume(&site, "romeo", &id, "0", "</failed>").await;
    assert!(answer.contains("<item-not-found "), "{answer}");
    let (mut juliet, answer) = resume(&site, "juliet", &id, "0", "/>").await;
    assert!(answer.contains("<resumed "), "{answer}");
    juliet.settle().await;
}

#[tokio::test]
async fn x38_a_stream_that_ended_or_was_gone_on_with_is_not_gone_on_with_again() {
    let site = site().await;
    site.person("romeo").await;
    let (mut romeo, id) = resumable(&site, "romeo", "balcony").await;
    romeo.send("</stream:stream>").await;
    romeo.rest().await;
    resume(&site, "romeo", &id, "0", "</failed>").await;

    let (mut first, id) = resumable(&site, "romeo", "balcony").await;
    let (mut second, _) = resume(&site, "romeo", &id, "0", "<resumed ").await;
    first.ends_with("conflict").await;
    let (mut third, _) = resume(&site, "romeo", &id, "0", "<resumed ").await;
    second.ends_with("conflict").await;
    third.settle().await;
    third.send(format!("<resume xmlns='{SM}' previd='{id}' h='0'/>")).await;
    assert!(third.until("</failed>").await.contains("<unexpected-request "));
    third.send(ENABLE).await;
    assert!(third.until("</failed>").await.contains("<unexpected-request "));
    site.check_is_well().await;
}

#[tokio::test]
async fn x38_two_who_go_on_with_one_stream_at_once_do_not_both_have_it() {
    let site = site().await;
    site.person("romeo").await;
    let (romeo, id) = resumable(&site, "romeo", "balcony").await;
    let mut clients = Vec::new();
    for _ in 0..8 {
        let mut client = Client::open(&site).await;
        client.sign_in("romeo").await;
        clients.push(client);
    }
    for client in &mut clients {
        client.send(format!("<resume xmlns='{SM}' previd='{id}' h='0'/><r xmlns='{SM}'/>")).await;
    }
    drop(romeo);
    // Each has it, had it, or never got it; only one has it at the end.
    let mut have = 0;
    for mut client in clients {
        client.send("</stream:stream>").await;
        let said = client.rest().await;
        have += usize::from(said.contains("<resumed ") && !said.contains("<conflict "));
    }
    assert!(have <= 1, "{have} have it");
    site.check_is_well().await;
}

#[tokio::test]
async fn x38_nobody_goes_on_with_a_stream_after_the_device_was_revoked() {
    let site = site().await;
    let owner = site.person("romeo").await;
    let (romeo, id) = resumable(&site, "romeo", "balcony").await;
    drop(romeo);
    revoke(&owner, "balcony").await;
    resume(&site, "romeo", &id, "0", "</failed>").await;
}

/// Revokes the device that a client made.
async fn revoke(owner: &Person, name: &str) {
    let devices = owner.call("device.list", json!({})).await.ok();
    let devices = devices["items"].as_array().expect("a list").clone();
    let device = devices.iter().find(|device| device["name"] == name).expect("a device")["device"].clone();
    owner.call("device.revoke", json!({ "device": device })).await.ok();
}

#[tokio::test]
async fn x39_what_was_never_sent_cannot_be_acknowledged() {
    let site = site().await;
    site.person("romeo").await;
    for h in ["100", "4294967295", "2147483648"] {
        let (mut romeo, id) = resumable(&site, "romeo", "balcony").await;
        romeo.send(format!("<a xmlns='{SM}' h='{h}'/>")).await;
        let said = romeo.ends_with("undefined-condition").await;
        assert!(said.contains("handled-count-too-high"), "{said}");
        resume(&site, "romeo", &id, "0", "</failed>").await;

        let (romeo, id) = resumable(&site, "romeo", "balcony").await;
        drop(romeo);
        let (_, said) = resume(&site, "romeo", &id, h, "</stream:stream>").await;
        assert!(said.contains("handled-count-too-high"), "{said}");
    }
    for wrong in ["h=''", "h='-1'", "h='4294967296'", "h='1.0'", ""] {
        let (mut romeo, _) = resumable(&site, "romeo", "balcony").await;
        romeo.send(format!("<a xmlns='{SM}' {wrong}/>")).await;
        romeo.ends_with("invalid-xml").await;
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn x39_one_who_never_acknowledges_costs_a_bounded_amount() {
    let site = site().await;
    site.person("romeo").await;
    site.person("juliet").await;
    let (mut juliet, _) = resumable(&site, "juliet", "chamber").await;
    let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
    let words = "x".repeat(4_000);
    let message =
        format!("<message to='juliet@localhost/chamber' type='headline'><body>{words}</body></message>");
    romeo.send(&message).await;
    romeo.settle().await;
    let before = site.server.resident_kib();
    let mut refused = 0;
    for _ in 0..40 {
        romeo.send(many(100, |_| message.clone())).await;
        let said = romeo.settle().await;
        refused += said.matches("<resource-constraint ").count();
    }
    assert!(refused > 0, "somebody hears that it is too much");
    let grown = site.server.resident_kib().saturating_sub(before);
    assert!(grown < 16 * 1024, "{grown} KiB more");
    juliet.until("<message").await;
    site.check_is_well().await;
}

#[tokio::test]
async fn x39_commands_of_a_server_end_the_stream() {
    let site = site().await;
    site.person("romeo").await;
    for command in ["<enabled xmlns='SM'/>", "<resumed xmlns='SM' h='0' previd='a'/>", "<failed xmlns='SM'/>"]
    {
        let (mut romeo, _) = resumable(&site, "romeo", "balcony").await;
        romeo.send(command.replace("SM", SM)).await;
        let said = romeo.rest().await;
        assert!(said.contains("<stream:error>"), "{command} got {said}");
    }
    site.check_is_well().await;
}

/// Signs in by SASL2 with a message, in base64; the answer.
async fn authenticate(site: &Site, mechanism: &str, message: &str, further: &str) -> String {
    let mut client = Client::connect_encrypted(site).await;
    client.start().await;
    let agent =
        "<user-agent id='d4565fa7-4d72-4749-b3d3-740edbf87770'><software>Test</software></user-agent>";
    client
        .send(format!(
            "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='{mechanism}'>\
             <initial-response>{message}</initial-response>{agent}{further}</authenticate>"
        ))
        .await;
    client.send("</stream:stream>").await;
    client.rest().await
}

/// A token of somebody, given by password.
async fn token(site: &Site, name: &str) -> String {
    let plain = BASE64_STANDARD.encode(format!("\0{name}\0{PASSWORD}"));
    let request = "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>";
    let said = authenticate(site, "PLAIN", &plain, request).await;
    within(&said, " token='", "'").unwrap_or_else(|| panic!("no token in {said}")).to_owned()
}

fn proof(name: &str, token: &str) -> String {
    let mac = hmac(token.as_bytes(), b"Initiator");
    BASE64_STANDARD.encode([name.as_bytes(), b"\0", &mac].concat())
}

const USE: &str = "<fast xmlns='urn:xmpp:fast:0'/>";

#[tokio::test]
async fn x63_a_token_signs_in_its_owner_and_by_its_mechanism_alone() {
    let site = site().await;
    site.person("romeo").await;
    site.person("juliet").await;
    let token = token(&site, "romeo").await;
    let right = authenticate(&site, "HT-SHA-256-NONE", &proof("romeo", &token), USE).await;
    assert!(right.contains("<success "), "{right}");
    for (mechanism, message) in [
        ("HT-SHA-256-NONE", proof("juliet", &token)),
        ("HT-SHA-256-NONE", proof("romeo", &token[1..])),
        ("HT-SHA-256-NONE", proof("romeo", "")),
        ("HT-SHA-256-NONE", proof("nobody", &token)),
        ("HT-SHA-256-EXPR", proof("romeo", &token)),
        ("HT-SHA-256-ENDP", proof("romeo", &token)),
        ("PLAIN", BASE64_STANDARD.encode(format!("\0romeo\0{token}"))),
    ] {
        let said = authenticate(&site, mechanism, &message, USE).await;
        assert!(said.contains("<not-authorized ") && !said.contains("<success "), "{mechanism}: {said}");
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn x63_a_token_ends_with_its_device_its_account_or_when_its_owner_says_so() {
    let site = site().await;
    let owner = site.person("romeo").await;
    let is_in = |said: String| said.contains("<success ");

    let revoked = token(&site, "romeo").await;
    revoke(&owner, "Test").await;
    assert!(!is_in(authenticate(&site, "HT-SHA-256-NONE", &proof("romeo", &revoked), USE).await));

    let ended = token(&site, "romeo").await;
    let end = "<fast xmlns='urn:xmpp:fast:0' invalidate='true'/>";
    assert!(is_in(authenticate(&site, "HT-SHA-256-NONE", &proof("romeo", &ended), end).await));
    assert!(!is_in(authenticate(&site, "HT-SHA-256-NONE", &proof("romeo", &ended), USE).await));

    let disabled = token(&site, "romeo").await;
    site.disable(&owner);
    assert!(!is_in(authenticate(&site, "HT-SHA-256-NONE", &proof("romeo", &disabled), USE).await));
}

#[tokio::test]
async fn x63_guesses_of_tokens_are_limited() {
    let site = site_with(&[
        ("PARLANCE__LIMITS__ENABLED", "true"),
        ("PARLANCE__LIMITS__RATES__SIGN_IN__BURST", "4"),
        ("PARLANCE__LIMITS__RATES__SIGN_IN__REFILL", "10min"),
    ])
    .await;
    site.person("romeo").await;
    for number in 0..5 {
        let said = authenticate(&site, "HT-SHA-256-NONE", &proof("romeo", &number.to_string()), USE).await;
        assert_eq!(said.contains("<temporary-auth-failure "), number == 4, "{said}");
    }
}

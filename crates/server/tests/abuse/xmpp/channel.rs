//! Somebody between a client and the server.

use super::{
    client::{Client, HEADER, SASL, site, within},
    scram::Scram,
};
use crate::client::{PASSWORD, Site};
use base64::{Engine, prelude::BASE64_STANDARD};

const STARTTLS: &str = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

fn plain(name: &str) -> String {
    let message = BASE64_STANDARD.encode(format!("\0{name}\0{PASSWORD}"));
    format!("<auth xmlns='{SASL}' mechanism='PLAIN'>{message}</auth>")
}

/// A connection that is about to be encrypted.
async fn proceed(site: &Site) -> Client {
    let mut client = Client::open(site).await;
    client.send(STARTTLS).await;
    client.until("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").await;
    client
}

#[tokio::test]
async fn x22_what_is_sent_together_with_the_request_for_encryption_is_never_done() {
    let site = site().await;
    site.person("romeo").await;
    let header = HEADER.trim_start_matches("<?xml version='1.0'?>");
    for ahead in [&plain("romeo"), &format!("{HEADER}{}", plain("romeo")), header, " ", "<", "\u{e9}"] {
        let mut client = Client::open(&site).await;
        client.send(format!("{STARTTLS}{ahead}")).await;
        let said = client.rest().await;
        assert_eq!(said, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>", "{ahead}");
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn x22_what_is_sent_in_the_clear_after_the_agreement_is_never_done() {
    let site = site().await;
    site.person("romeo").await;
    for ahead in [format!("{HEADER}{}", plain("romeo")), plain("romeo"), "\0".repeat(40_000)] {
        let mut client = proceed(&site).await;
        client.send(ahead).await;
        let said = client.rest().await;
        assert!(!said.contains('<'), "{said}");
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn x22_an_encrypted_stream_begins_anew() {
    let site = site().await;
    site.person("romeo").await;
    let mut client = proceed(&site).await.encrypt(&site).await.expect("encryption");
    let features = client.start().await;
    assert!(!features.contains("<starttls"), "{features}");
    client.send(STARTTLS).await;
    let said = client.rest().await;
    assert!(said.starts_with("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), "{said}");

    let mut client = proceed(&site).await.encrypt(&site).await.expect("encryption");
    client.send(plain("romeo")).await;
    client.ends_with("invalid-namespace").await;

    let mut romeo = Client::open(&site).await;
    romeo.sign_in("romeo").await;
    romeo.send(STARTTLS).await;
    romeo.ends_with("not-authorized").await;
}

#[tokio::test]
async fn x61_a_client_that_was_shown_less_than_there_is_does_not_sign_in() {
    let site = site().await;
    site.person("romeo").await;
    let mut client = Client::connect_encrypted(&site).await;
    let features = client.start().await;
    assert!(features.contains("SCRAM-SHA-256-PLUS") && features.contains("tls-exporter"), "{features}");
    // `y`: the client could bind to the channel, and did not see that the server can.
    for gs2 in ["y,,", "n,,", "p=tls-unique,,", "p=tls-exporter,,"] {
        let mechanism = if gs2.starts_with('p') { "SCRAM-SHA-256" } else { "SCRAM-SHA-256-PLUS" };
        let mechanism = if gs2 == "y,," { "SCRAM-SHA-256" } else { mechanism };
        let scram = Scram::begin("romeo", gs2);
        client.send(format!("<auth xmlns='{SASL}' mechanism='{mechanism}'>{}</auth>", scram.first())).await;
        let said = client.until("</failure>").await;
        assert!(!said.contains("<challenge"), "{gs2}: {said}");
    }
}

#[tokio::test]
async fn x61_only_the_channel_itself_signs_in() {
    let site = site().await;
    site.person("romeo").await;
    let mut client = Client::connect_encrypted(&site).await;
    client.start().await;
    let own = client.exporter();
    let others = Client::connect_encrypted(&site).await.exporter();
    for (binding, is_right) in [(&others[..], false), (&[][..], false), (&own[..], true)] {
        let mut scram = Scram::begin("romeo", "p=tls-exporter,,");
        let first = scram.first();
        client.send(format!("<auth xmlns='{SASL}' mechanism='SCRAM-SHA-256-PLUS'>{first}</auth>")).await;
        let challenge = client.until("</challenge>").await;
        let answer = scram.answer(within(&challenge, "'>", "<").expect("a challenge"), PASSWORD, binding);
        client.send(format!("<response xmlns='{SASL}'>{answer}</response>")).await;
        let said = if is_right { client.until("</success>").await } else { client.until("</failure>").await };
        assert!(is_right || said.contains("<not-authorized/>"), "{said}");
    }
}

#[tokio::test]
async fn x61_the_mechanisms_that_were_offered_are_part_of_the_proof() {
    let site = site().await;
    let mut client = Client::open(&site).await;
    let first = Scram::begin("romeo", "n,,").first();
    client.send(format!("<auth xmlns='{SASL}' mechanism='SCRAM-SHA-256'>{first}</auth>")).await;
    let challenge = client.until("</challenge>").await;
    let challenge =
        BASE64_STANDARD.decode(within(&challenge, "'>", "<").expect("a challenge")).expect("base64");
    let challenge = String::from_utf8(challenge).expect("text");
    assert!(challenge.contains(",h="), "XEP-0474: {challenge}");
}

//! Clients that say nothing, or only a part.

use super::client::{Client, HEADER, SASL, site_with};
use crate::client::Site;

async fn impatient() -> Site {
    site_with(&[("PARLANCE__XMPP__SIGN_IN_TIME_MAX", "300ms")]).await
}

#[tokio::test]
async fn who_does_not_sign_in_in_time_is_let_go() {
    let site = impatient().await;
    site.person("romeo").await;
    let steps = [
        String::new(),
        "<?xml".to_owned(),
        HEADER[..60].to_owned(),
        HEADER.to_owned(),
        format!("{HEADER}<auth xmlns='{SASL}' mechanism='PLAIN'>AHJv"),
        format!("{HEADER}<auth xmlns='{SASL}' mechanism='PLAIN'/>"),
        format!("{HEADER}<auth xmlns='{SASL}' mechanism='X-OTHER'/>"),
    ];
    for step in steps {
        let mut stranger = Client::connect(&site).await;
        stranger.send(&step).await;
        stranger.ends_with("connection-timeout").await;
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn who_goes_on_talking_without_signing_in_is_let_go_all_the_same() {
    let site = impatient().await;
    let mut stranger = Client::open(&site).await;
    let said = stranger.send_until_closed(" ").await;
    assert!(said.contains("<connection-timeout "), "{said}");
    let mut stranger = Client::open(&site).await;
    stranger.send("<auth a='").await;
    let said = stranger.send_until_closed("x").await;
    assert!(said.contains("<connection-timeout "), "{said}");
    site.check_is_well().await;
}

#[tokio::test]
async fn who_signs_in_and_takes_no_resource_in_time_is_let_go() {
    let site = impatient().await;
    site.person("romeo").await;
    let mut romeo = Client::open(&site).await;
    romeo.sign_in("romeo").await;
    romeo.ends_with("connection-timeout").await;
}

#[tokio::test]
async fn who_has_a_resource_is_not_let_go_for_being_slow_to_sign_in() {
    let site = impatient().await;
    site.person("romeo").await;
    let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
    let mut stranger = Client::connect(&site).await;
    stranger.ends_with("connection-timeout").await;
    romeo.settle().await;
}

#[tokio::test]
async fn who_does_not_finish_the_handshake_is_let_go() {
    let site = site_with(&[("PARLANCE__LIMITS__TLS_HANDSHAKE_TIME_MAX", "200ms")]).await;
    let mut stranger = Client::open(&site).await;
    stranger.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").await;
    stranger.until("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").await;
    stranger.send([0x16, 0x03, 0x01]).await;
    assert_eq!(stranger.rest().await, "");
    site.check_is_well().await;
}

#[tokio::test]
async fn half_a_stanza_is_not_waited_for_for_ever() {
    let site = site_with(&[("PARLANCE__LIMITS__SILENCE_TIME_MAX", "300ms")]).await;
    site.person("romeo").await;
    let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
    romeo.send("<message to='romeo@localhost'><body>half").await;
    let said = romeo.rest().await;
    assert!(said.contains("<ping xmlns='urn:xmpp:ping'/>"), "asked first: {said}");
    assert!(!said.contains("half"), "{said}");
    site.check_is_well().await;
}

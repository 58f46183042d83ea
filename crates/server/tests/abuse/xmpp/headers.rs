//! Headers of streams that are wrong, and elements that come before their time.

use super::client::{Client, HEADER, SASL, site};
use crate::client::Site;

/// A header on which one thing is different.
fn header(from: &str, to: &str) -> String {
    assert!(HEADER.contains(from), "{from} is part of a header");
    HEADER.replace(from, to)
}

/// What is said to a stream that begins like this, and ends with this error.
async fn refused(site: &Site, begin: &str, condition: &str) -> String {
    let mut stranger = Client::connect(site).await;
    stranger.send(begin).await;
    let said = stranger.ends_with(condition).await;
    assert_eq!(said.matches("<stream:stream ").count(), 1, "our header comes first: {said}");
    said
}

#[tokio::test]
async fn a_header_for_another_server_version_or_namespace_ends_the_stream() {
    let site = site().await;
    for (begin, condition) in [
        (header("to='localhost'", "to='example.org'"), "host-unknown"),
        (header("to='localhost'", "to='localhost/a'"), "host-unknown"),
        (header("to='localhost'", "to=''"), "host-unknown"),
        (header("to='localhost'", ""), "improper-addressing"),
        (header(" version='1.0' ", " "), "unsupported-version"),
        (header(" version='1.0' ", " version='0.9' "), "unsupported-version"),
        (header(" version='1.0' ", " version='2.0' "), "unsupported-version"),
        (header(" version='1.0' ", " version='1.' "), "unsupported-version"),
        (header(" version='1.0' ", " version='1.x' "), "unsupported-version"),
        (header("'jabber:client'", "'jabber:server'"), "invalid-namespace"),
        (header("'jabber:client'", "'urn:other'"), "invalid-namespace"),
        (header("xmlns='jabber:client'", ""), "invalid-namespace"),
        (header("http://etherx.jabber.org/streams", "http://etherx.jabber.org/stream"), "invalid-namespace"),
        (header("<stream:stream", "<stream:streams"), "bad-format"),
        (header("<stream:stream", "<stream"), "invalid-namespace"),
    ] {
        refused(&site, &begin, condition).await;
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn a_header_may_name_the_server_in_any_case_and_declare_more() {
    let site = site().await;
    for begin in [
        header("to='localhost'", "to='LocalHost'"),
        header(" version='1.0' ", " version='1.9' xmlns:a='urn:a' xml:lang='de' "),
        header("<?xml version='1.0'?>", ""),
    ] {
        let mut client = Client::connect(&site).await;
        client.send(begin).await;
        client.until("</stream:features>").await;
    }
}

#[tokio::test]
async fn x14_nothing_but_an_account_and_a_mechanism_can_be_asked_for_before_sign_in() {
    let site = site().await;
    site.person("romeo").await;
    let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
    for early in [
        "<message to='romeo@localhost'><body>early</body></message>",
        "<message to='romeo@localhost/balcony' from='romeo@localhost' type='headline'><body>early</body></message>",
        "<presence/>",
        "<presence to='romeo@localhost' type='subscribe'/>",
        "<iq type='get' id='1' to='localhost'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
        "<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
        "<iq type='set' id='1'><query xmlns='jabber:iq:roster'><item jid='a@localhost'/></query></iq>",
        "<iq type='set' id='1'><command xmlns='http://jabber.org/protocol/commands' node='a'/></iq>",
        "<message to='localhost'><query xmlns='jabber:iq:register'><username>a</username></query></message>",
        "<enable xmlns='urn:xmpp:sm:3' resume='true'/>",
        "<resume xmlns='urn:xmpp:sm:3' h='0' previd='a'/>",
        "<r xmlns='urn:xmpp:sm:3'/>",
        "<inactive xmlns='urn:xmpp:csi:0'/>",
        "<handshake/>",
        "<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>",
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        HEADER.trim_start_matches("<?xml version='1.0'?>"),
    ] {
        let mut stranger = Client::open(&site).await;
        stranger.send(early).await;
        stranger.send("</stream:stream>").await;
        stranger.ends_with("not-authorized").await;
    }
    assert_eq!(romeo.settle().await, "");
    site.check_is_well().await;
}

#[tokio::test]
async fn x14_a_stanza_between_steps_of_signing_in_ends_the_stream() {
    let site = site().await;
    site.person("romeo").await;
    for mechanism in ["PLAIN", "SCRAM-SHA-256"] {
        let mut stranger = Client::open(&site).await;
        stranger.send(format!("<auth xmlns='{SASL}' mechanism='{mechanism}'/>")).await;
        stranger.until("<challenge").await;
        stranger.send("<message to='romeo@localhost'><body>early</body></message>").await;
        stranger.ends_with("not-authorized").await;
        let mut stranger = Client::open(&site).await;
        stranger.send(format!("<auth xmlns='{SASL}' mechanism='{mechanism}'/>")).await;
        stranger.until("<challenge").await;
        stranger.send("<iq type='get' id='1'><query xmlns='jabber:iq:register'/></iq>").await;
        stranger.ends_with("not-authorized").await;
    }
}

#[tokio::test]
async fn a_stanza_before_a_resource_is_bound_ends_the_stream() {
    let site = site().await;
    site.person("romeo").await;
    for early in [
        "<message to='romeo@localhost'><body>early</body></message>",
        "<presence/>",
        "<iq type='get' id='1' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>",
        "<iq type='get' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
    ] {
        let mut romeo = Client::open(&site).await;
        romeo.sign_in("romeo").await;
        romeo.send(early).await;
        romeo.ends_with("not-authorized").await;
    }
}

#[tokio::test]
async fn a_stream_is_restarted_only_after_signing_in_and_with_a_header() {
    let site = site().await;
    site.person("romeo").await;
    let again = HEADER.trim_start_matches("<?xml version='1.0'?>");

    let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
    romeo.send(again).await;
    romeo.send("</stream:stream>").await;
    romeo.ends_with("unsupported-stanza-type").await;

    let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
    romeo.send(HEADER).await;
    romeo.ends_with("restricted-xml").await;

    let mut romeo = Client::open(&site).await;
    let message = "AHJvbWVvAGNvcnJlY3QgaG9yc2UgYmF0dGVyeQ==";
    romeo.send(format!("<auth xmlns='{SASL}' mechanism='PLAIN'>{message}</auth>")).await;
    romeo.until("<success").await;
    romeo.send("<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>").await;
    romeo.ends_with("invalid-namespace").await;
}

#[tokio::test]
async fn x17_another_protocol_on_the_port_is_let_go() {
    let site = site().await;
    for begin in [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /v1/auth/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "EHLO localhost\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "\u{10}\u{c}\0\u{4}MQTT\u{4}\u{2}\0\u{a}\0\0",
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}",
    ] {
        let said = refused(&site, begin, "not-well-formed").await;
        assert!(!said.contains("HTTP/1.1 "), "{said}");
    }
    let mut stranger = Client::connect(&site).await;
    stranger.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]).await;
    let said = stranger.rest().await;
    assert!(said.contains("<stream:error>"), "{said}");
    site.check_is_well().await;
}

#[tokio::test]
async fn x50_compression_is_never_offered_nor_done() {
    let site = site().await;
    site.person("romeo").await;
    let mut romeo = Client::connect(&site).await;
    assert!(!romeo.start().await.contains("compress"));
    romeo.sign_in("romeo").await;
    romeo.bind("balcony").await;
    romeo
        .send("<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>")
        .await;
    let said = romeo.ends_with("unsupported-stanza-type").await;
    assert!(!said.contains("<compressed"), "{said}");
}

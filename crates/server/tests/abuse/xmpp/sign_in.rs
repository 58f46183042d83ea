//! Signing in with messages that are wrong, and as somebody else.

use super::{
    client::{Client, SASL, site, site_with, within},
    scram::Scram,
};
use crate::client::PASSWORD;
use base64::{Engine, prelude::BASE64_STANDARD};

const SASL2: &str = "urn:xmpp:sasl:2";

/// The element that begins to sign in.
fn auth(mechanism: &str, message: &str) -> String {
    format!("<auth xmlns='{SASL}' mechanism='{mechanism}'>{message}</auth>")
}

/// The same for a message of PLAIN.
fn plain(authzid: &str, authcid: &str, password: &str) -> String {
    auth("PLAIN", &BASE64_STANDARD.encode(format!("{authzid}\0{authcid}\0{password}")))
}

/// Panics unless it fails like this and the client may try again.
async fn fails(client: &mut Client, step: &str, failure: &str) {
    client.send(step).await;
    let said = client.until("</failure>").await;
    let is_so = said.contains(&format!("<{failure}/>")) || said.contains(&format!("<{failure} "));
    assert!(is_so, "{step} got {said}");
}

#[tokio::test]
async fn x18_mechanisms_that_are_not_offered_are_refused() {
    let site = site().await;
    for mechanism in
        ["", "X-OTHER", "plain", "ANONYMOUS", "EXTERNAL", "DIGEST-MD5", "SCRAM-SHA-1-PLUS", "HT-SHA-256-NONE"]
    {
        let mut client = Client::open(&site).await;
        fails(&mut client, &auth(mechanism, ""), "invalid-mechanism").await;
    }
    let mut client = Client::open(&site).await;
    fails(&mut client, &format!("<auth xmlns='{SASL}'/>"), "malformed-request").await;
    site.check_is_well().await;
}

#[tokio::test]
async fn x19_nobody_acts_as_somebody_else() {
    let site = site().await;
    site.person("romeo").await;
    site.person("juliet").await;
    for authzid in [
        "juliet",
        "juliet@localhost",
        "romeo@localhost/balcony",
        "romeo@example.org",
        "localhost",
        "@",
        "JULIET@LOCALHOST",
    ] {
        let mut client = Client::open(&site).await;
        fails(&mut client, &plain(authzid, "romeo", PASSWORD), "invalid-authzid").await;
        let scram = Scram::begin("romeo", &format!("n,a={authzid},"));
        fails(&mut client, &auth("SCRAM-SHA-256", &scram.first()), "invalid-authzid").await;
    }
    for authzid in ["", "romeo", "romeo@localhost", "Romeo@Localhost"] {
        let mut client = Client::open(&site).await;
        client.send(plain(authzid, "romeo", PASSWORD)).await;
        client.until("<success").await;
        client.start().await;
        client.bind("balcony").await;
        assert_eq!(client.jid, "romeo@localhost/balcony");
    }
}

#[tokio::test]
async fn x20_messages_that_are_no_base64_are_refused() {
    let site = site().await;
    for message in
        ["!", "AAA", "A===", "AHJvbWVv=AHJvbWVv", "AHJv bWVv", "AH\u{fc}", "==", "AHJvbWV\u{200b}v"]
    {
        let mut client = Client::open(&site).await;
        fails(&mut client, &auth("PLAIN", message), "incorrect-encoding").await;
        fails(&mut client, &auth("SCRAM-SHA-256", message), "incorrect-encoding").await;
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn x20_messages_that_follow_no_grammar_are_refused() {
    let site = site().await;
    let in_base64 = |message: &[u8]| BASE64_STANDARD.encode(message);
    let messages: [&[u8]; 9] = [
        b"\0",
        b"\0\0",
        b"romeo",
        b"\0romeo",
        b"\0romeo\0",
        b"\0\0word",
        b"\0romeo\0a\0b",
        b"\0romeo\0\xff",
        b"\xff\0",
    ];
    for message in messages {
        let mut client = Client::open(&site).await;
        fails(&mut client, &auth("PLAIN", &in_base64(message)), "malformed-request").await;
    }
    let messages: [&[u8]; 9] = [
        b"n",
        b"n,,",
        b"n,,n=romeo",
        b"n,,n=romeo,r=",
        b"x,,n=romeo,r=a",
        b"n,,m=a,n=romeo,r=a",
        b"n,,n=ro=meo,r=a",
        b"p=other,,n=romeo,r=a",
        b"\xff",
    ];
    for message in messages {
        let mut client = Client::open(&site).await;
        fails(&mut client, &auth("SCRAM-SHA-256", &in_base64(message)), "malformed-request").await;
    }
    let mut client = Client::open(&site).await;
    fails(&mut client, &auth("PLAIN", "="), "malformed-request").await;
    fails(&mut client, &format!("<response xmlns='{SASL}'/>"), "malformed-request").await;
    fails(&mut client, &format!("<other xmlns='{SASL}'/>"), "malformed-request").await;
    site.check_is_well().await;
}

#[tokio::test]
async fn x20_messages_that_are_too_long_are_refused() {
    let site = site().await;
    site.person("romeo").await;
    let mut client = Client::open(&site).await;
    fails(&mut client, &plain("", "romeo", &"x".repeat(9 * 1024)), "malformed-request").await;
    fails(&mut client, &plain("", &"romeo".repeat(1_000), PASSWORD), "not-authorized").await;
    client.send(plain("", "romeo", &"x".repeat(16 * 1024))).await;
    client.ends_with("policy-violation").await;
    site.check_is_well().await;
}

#[tokio::test]
async fn x21_an_exchange_that_was_given_up_cannot_be_gone_on_with() {
    let site = site().await;
    site.person("romeo").await;
    let abort = format!("<abort xmlns='{SASL}'/>");
    let mut client = Client::open(&site).await;
    fails(&mut client, &abort, "aborted").await;
    let mut scram = Scram::begin("romeo", "n,,");
    client.send(auth("SCRAM-SHA-256", &scram.first())).await;
    let challenge = client.until("</challenge>").await;
    let response = scram.answer(within(&challenge, "'>", "<").expect("a challenge"), PASSWORD, &[]);
    fails(&mut client, &abort, "aborted").await;
    fails(&mut client, &format!("<response xmlns='{SASL}'>{response}</response>"), "malformed-request").await;
    client.send(plain("", "romeo", PASSWORD)).await;
    client.until("<success").await;
}

#[tokio::test]
async fn x21_an_exchange_is_not_mixed_with_another() {
    let site = site().await;
    site.person("romeo").await;
    let mut scram = Scram::begin("romeo", "n,,");
    let mut client = Client::open(&site).await;
    client.send(auth("SCRAM-SHA-256", &scram.first())).await;
    let challenge = client.until("</challenge>").await;
    let response = scram.answer(within(&challenge, "'>", "<").expect("a challenge"), PASSWORD, &[]);
    // Begun by one profile, ended by another; begun twice; an answer that is used on another stream.
    fails(&mut client, &format!("<response xmlns='{SASL2}'>{response}</response>"), "malformed-request")
        .await;
    client.send(auth("SCRAM-SHA-256", &Scram::begin("romeo", "n,,").first())).await;
    client.until("</challenge>").await;
    fails(&mut client, &auth("SCRAM-SHA-256", &Scram::begin("romeo", "n,,").first()), "malformed-request")
        .await;
    let mut other = Client::open(&site).await;
    other.send(auth("SCRAM-SHA-256", &Scram::begin("romeo", "n,,").first())).await;
    other.until("</challenge>").await;
    fails(&mut other, &format!("<response xmlns='{SASL}'>{response}</response>"), "not-authorized").await;
    site.check_is_well().await;
}

/// RFC 6120 section 6.4.5: five times; the first failure with a mechanism that is offered does not count.
#[tokio::test]
async fn x21_a_stream_on_which_signing_in_fails_again_and_again_is_ended() {
    let site = site().await;
    let abort = format!("<abort xmlns='{SASL}'/>");
    for (step, failures) in [(auth("X-OTHER", ""), 5), (plain("", "nobody", "wrong"), 6), (abort, 5)] {
        let mut client = Client::open(&site).await;
        for _ in 0..failures {
            client.send(&step).await;
            client.until("</failure>").await;
        }
        client.send(&step).await;
        client.ends_with("policy-violation").await;
    }
}

#[tokio::test]
async fn x21_steps_that_are_sent_ahead_end_with_the_stream() {
    let site = site().await;
    site.person("romeo").await;
    let mut client = Client::open(&site).await;
    client.send(auth("X-OTHER", "").repeat(1_000)).await;
    let said = client.ends_with("policy-violation").await;
    assert!(said.matches("</failure>").count() <= 6, "{said}");
}

#[tokio::test]
async fn signing_in_twice_is_not_possible() {
    let site = site().await;
    site.person("romeo").await;
    site.person("juliet").await;
    let again = plain("", "juliet", PASSWORD);
    let sasl2 = format!("<authenticate xmlns='{SASL2}' mechanism='PLAIN'/>");
    for step in [&again, &sasl2] {
        let mut romeo = Client::open(&site).await;
        romeo.sign_in("romeo").await;
        romeo.send(step).await;
        let said = romeo.ends_with("not-authorized").await;
        assert!(!said.contains("<success"), "{said}");
        let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
        romeo.send(step).await;
        let said = romeo.ends_with("unsupported-stanza-type").await;
        assert!(!said.contains("<success"), "{said}");
    }
    // Both in one piece: the second is the begin of the restarted stream, and none.
    let mut romeo = Client::open(&site).await;
    romeo.send(plain("", "romeo", PASSWORD) + &again).await;
    let said = romeo.rest().await;
    assert_eq!(said.matches("<success").count(), 1, "{said}");
    assert!(said.contains("<stream:error>"), "{said}");
}

#[tokio::test]
async fn signing_in_without_encryption_is_refused_where_it_is_not_allowed() {
    let site = site_with(&[("PARLANCE__XMPP__ALLOW_PLAINTEXT", "false")]).await;
    site.person("romeo").await;
    let mut client = Client::connect(&site).await;
    let features = client.start().await;
    assert!(features.contains("<required/>") && !features.contains("<mechanism"), "{features}");
    fails(&mut client, &plain("", "romeo", PASSWORD), "encryption-required").await;
    fails(&mut client, &auth("SCRAM-SHA-256", &Scram::begin("romeo", "n,,").first()), "encryption-required")
        .await;
    client.send(format!("<authenticate xmlns='{SASL2}' mechanism='PLAIN'/>")).await;
    let said = client.until("</failure>").await;
    assert!(said.contains("encryption-required"), "{said}");
    let mut encrypted = Client::connect_encrypted(&site).await;
    encrypted.start().await;
    encrypted.sign_in("romeo").await;
}

#[tokio::test]
async fn x62_known_and_unknown_people_get_the_same_answers() {
    let site = site().await;
    site.person("romeo").await;
    let mut answers = Vec::new();
    for name in ["romeo", "nobody", "romeo@example.org", "\u{212b}"] {
        let mut client = Client::open(&site).await;
        client.send(plain("", name, "wrong")).await;
        let refused = client.until("</failure>").await;
        let mut salts = Vec::new();
        for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-256", "SCRAM-SHA-1"] {
            let mut client = Client::open(&site).await;
            let mut scram = Scram::begin(name, "n,,");
            client.send(auth(mechanism, &scram.first())).await;
            let challenge = client.until("</challenge>").await;
            let challenge = within(&challenge, "'>", "<").expect("a challenge").to_owned();
            let response = scram.answer(&challenge, "wrong", &[]);
            client.send(format!("<response xmlns='{SASL}'>{response}</response>")).await;
            let refused = client.until("</failure>").await;
            salts.push((scram.salt().to_owned(), scram.iterations(), refused));
        }
        assert_eq!(salts[0], salts[1], "the salt stays the same for {name}");
        assert_ne!(salts[0].0, salts[2].0, "each mechanism has its own");
        let form: Vec<_> = salts
            .iter()
            .map(|(salt, iterations, refused)| (salt.len(), *iterations, refused.clone()))
            .collect();
        answers.push((refused, form));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
}

#[tokio::test]
async fn x62_limits_of_passwords_hold_over_xmpp_and_for_unknown_people() {
    let slow = [
        ("PARLANCE__LIMITS__ENABLED", "true"),
        ("PARLANCE__LIMITS__RATES__SIGN_IN__BURST", "4"),
        ("PARLANCE__LIMITS__RATES__SIGN_IN__REFILL", "10min"),
    ];
    for name in ["romeo", "nobody"] {
        let site = site_with(&slow).await;
        site.person("romeo").await;
        let mut client = Client::open(&site).await;
        for _ in 0..4 {
            fails(&mut client, &plain("", name, "wrong"), "not-authorized").await;
        }
        let mut client = Client::open(&site).await;
        fails(&mut client, &plain("", name, "wrong"), "temporary-auth-failure").await;
        fails(&mut client, &plain("", name, PASSWORD), "temporary-auth-failure").await;
        let scram = Scram::begin(name, "n,,");
        fails(&mut client, &auth("SCRAM-SHA-256", &scram.first()), "temporary-auth-failure").await;
    }
}

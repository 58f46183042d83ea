//! XML that XMPP forbids, and XML without bounds.

use super::{
    client::{Client, HEADER, many, site, site_with},
    memory::check_growth,
};
use crate::client::Site;

const WARM_UP: usize = 12;
const ROUNDS: usize = 12;
/// What the server may grow by through attacks.
const GROWTH_KIB_MAX: u64 = 1024;
const MANY: usize = 10 << 20;

/// Sends bytes where a stanza could be, on a stream on which nobody has signed in and on one on which somebody
/// has; both must end with this error.
async fn attack(site: &Site, attack: &[u8], condition: &str) {
    attack_before_sign_in(site, attack, condition).await;
    let mut romeo = Client::log_in(site, "romeo", "balcony").await;
    romeo.send(attack).await;
    romeo.ends_with(condition).await;
}

async fn attack_before_sign_in(site: &Site, attack: &[u8], condition: &str) {
    let mut stranger = Client::open(site).await;
    stranger.send(attack).await;
    stranger.ends_with(condition).await;
}

/// Sends bytes in place of a header.
async fn attack_at_once(site: &Site, attack: &[u8], condition: &str) {
    let mut stranger = Client::connect(site).await;
    stranger.send(attack).await;
    let said = stranger.ends_with(condition).await;
    assert!(said.contains("<stream:stream "), "a header comes before an error: {said}");
}

/// Panics when one of the attacks is not refused with the condition, or when they leave something in memory.
async fn check(condition: &str, attacks: &[impl AsRef<[u8]>]) {
    let site = site().await;
    site.person("romeo").await;
    for round in 0..WARM_UP {
        attack(&site, attacks[round % attacks.len()].as_ref(), condition).await;
    }
    check_growth(&site, GROWTH_KIB_MAX, async || {
        for round in 0..ROUNDS {
            attack(&site, attacks[round % attacks.len()].as_ref(), condition).await;
        }
    })
    .await;
    site.check_is_well().await;
}

/// The same for attacks that can stand in place of a header, too.
async fn check_everywhere(condition: &str, attacks: &[impl AsRef<[u8]>]) {
    let site = site().await;
    for bytes in attacks {
        attack_at_once(&site, bytes.as_ref(), condition).await;
    }
    drop(site);
    check(condition, attacks).await;
}

/// The same for attacks of many megabytes, before anybody has signed in.
async fn check_long(attacks: &[String]) {
    let site = site().await;
    for bytes in attacks {
        attack_before_sign_in(&site, bytes.as_bytes(), "policy-violation").await;
    }
    check_growth(&site, GROWTH_KIB_MAX, async || {
        for bytes in attacks {
            attack_before_sign_in(&site, bytes.as_bytes(), "policy-violation").await;
        }
    })
    .await;
    site.check_is_well().await;
}

#[tokio::test]
async fn x01_entities_that_grow_are_never_declared() {
    let laughs = many(9, |n| format!("<!ENTITY lol{} '{}'>", n + 1, many(10, |_| format!("&lol{n};"))));
    check_everywhere(
        "restricted-xml",
        &[
            format!("<!DOCTYPE lolz [<!ENTITY lol0 'lol'>{laughs}]><message>&lol9;</message>"),
            "<!ENTITY lol0 'lol'>".to_owned(),
        ],
    )
    .await;
}

#[tokio::test]
async fn x02_nothing_outside_is_read() {
    check_everywhere(
        "restricted-xml",
        &[
            "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
            "<!DOCTYPE a [<!ENTITY file SYSTEM 'file:///etc/passwd'>]><message><body>&file;</body></message>",
            "<!DOCTYPE a PUBLIC '-//W3C//DTD XHTML 1.0' 'http://127.0.0.1:1/a.dtd'>",
        ],
    )
    .await;
}

#[tokio::test]
async fn x02_a_document_type_after_the_declaration_is_refused() {
    let site = site().await;
    let mut stranger = Client::connect(&site).await;
    stranger.send("<?xml version='1.0'?><!DOCTYPE a SYSTEM 'file:///etc/passwd'>").await;
    stranger.send(HEADER.trim_start_matches("<?xml version='1.0'?>")).await;
    stranger.ends_with("restricted-xml").await;
}

#[tokio::test]
async fn x03_comments_are_refused() {
    check_everywhere("restricted-xml", &["<!-- a comment -->", "<!---->"]).await;
}

#[tokio::test]
async fn x04_processing_instructions_are_refused() {
    check_everywhere("restricted-xml", &["<?php echo 1 ?>", "<?xml-stylesheet href='a'?>"]).await;
}

#[tokio::test]
async fn x05_references_to_entities_are_refused() {
    let site = site().await;
    site.person("romeo").await;
    for attack in ["<message><body>&file;</body></message>", "<message to='&a;'/>", "<a>&nbsp;</a>"] {
        attack_before_sign_in(&site, attack.as_bytes(), "restricted-xml").await;
        let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
        romeo.send(attack).await;
        romeo.ends_with("restricted-xml").await;
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn x06_bytes_that_are_no_utf_8_are_refused() {
    let attacks: [&[u8]; 5] = [
        b"<a>\xff</a>",
        // Too long for what it says, a surrogate, beyond the last character, a part of a character.
        b"<a>\xc0\xaf</a>",
        b"<a>\xed\xa0\x80</a>",
        b"<a>\xf4\x90\x80\x80</a>",
        b"<a>\xe2\x82</a>",
    ];
    check("unsupported-encoding", &attacks).await;
}

#[tokio::test]
async fn x07_what_is_not_well_formed_is_refused() {
    let site = site().await;
    site.person("romeo").await;
    for attack in [
        "<message></presence>",
        "<message to=a/>",
        "<message to='a' to='b'/>",
        "<message <body/>",
        "<message to='<'/>",
        "<message><body>]]></body></message>",
        "<message to='a'b='c'/>",
        "<1/>",
        "<message/ >",
        "<message><body>&#x110000;</body></message>",
        "<message><body>&#xD800;</body></message>",
    ] {
        attack_before_sign_in(&site, attack.as_bytes(), "not-well-formed").await;
        let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
        romeo.send(attack).await;
        romeo.ends_with("not-well-formed").await;
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn x08_prefixes_that_nobody_declared_are_refused() {
    check(
        "not-well-formed",
        &[
            "<message xmlns:a='urn:a'><b:body/></message>",
            "<c:message/>",
            "<message d:to='a'/>",
            "<message xmlns:e=''/>",
            "<message xmlns:xml='urn:other'/>",
            "<message xmlns:xmlns='urn:other'/>",
            "<message xmlns:a='urn:a' xmlns:b='urn:a' a:c='' b:c=''/>",
        ],
    )
    .await;
}

#[tokio::test]
async fn x09_attributes_without_end_are_refused_before_sign_in() {
    let long = "x".repeat(MANY);
    check_long(&[format!("<auth a='{long}'/>"), format!("<auth a='{long}"), format!("<{long}/>")]).await;
}

#[tokio::test]
async fn x09_a_header_without_end_is_refused() {
    let site = site().await;
    let long = "x".repeat(MANY);
    for header in [
        HEADER.replace(" to=", &format!(" a='{long}' to=")),
        HEADER.replace("'1.0'?>", &format!("'1.0'{}", " ".repeat(MANY))),
        HEADER.replace(" to=", &many(50_000, |n| format!(" a{n}=''"))),
    ] {
        attack_at_once(&site, header.as_bytes(), "policy-violation").await;
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn x10_text_without_end_is_refused_before_sign_in() {
    let long = "x".repeat(MANY);
    check_long(&[format!("<auth>{long}</auth>"), format!("<auth>{}", "&amp;".repeat(MANY / 5))]).await;
}

#[tokio::test]
async fn x11_depth_without_end_is_refused_before_sign_in() {
    let deep = "<a>".repeat(100_000);
    check_long(&[deep.clone(), deep + &"</a>".repeat(100_000)]).await;
}

#[tokio::test]
async fn x12_attributes_without_number_are_refused_before_sign_in() {
    let attributes = many(50_000, |n| format!(" a{n}=''"));
    check_long(&[format!("<auth{attributes}/>")]).await;
}

#[tokio::test]
async fn x13_namespaces_without_number_are_refused_before_sign_in() {
    let declared = many(50_000, |n| format!(" xmlns:a{n}='urn:a:{n}'"));
    let nested = many(50_000, |n| format!("<a xmlns:a{n}='urn:a:{n}'>"));
    check_long(&[format!("<auth{declared}/>"), nested]).await;
}

#[tokio::test]
async fn x09_to_x13_depth_attributes_and_namespaces_are_bounded_after_sign_in_too() {
    let site = site().await;
    site.person("romeo").await;
    let message = |inner: &str| format!("<message to='romeo@localhost'>{inner}</message>");
    for attack in [
        message(&"<a>".repeat(1_000)),
        message(&format!("<a{}/>", many(1_000, |n| format!(" a{n}=''")))),
        message(&format!("<a{}/>", many(1_000, |n| format!(" xmlns:a{n}='urn:a'")))),
        message(&many(40, |n| format!("<a xmlns:a{n}='urn:a' xmlns:b{n}='urn:b'>"))),
        message(&format!("<{}/>", "a".repeat(10_000))),
    ] {
        let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
        romeo.send(attack).await;
        romeo.ends_with("policy-violation").await;
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn x15_other_encodings_are_refused() {
    let site = site().await;
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let declared =
        |encoding| HEADER.replace("'1.0'?>", &format!("'1.0' encoding='{encoding}'?>")).into_bytes();
    for attack in [
        [vec![0xff, 0xfe], utf_16(HEADER)].concat(),
        [vec![0xfe, 0xff], HEADER.encode_utf16().flat_map(u16::to_be_bytes).collect()].concat(),
        declared("UTF-16"),
        declared("ISO-8859-1"),
        declared("UTF-7"),
    ] {
        let mut stranger = Client::connect(&site).await;
        stranger.send(attack).await;
        stranger.ends_with("unsupported-encoding").await;
    }
    let mut stranger = Client::connect(&site).await;
    stranger.send(utf_16(HEADER)).await;
    stranger.ends_with("not-well-formed").await;
    site.check_is_well().await;
}

#[tokio::test]
async fn x16_nul_and_other_controls_are_refused() {
    check(
        "not-well-formed",
        &["<a>\0</a>", "\0", "<a b='\0'/>", "<a>&#0;</a>", "<a>\u{8}</a>", "<a>\u{fffe}</a>"],
    )
    .await;
}

#[tokio::test]
async fn x37_a_stanza_of_12_mib_is_refused_and_a_long_one_within_bounds_is_not() {
    let site = site_with(&[("PARLANCE__LIMITS__REQUEST_BYTES_MAX", "256KiB")]).await;
    site.person("romeo").await;
    let headline =
        |bytes: usize| format!("<message type='headline'><body>{}</body></message>", "x".repeat(bytes));
    let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
    romeo.send(headline(250 * 1024)).await;
    assert!(romeo.settle().await.len() > 250 * 1024, "it comes to oneself");
    check_growth(&site, GROWTH_KIB_MAX, async || {
        for (attack, condition) in
            [(headline(12 << 20), "policy-violation"), ("x".repeat(12 << 20), "bad-format")]
        {
            let mut attacker = Client::log_in(&site, "romeo", "attic").await;
            attacker.send(attack).await;
            attacker.ends_with(condition).await;
        }
    })
    .await;
    romeo.settle().await;
    site.check_is_well().await;
}

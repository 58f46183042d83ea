//! Addresses that others have collected.

use parlance_xmpp::Jid;

const VALID: &str = include_str!("vectors/jid/valid");
const INVALID: &str = include_str!("vectors/jid/invalid");

/// The entry that differs from the standard: see the README beside the vectors.
const FINAL_SIGMA: &str = "ς@example.com";

/// The texts that follow `header`, each up to a record separator.
fn entries<'a>(corpus: &'a str, header: &'a str) -> impl Iterator<Item = &'a str> {
    let starts = corpus.match_indices(header).map(move |(at, _)| at + header.len());
    starts.map(|at| corpus[at..].split('\u{1e}').next().unwrap())
}

#[test]
fn valid_addresses_are_prepared() {
    let mut seen = 0;
    for raw in entries(VALID, "\njid:\n") {
        let after = VALID.split_once(&format!("\njid:\n{raw}\u{1e}\n")).unwrap().1;
        let parts: Vec<&str> = after.split('\u{1e}').next().unwrap().split('\u{1f}').collect();
        let [local, domain, resource] = parts[..] else { panic!("three parts for {raw}") };
        let jid = Jid::parse(raw).unwrap_or_else(|error| panic!("{raw}: {error}"));
        let local = if raw == FINAL_SIGMA { "ς" } else { local };
        assert_eq!(jid.local().unwrap_or_default(), local, "{raw}");
        assert_eq!(jid.domain(), domain, "{raw}");
        assert_eq!(jid.resource().unwrap_or_default(), resource, "{raw}");
        seen += 1;
    }
    assert_eq!(seen, VALID.matches("\njid:\n").count());
    assert!(seen > 20, "{seen}");
}

#[test]
fn invalid_addresses_are_refused() {
    let mut seen = 0;
    for raw in entries(INVALID, "\ninvalid jid:\n") {
        assert!(Jid::parse(raw).is_err(), "{raw}");
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}

/// RFC 7622 section 3.5, table 1 and the notes below it.
#[test]
fn addresses_match_as_rfc_7622_says() {
    let prepared = |text| Jid::parse(text).unwrap().to_string();
    assert_ne!(prepared("fussball@example.com"), prepared("fußball@example.com"));
    assert_eq!(prepared("Σ@example.com"), prepared("σ@example.com"));
    assert_ne!(prepared("Σ@example.com"), prepared("ς@example.com"));
    assert_eq!(prepared("king@example.com/♚"), "king@example.com/♚");
    assert_eq!(prepared("a.example.com/b@example.net"), "a.example.com/b@example.net");
    for text in ["henry\u{2163}@example.com", "♚@example.com", "juliet@", "/foobar", "\"juliet\"@example.com"]
    {
        assert!(Jid::parse(text).is_err(), "{text}");
    }
}

use proptest::prelude::*;

use super::*;

fn parsed(text: &str) -> Result<String, JidError> {
    Jid::parse(text).map(|jid| jid.as_str().to_owned())
}

#[test]
fn parts_are_where_they_are() {
    let jid = Jid::parse("Juliet@Example.COM/Balcony/a@b").unwrap();
    assert_eq!(jid.local(), Some("juliet"));
    assert_eq!(jid.domain(), "example.com");
    assert_eq!(jid.resource(), Some("Balcony/a@b"));
    assert_eq!(jid.bare(), "juliet@example.com");
    let server = Jid::parse("example.com").unwrap();
    assert_eq!((server.local(), server.domain(), server.resource()), (None, "example.com", None));
}

#[test]
fn bare_and_full_addresses_are_told_apart() {
    assert_eq!(BareJid::parse("a@example.org/b"), Err(JidError::HasResource));
    assert_eq!(FullJid::parse("a@example.org"), Err(JidError::NoResource));
    let full = FullJid::parse("a@example.org/b").unwrap();
    assert_eq!(full.resource(), "b");
    assert_eq!(full.to_bare().with_resource("b"), Ok(full.clone()));
    assert_eq!(full.to_bare().to_string(), "a@example.org");
    assert_eq!(full.to_full(), Some(full.clone()));
    assert_eq!(full.to_bare().to_full(), None);
    assert_eq!(Jid::from(full.clone()), Jid::parse("a@example.org/b").unwrap());
    assert_eq!(BareJid::from_parts(Some("A"), "example.org"), Ok(full.to_bare()));
}

#[test]
fn a_map_is_asked_with_text() {
    let map = std::collections::HashMap::from([(BareJid::parse("a@example.org").unwrap(), 1)]);
    assert_eq!(map.get("a@example.org"), Some(&1));
}

#[test]
fn international_names_of_domains_have_one_form() {
    for (raw, prepared) in [
        ("xn--mller-kva.example", "müller.example"),
        ("XN--MLLER-KVA.example", "müller.example"),
        ("MÜLLER.example.", "müller.example"),
        ("fa\u{df}.example", "faß.example"),
        ("例え\u{3002}テスト", "例え.テスト"),
        ("ex\u{ff41}mple.org", "example.org"),
        ("[2001:DB8:0:0::1]", "[2001:db8::1]"),
        ("r3---sn-a.example", "r3---sn-a.example"),
    ] {
        assert_eq!(parsed(raw).as_deref(), Ok(prepared), "{raw}");
    }
}

#[test]
fn what_is_no_domain_is_refused() {
    for raw in [
        "",
        ".",
        "a..b",
        ".a",
        "a..",
        "-a",
        "a-",
        "a_b",
        "a b",
        "♚.example",
        "xn--a",
        "xn--a-.example",
        "xn--mller-kva-.x",
        "[::1",
        "::1]",
        "[::g]",
        "[1.2.3.4]",
        "[::1%]",
        "[::1%a b]",
        "a\u{ad}-.x",
        "a\u{0}",
        "xn--zca.xn--",
        "a[b]",
        "\u{5d0}a.example",
        "a\u{200d}b.example",
    ] {
        assert_eq!(parsed(raw), Err(JidError::Domain), "{raw}");
    }
}

#[test]
fn localparts_are_mapped_and_refused_as_usernames_are() {
    for (raw, prepared) in
        [("Ａlice", "alice"), ("A\u{30a}", "å"), ("ΟΔΟΣ", "οδοσ"), ("İ", "i\u{307}"), ("a\\20b", "a\\20b")]
    {
        assert_eq!(Jid::parse(&format!("{raw}@x")).unwrap().local(), Some(prepared), "{raw}");
    }
    for raw in ["\u{ff07}", "\u{ff20}", "a\"", "a&", "a'", "a:", "a<", "a>", "a b", "a\u{7f}", "\u{5d0}a"] {
        assert_eq!(parsed(&format!("{raw}@x")), Err(JidError::Local), "{raw}");
    }
}

#[test]
fn resources_keep_their_case_and_their_symbols() {
    for (raw, prepared) in
        [("ＡbC", "ＡbC"), ("a\u{a0}b", "a b"), (" a ", " a "), ("A\u{30a}", "Å"), ("/@", "/@")]
    {
        assert_eq!(Jid::parse(&format!("x/{raw}")).unwrap().resource(), Some(prepared), "{raw}");
    }
    for raw in ["", "\u{7}", "a\tb", "\u{200b}", "\u{1160}"] {
        assert_eq!(parsed(&format!("x/{raw}")), Err(JidError::Resource), "{raw:?}");
    }
}

#[test]
fn each_part_has_at_most_1023_bytes() {
    let long = "a".repeat(PART_BYTES_MAX);
    let whole = format!("{long}@{long}/{long}");
    assert_eq!(parsed(&whole), Ok(whole.clone()));
    for raw in
        [format!("{long}a@x"), format!("{long}a"), format!("x/{long}a"), format!("x/{}", "é".repeat(512))]
    {
        assert_eq!(parsed(&raw), Err(JidError::TooLong), "{raw}");
    }
    let wide = "\u{ff41}".repeat(PART_BYTES_MAX);
    assert_eq!(parsed(&format!("{wide}@x")), Ok(format!("{long}@x")));
    assert_eq!(parsed(&format!("{wide}\u{ff41}@x")), Err(JidError::TooLong));
}

#[test]
fn names_are_escaped_as_in_the_examples_of_xep_0106() {
    for (name, local) in [
        ("space cadet", "space\\20cadet"),
        ("call me \"ishmael\"", "call\\20me\\20\\22ishmael\\22"),
        ("at&t guy", "at\\26t\\20guy"),
        ("d'artagnan", "d\\27artagnan"),
        ("/.fanboy", "\\2f.fanboy"),
        ("::foo::", "\\3a\\3afoo\\3a\\3a"),
        ("<foo>", "\\3cfoo\\3e"),
        ("user@host", "user\\40host"),
        ("c:\\net", "c\\3a\\net"),
        ("c:\\\\net", "c\\3a\\\\net"),
        ("c:\\cool stuff", "c\\3a\\cool\\20stuff"),
        ("c:\\5commas", "c\\3a\\5c5commas"),
        ("\\3and\\2is\\5cool", "\\5c3and\\2is\\5c5cool"),
        ("plain", "plain"),
    ] {
        assert_eq!(escape_local(name).as_deref(), Some(local), "{name}");
        assert_eq!(unescape_local(local), name, "{local}");
    }
    assert_eq!(escape_local(" a"), None);
    assert_eq!(escape_local("a "), None);
    assert_eq!(unescape_local("\\20a\\20"), "\\20a\\20");
    assert_eq!(unescape_local("a\\"), "a\\");
}

proptest! {
    #[test]
    fn preparing_again_changes_nothing(text in "\\PC{1,8}@([a-zA-Zä-üÄ-Ü0-9]{1,6}|\\PC{1,4})(/\\PC{0,8})?") {
        if let Ok(jid) = Jid::parse(&text) {
            let again = Jid::parse(jid.as_str()).unwrap();
            prop_assert_eq!(again.local(), jid.local());
            prop_assert_eq!(again.domain(), jid.domain());
            prop_assert_eq!(again.resource(), jid.resource());
        }
    }

    #[test]
    fn any_text_is_an_address_or_refused(text in "\\PC{0,40}") {
        let _ = Jid::parse(&text);
        prop_assert_eq!(unescape_local(&escape_local(text.trim()).unwrap()).into_owned(), text.trim());
    }
}

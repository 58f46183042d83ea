use super::{keys::keys, *};
use std::path::Path;

/// Loads a file with this text, under these environment variables.
fn check(text: &str, environment: &[(&str, &str)]) -> Result<Settings, String> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = dir.path().join("parlance.toml");
    std::fs::write(&file, text).expect("the folder is writable");
    let environment =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    load(&Sources { file: Some(file), environment, data_dir: None }).map_err(|wrong| wrong.to_string())
}

fn golden(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, made).expect("the reference is writable");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "docs/reference/{name} is stale: run the tests with UPDATE_GOLDEN=1");
}

#[test]
fn an_empty_file_is_enough() {
    let settings = check("", &[]).expect("defaults are right");
    assert_eq!(settings.domain, "localhost");
    assert_eq!(settings.http.listen.addresses, ["127.0.0.1:8080".parse().unwrap()]);
    assert!(!settings.http.listen.is_configured);
    assert_eq!(settings.registration, RegistrationMode::Invite);
    assert_eq!(settings.storage, Storage::Sqlite("parlance-data/parlance.db".into()));
}

#[test]
fn the_example_with_every_line_switched_on_can_be_loaded() {
    let is_setting =
        |line: &&str| !line.starts_with("# ") && !line.contains("/etc/") && !line.contains("/run/");
    let text: String = example()
        .lines()
        .filter(is_setting)
        .map(|line| format!("{}\n", line.trim_start_matches('#')))
        .collect();
    check(&text, &[]).expect("the example is right");
}

#[test]
fn the_environment_goes_before_the_file() {
    let settings = check(
        "[http]\nlisten = \"127.0.0.1:1\"\n[limits]\nbody_bytes_max = \"1KiB\"",
        &[
            ("PARLANCE__HTTP__LISTEN", "127.0.0.1:2, [::1]:3"),
            ("PARLANCE__LIMITS__RATES__SIGN_IN__BURST", "3"),
            ("PARLANCE__LOG__REDACT", "false"),
            ("PARLANCE__REGISTRATION__MODE", "open"),
            ("UNRELATED", "x"),
        ],
    )
    .expect("all of this is right");
    assert_eq!(settings.http.listen.addresses, ["127.0.0.1:2".parse().unwrap(), "[::1]:3".parse().unwrap()]);
    assert!(settings.http.listen.is_configured);
    assert_eq!(settings.limits.body_bytes_max, 1024);
    let sign_in = settings.limits.rates.expect("limits are on").sign_in;
    assert_eq!((sign_in.burst, sign_in.refill.as_secs()), (3, 90));
    assert!(!settings.log.redact);
    assert_eq!(settings.registration, RegistrationMode::Open);
}

#[test]
fn contact_addresses_are_uris_and_few() {
    let settings = check(
        "[contact]\nabuse = [\"mailto:abuse@example.org\", \"xmpp:abuse@example.org\"]",
        &[("PARLANCE__CONTACT__SUPPORT", "https://example.org/help")],
    )
    .expect("all of this is right");
    assert_eq!(settings.contact.abuse, ["mailto:abuse@example.org", "xmpp:abuse@example.org"]);
    assert_eq!(settings.contact.support, ["https://example.org/help"]);
    for bad in ["abuse@example.org", "mailto:", "javascript:alert(1)", "mailto:a b", &"mailto:".repeat(50)] {
        let refused = check(&format!("[contact]\nadmin = [\"{bad}\"]"), &[]).expect_err(bad);
        assert!(refused.starts_with("contact.admin: "), "{refused}");
    }
    let many = ["\"xmpp:a\""; 9].join(",");
    let refused = check(&format!("[contact]\nsales = [{many}]"), &[]).expect_err("too many");
    assert_eq!(refused, "contact.sales: list at most 8 addresses");
}

#[test]
fn unknown_keys_are_refused_with_the_one_that_was_meant() {
    let refused = |text: &str| check(text, &[]).expect_err("unknown keys are refused");
    assert_eq!(
        refused("[http]\nlisten_on = \"127.0.0.1:1\""),
        "http.listen_on: there is no such setting, did you mean http.listen?"
    );
    assert_eq!(refused("mode = \"open\""), "mode: there is no such setting, did you mean tls.mode?");
    assert!(refused("[colours]\nbackground = 1").starts_with("colours: there is no such setting"));
    let from_environment =
        check("", &[("PARLANCE__HTP__LISTEN", "x")]).expect_err("unknown keys are refused");
    assert_eq!(
        from_environment,
        "PARLANCE__HTP__LISTEN: there is no such setting, did you mean http.listen?"
    );
}

#[test]
fn every_wrong_value_is_named_with_what_to_write() {
    let refused = check(
        "dev = 3\n[limits]\nbody_bytes_max = 5\nconnections_max = 0\n[registration]\nmode = \"opn\"",
        &[],
    )
    .expect_err("wrong values are refused");
    for part in [
        "dev: ",
        "write true or false",
        "limits.body_bytes_max: ",
        "such as \"64KiB\"",
        "limits.connections_max: ",
        "above zero",
        "registration.mode: ",
        "write one of \"closed\", \"invite\", \"open\"",
    ] {
        assert!(refused.contains(part), "{part} is missing in {refused}");
    }
}

#[test]
fn a_broken_file_is_refused_with_the_place() {
    let refused = check("domain = \"a\"\n[http\n", &[]).expect_err("this is not TOML");
    assert!(refused.contains("line 2"), "{refused}");
}

#[test]
fn listening_outside_needs_encryption_and_a_domain() {
    let outside = "domain = \"chat.example.org\"\n[http]\nlisten = \"0.0.0.0:80\"\n";
    assert!(check(outside, &[]).expect_err("not encrypted").contains("unencrypted"));
    let behind_proxy =
        format!("{outside}public_url = \"https://chat.example.org\"\ntrusted_proxies = [\"10.0.0.0/8\"]");
    assert_eq!(check(&behind_proxy, &[]).expect("the proxy encrypts").http.peers, Peers::Proxies);
    let files = "[tls]\nmode = \"files\"\ncert_file = \"c\"\nkey_file = \"k\"";
    assert_eq!(check(&format!("{outside}{files}"), &[]).expect("encrypted").http.peers, Peers::Anybody);
    let unnamed = format!("[http]\nlisten = \"0.0.0.0:80\"\n{files}");
    assert!(check(&unnamed, &[]).expect_err("no domain").starts_with("domain: "));
}

#[test]
fn what_is_for_development_needs_dev_and_loopback() {
    let off = "[limits]\nenabled = false";
    assert!(check(off, &[]).expect_err("needs dev").contains("needs dev = true"));
    assert!(check(&format!("dev = true\n{off}"), &[]).expect("dev is on").limits.rates.is_none());
    let outside = "dev = true\ndomain = \"a.example\"\n[http]\nlisten = \"0.0.0.0:80\"\n[tls]\nmode = \"files\"\ncert_file = \"c\"\nkey_file = \"k\"";
    assert!(check(outside, &[]).expect_err("not loopback").starts_with("dev: "));
}

#[test]
fn metrics_stay_on_loopback() {
    assert!(
        check("[admin]\nlisten = \"0.0.0.0:9\"", &[]).expect_err("outside").starts_with("admin.listen: ")
    );
}

#[test]
fn every_setting_is_documented() {
    for key in keys() {
        assert!(key.doc.len() > 10 && key.doc.ends_with('.'), "{} has no whole sentence", key.path);
        assert!(
            key.default.is_some() || key.example.is_some() || key.kind == keys::Kind::Section,
            "{}",
            key.path
        );
    }
}

#[test]
fn the_reference_is_fresh() {
    golden("parlance.toml", &example());
    golden("settings.md", &reference());
    golden("settings.schema.json", &schema());
}

#[test]
fn components_are_listed_with_their_secrets_as_the_guide_says() {
    let xmpp = check(guide_example(1), &[]).expect("the guide is right").xmpp;
    assert_eq!(xmpp.component_listen.addresses, ["127.0.0.1:5347".parse().unwrap()]);
    assert_eq!((xmpp.components.len(), xmpp.components[0].domain.as_str()), (1, "irc.example.org"));
    assert_eq!(xmpp.components[0].secret.expose(), "a long random text");
}

#[test]
fn push_services_are_told_no_content_as_the_guide_says() {
    let settings = check(guide_example(2), &[]).expect("the guide is right");
    assert!(!settings.xmpp.push_content);
    assert_eq!(settings.xmpp.components[0].domain, "push.example.org");
    assert_eq!(settings.limits.push_registrations_per_user_max, 100);
}

/// An example of the guide to XMPP, counted from one.
fn guide_example(number: usize) -> &'static str {
    let guide = include_str!("../../../../docs/operate/xmpp.md");
    guide.split("```toml").nth(number).and_then(|rest| rest.split("```").next()).expect("an example")
}

#[test]
fn a_component_needs_a_domain_of_its_own_and_one_secret() {
    let wrong = |component: &str| {
        let text = format!("domain = \"example.org\"\n[[xmpp.components]]\n{component}");
        check(&text, &[]).expect_err("it is refused")
    };
    for domain in ["", "IRC.example.org", "example.org", "groups.example.org"] {
        assert!(
            wrong(&format!("domain = \"{domain}\"\nsecret = \"x\"")).contains("needs a domain"),
            "{domain}"
        );
    }
    for secret in ["", "secret = \"x\"\nsecret_file = \"y\"", "secret_file = \"nowhere\""] {
        let said = wrong(&format!("domain = \"irc.example.org\"\n{secret}"));
        assert!(said.contains("xmpp.components") && !said.contains("\"x\""), "{said}");
    }
}

//! Settings and the command line as an operator meets them.

use crate::support::{parlance, stderr};
use serde_json::Value;
use std::{fs, path::Path};

fn in_folder(toml: &str, check: impl FnOnce(&Path)) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    fs::write(dir.path().join("parlance.toml"), toml).expect("the folder is writable");
    check(dir.path());
}

#[test]
fn a_slip_in_the_settings_ends_with_2_and_says_what_was_meant() {
    in_folder("[http]\nlisen = \"127.0.0.1:0\"", |dir| {
        for arguments in [&["serve"] as &[_], &["settings", "check"], &["user", "list"]] {
            let output = parlance(arguments, &[], dir);
            assert_eq!(output.status.code(), Some(2));
            assert_eq!(
                stderr(&output),
                "parlance: http.lisen: there is no such setting, did you mean http.listen?\n"
            );
        }
    });
}

#[test]
fn unsafe_settings_are_refused() {
    in_folder("[limits]\nenabled = false", |dir| {
        let output = parlance(&["serve"], &[], dir);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("needs dev = true"));
        assert!(!dir.join("parlance-data").exists());
    });
}

#[test]
fn settings_can_be_checked_and_explained() {
    in_folder("domain = \"chat.example.org\"", |dir| {
        let output = parlance(&["settings", "check"], &[], dir);
        assert_eq!(output.status.code(), Some(0));
        assert!(String::from_utf8_lossy(&output.stdout).contains("chat.example.org"));
        let output = parlance(&["settings", "explain", "registration.mode", "--json"], &[], dir);
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(answer["default"], "\"invite\"");
        assert_eq!(answer["environment"], "PARLANCE__REGISTRATION__MODE");
        assert_eq!(answer["choices"].as_array().map(Vec::len), Some(3));
        let output = parlance(&["settings", "explain", "registration.mod"], &[], dir);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("did you mean registration.mode?"));
    });
}

#[test]
fn every_section_of_the_reference_may_be_there_and_empty() {
    let sections = ["data", "http", "tls", "admin", "storage", "search", "registration", "limits", "log"];
    in_folder(&sections.map(|section| format!("[{section}]\n")).concat(), |dir| {
        let output = parlance(&["settings", "check"], &[], dir);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let output = parlance(&["settings", "explain", "search.wait_max", "--json"], &[], dir);
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(answer["default"], "\"2s\"");
    });
}

#[test]
fn wrong_usage_ends_with_2_and_a_missing_server_with_1() {
    in_folder("", |dir| {
        assert_eq!(parlance(&["fly"], &[], dir).status.code(), Some(2));
        assert_eq!(
            parlance(&["user", "add", "anna", "--invite", "--password-stdin"], &[], dir).status.code(),
            Some(2)
        );
        let output = parlance(&["user", "list"], &[], dir);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).starts_with("parlance: there is no server at parlance-data: "));
        let output = parlance(&["version", "--json"], &[], dir);
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(answer["version"], env!("CARGO_PKG_VERSION"));
    });
}

#[test]
fn doctor_names_what_is_wrong() {
    in_folder("", |dir| {
        let output = parlance(&["doctor", "--json", "--data", "data"], &[("PARLANCE__DATA", "x")], dir);
        assert_eq!(output.status.code(), Some(1));
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(answer["findings"][0]["verdict"], "bad");
        assert_eq!(answer["findings"][0]["check"], "settings");
    });
}

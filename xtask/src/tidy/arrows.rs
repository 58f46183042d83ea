//! Which of our crates may know which.

use super::Finding;
use crate::{
    toml::{self, Table},
    tree::File,
};

/// Each crate with the crates of ours it may depend on. Adding an arrow is fine after talking about
/// it, and is a change of its own; the same table stands in ARCHITECTURE.md.
const ARROWS: &[(&str, &[&str])] = &[
    ("parlance-core", &[]),
    ("parlance-api", &[]),
    ("parlance-xmpp", &[]),
    ("parlance-hub", &["parlance-core"]),
    ("parlance-backends", &["parlance-core", "parlance-hub"]),
    ("parlance-front", &["parlance-core", "parlance-hub"]),
    ("parlance-front-native", &["parlance-front", "parlance-core", "parlance-hub", "parlance-api"]),
    ("parlance-front-xmpp", &["parlance-front", "parlance-core", "parlance-hub", "parlance-xmpp"]),
    (
        "parlance-server",
        &[
            "parlance-core",
            "parlance-hub",
            "parlance-backends",
            "parlance-front",
            "parlance-front-native",
            "parlance-front-xmpp",
            "parlance-xmpp",
            "parlance-api",
        ],
    ),
    ("parlance-client", &["parlance-api"]),
    ("parlance-chat", &["parlance-client"]),
    ("parlance-testkit", &["parlance-core", "parlance-hub"]),
    ("parlance-bench", &["parlance-client", "parlance-api"]),
    ("xtask", &[]),
];

/// Crates by others that would bring in what a crate of ours must not be able to see.
const STRANGERS: &[(&str, &[&str])] = &[
    ("parlance-core", &["tokio", "async-trait", "rand", "parking_lot", "rusqlite", "axum", "hyper"]),
    ("parlance-api", &["tokio", "axum", "hyper", "rusqlite"]),
    ("parlance-xmpp", &["tokio", "async-trait", "rand", "parking_lot", "rusqlite", "axum", "hyper"]),
    ("parlance-hub", &["axum", "hyper", "rusqlite", "tokio-tungstenite"]),
    ("xtask", &["anyhow", "clap", "serde", "tokio", "toml"]),
];

/// What tests may use beside the arrows of their crate.
const FOR_TESTS: &str = "parlance-testkit";

/// Every manifest follows the table.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    files.iter().filter(|file| file.path.ends_with("/Cargo.toml")).flat_map(check_manifest).collect()
}

fn check_manifest(file: &File) -> Vec<Finding> {
    let tables = match toml::parse(&file.text) {
        Ok(tables) => tables,
        Err(why) => return vec![Finding::new(file, 1, format!("cannot be read: {why}"))],
    };
    let Some(name) = tables.iter().find(|table| table.name == "package").and_then(|table| table.text("name"))
    else {
        return Vec::new();
    };
    let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
        return vec![Finding::new(
            file,
            1,
            format!(
                "{name} is not in the table of arrows; a new crate needs a reason: add it to xtask/src/tidy/arrows.rs and ARCHITECTURE.md"
            ),
        )];
    };
    let all = || tables.iter().flat_map(dependencies);
    let arrows = all().filter(|(_, dependency)| is_ours(dependency) && !allowed.contains(dependency));
    let arrows =
        arrows.filter(|arrow| *arrow != (true, FOR_TESTS)).map(|(_, dependency)| (dependency, NEW_ARROW));
    let strangers =
        STRANGERS.iter().filter(|(crate_name, _)| *crate_name == name).flat_map(|(_, strangers)| *strangers);
    let strangers = strangers.filter(|stranger| all().any(|dependency| dependency == (false, stranger)));
    let found = arrows.chain(strangers.map(|stranger| (*stranger, STRANGER)));
    found
        .map(|(dependency, why)| {
            Finding::new(file, line_of(file, dependency), format!("{name} must not know {dependency}: {why}"))
        })
        .collect()
}

const NEW_ARROW: &str = "the arrow is absent on purpose (ARCHITECTURE.md). Move the code to where it is known, or propose the arrow in xtask/src/tidy/arrows.rs";
const STRANGER: &str =
    "what it brings is absent here on purpose (ARCHITECTURE.md). Ask for it through an argument or a port";

fn is_ours(dependency: &str) -> bool {
    dependency.starts_with("parlance-") || dependency == "xtask"
}

/// The dependencies a table names, and whether they are for tests only.
fn dependencies(table: &Table) -> Vec<(bool, &str)> {
    let is_for_tests = table.name.contains("dev-dependencies");
    if table.name.ends_with("dependencies") {
        return table
            .entries
            .iter()
            .map(|(key, _)| (is_for_tests, key.split('.').next().unwrap_or(key)))
            .collect();
    }
    let single = table.name.rsplit_once("dependencies.").map(|(_, name)| (is_for_tests, name));
    single.into_iter().collect()
}

fn line_of(file: &File, word: &str) -> usize {
    file.lines().find(|(_, line)| line.contains(word) && !line.contains("name =")).map_or(1, |(line, _)| line)
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{files, only},
        *,
    };

    fn check_text(text: &str) -> Vec<Finding> {
        check(&files([("crates/x/Cargo.toml", text)]))
    }

    #[test]
    fn an_arrow_that_is_not_in_the_table_is_found() {
        let head = "[package]\nname = \"parlance-api\"\n";
        for dependency in [
            "[dependencies]\nparlance-core = { workspace = true }",
            "[dependencies]\nparlance-core.workspace = true",
            "[dependencies.parlance-core]\nworkspace = true",
            "[target.'cfg(unix)'.dependencies]\nparlance-core = { workspace = true }",
            "[build-dependencies]\nparlance-core = { workspace = true }",
            "[dev-dependencies]\nparlance-core = { workspace = true }",
        ] {
            let finding = only(check_text(&format!("{head}{dependency}\n")));
            assert!(finding.message.contains("must not know parlance-core"), "{finding:?}");
        }
    }

    #[test]
    fn a_crate_by_others_that_brings_in_the_world_is_found() {
        let head = "[package]\nname = \"parlance-core\"\n";
        only(check_text(&format!("{head}[dependencies]\ntokio = {{ workspace = true }}\n")));
        assert!(
            check_text(&format!("{head}[dev-dependencies]\ntokio = {{ workspace = true }}\n")).is_empty()
        );
    }

    #[test]
    fn tests_may_use_the_testkit_and_nothing_else_may() {
        let head = "[package]\nname = \"parlance-hub\"\n";
        assert!(
            check_text(&format!("{head}[dev-dependencies]\nparlance-testkit = {{ workspace = true }}\n"))
                .is_empty()
        );
        only(check_text(&format!("{head}[dependencies]\nparlance-testkit = {{ workspace = true }}\n")));
    }

    #[test]
    fn a_crate_nobody_talked_about_is_found() {
        let finding = only(check_text("[package]\nname = \"parlance-utils\"\n"));
        assert!(finding.message.contains("not in the table"));
    }

    #[test]
    fn foreign_crates_and_known_arrows_are_fine() {
        let text = "[package]\nname = \"parlance-hub\"\n[dependencies]\nparlance-core = { workspace = true }\nserde = \"1\"\n";
        assert!(check_text(text).is_empty());
    }
}

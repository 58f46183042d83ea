//! Words that must not appear in a place, because their absence is what makes the place simple.

use super::{Finding, code, first_line_of_tests};
use crate::tree::File;

/// One absence.
struct Rule {
    /// Where the words are looked for.
    inside: &'static [&'static str],
    /// Where they are at home.
    except: &'static [&'static str],
    /// What must not be there.
    words: &'static [&'static str],
    /// Why, and what to do.
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        inside: &["crates/core/src/", "crates/xmpp/src/"],
        except: &[],
        words: &[
            "async fn",
            ".await",
            "tokio::",
            "std::net",
            "std::fs",
            "std::thread",
            "SystemTime",
            "Instant::now",
            "rand::",
        ],
        why: "the core decides and folds, and a protocol turns bytes into frames: both are pure and take time, chance and state as arguments. Do this in the hub, or in the front end",
    },
    Rule {
        inside: &["crates/hub/src/"],
        except: &[],
        words: &["axum::", "hyper::", "tokio_tungstenite::", "std::net::Tcp", "std::net::Udp", "tokio::net"],
        why: "the hub knows neither a wire protocol nor a database. Ask for it through a port and make it real in the backends",
    },
    Rule {
        inside: &["crates/"],
        except: &["crates/server/src/net/", "crates/server/src/admin/"],
        words: &["TcpListener::bind", "UnixListener::bind", "UdpSocket::bind", "TcpSocket::new"],
        why: "listeners are opened in server/src/net (and the admin socket in server/src/admin), where limits per address hold. Take the stream as an argument",
    },
    Rule {
        inside: &["crates/"],
        except: &["crates/backends/src/", "crates/client/src/"],
        words: &["rusqlite::"],
        why: "only the backends (and the SDK's local store) speak SQL, so that every store passes one suite. Add to a port",
    },
];

/// No word stands where it must not; tests may use what they need.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let sources = files.iter().filter(|file| file.is_rust() || file.is_script());
    sources.flat_map(|file| RULES.iter().flat_map(move |rule| check_rule(rule, file))).collect()
}

fn check_rule(rule: &Rule, file: &File) -> Vec<Finding> {
    let starts = |places: &[&str]| places.iter().any(|place| file.path.starts_with(place));
    if !starts(rule.inside) || starts(rule.except) {
        return Vec::new();
    }
    let tests_from = first_line_of_tests(file).unwrap_or(usize::MAX);
    let lines = file.lines().take_while(|(line, _)| *line < tests_from);
    let hits = lines
        .filter_map(|(line, text)| Some((line, rule.words.iter().find(|word| code(text).contains(**word))?)));
    hits.map(|(line, word)| Finding::new(file, line, format!("`{word}` must not be here: {}", rule.why)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{files, only},
        *,
    };

    fn is_found(path: &str, line: &str) {
        only(check(&files([(path, line)])));
    }

    fn is_fine(path: &str, line: &str) {
        assert_eq!(check(&files([(path, line)])), []);
    }

    #[test]
    fn the_core_has_no_clock_no_chance_no_async_and_no_io() {
        for line in [
            "async fn decide() {}",
            "tokio::join!()",
            "let now = Instant::now();",
            "use std::fs;",
            "rand::rng()",
        ] {
            is_found("crates/core/src/decide.rs", line);
        }
        is_found("crates/xmpp/src/stream.rs", "let now = Instant::now();");
        is_fine("crates/core/src/decide.rs", "fn decide() {} // without async fn");
        is_fine("crates/core/src/tests.rs", "use std::fs;");
    }

    #[test]
    fn the_hub_knows_no_wire_and_no_database() {
        is_found("crates/hub/src/post.rs", "use rusqlite::Connection;");
        is_found("crates/hub/src/post.rs", "use axum::Router;");
        is_fine("crates/backends/src/sqlite.rs", "use rusqlite::Connection;");
    }

    #[test]
    fn only_the_shell_opens_listeners() {
        is_found("crates/front/src/drive.rs", "TcpListener::bind(address)");
        is_fine("crates/server/src/net/listen.rs", "TcpListener::bind(address)");
        is_fine("crates/front/tests/drive.rs", "TcpListener::bind(address)");
    }

    #[test]
    fn only_backends_and_the_local_store_speak_sql() {
        is_found("crates/server/src/admin/users.rs", "rusqlite::Connection::open(path)");
        is_fine("crates/client/src/store.rs", "rusqlite::Connection::open(path)");
    }
}

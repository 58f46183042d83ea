//! Marks of unfinished work, tests that do not run, and tests that wait by the clock.

use super::{Finding, code, first_line_of_tests};
use crate::tree::File;

/// Split so that this file does not find itself.
const UNFINISHED: &[&str] = &[
    concat!("FIX", "ME"),
    concat!("TO", "DO"),
    concat!("XX", "X"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
];
const NOT_RUN: &[&str] = &[
    concat!("#[ig", "nore"),
    concat!("test.sk", "ip("),
    concat!("it.sk", "ip("),
    concat!("describe.sk", "ip("),
    concat!("test.on", "ly("),
    concat!("it.on", "ly("),
    concat!("describe.on", "ly("),
];
const WAITS: &[&str] = &[
    concat!("thread::sl", "eep("),
    concat!("time::sl", "eep("),
    concat!("waitForTime", "out("),
    concat!("(sl", "eep("),
    concat!(" sl", "eep("),
];
/// The one way to wait in a test: a loop that looks for a condition until a deadline says so beside its pause.
const POLLS: &str = "// polls:";

/// Sources carry no such mark.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let sources = files.iter().filter(|file| (file.is_rust() || file.is_script()) && !file.is_generated());
    sources.flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Finding> {
    let tests_from = first_line_of_tests(file).unwrap_or(usize::MAX);
    let mut findings = Vec::new();
    let mut before = "";
    for (line, text) in file.lines() {
        if let Some(mark) = UNFINISHED.iter().find(|mark| has_word(text, mark)) {
            findings.push(Finding::new(file, line, format!("`{mark}`: finish it, or take it out and write down what is missing where people look for it")));
        }
        if let Some(mark) = NOT_RUN.iter().find(|mark| text.contains(**mark)) {
            findings.push(Finding::new(file, line, format!("`{mark}`: a test that does not run says nothing. Assert what happens now, or remove the test")));
        }
        let is_poll = text.contains(POLLS) || before.contains(POLLS);
        if line >= tests_from && !is_poll && WAITS.iter().any(|wait| code(text).contains(*wait)) {
            findings.push(Finding::new(file, line, format!("a test that waits by the clock is slow and sometimes wrong. Wait for a condition with a deadline; the pause of such a loop says `{POLLS} what, until when`")));
        }
        before = text;
    }
    findings
}

/// Whether a mark stands by itself and not inside of a longer word.
fn has_word(text: &str, mark: &str) -> bool {
    text.match_indices(mark).any(|(place, _)| {
        let touches =
            |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        let ends_open = mark.ends_with('(');
        !touches(text[..place].chars().next_back())
            && (ends_open || !touches(text[place + mark.len()..].chars().next()))
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{files, only},
        *,
    };

    fn finds(path: &str, line: &str) {
        only(check(&files([(path, line)])));
    }

    #[test]
    fn unfinished_work_is_found() {
        for mark in UNFINISHED {
            finds("crates/a/src/a.rs", &format!("    {mark} later"));
            finds("web/src/a.ts", &format!("// {mark} later"));
        }
        assert!(check(&files([("crates/a/src/a.rs", concat!("const M", "XX", "XY: u8 = 1;"))])).is_empty());
    }

    #[test]
    fn tests_that_do_not_run_are_found() {
        for mark in NOT_RUN {
            finds("web/tests/a.test.ts", mark);
        }
        assert!(check(&files([("crates/a/src/a.rs", "items.iter().skip(1)")])).is_empty());
    }

    #[test]
    fn tests_that_wait_by_the_clock_are_found() {
        for wait in WAITS {
            finds("crates/a/tests/a.rs", &format!("    await{wait}100)"));
        }
        let below = format!("fn a() {{}}\n#[cfg(test)]\nmod tests {{\n    {}1);\n}}\n", WAITS[0]);
        assert_eq!(only(check(&files([("crates/a/src/a.rs", &below)]))).line, 4);
    }

    #[test]
    fn a_loop_that_looks_for_a_condition_may_pause() {
        let text = format!("    {POLLS} the file exists, at most 10 s\n    {}1);\n", WAITS[0]);
        assert!(check(&files([("crates/a/tests/a.rs", &text)])).is_empty());
        assert!(check(&files([("crates/a/src/a.rs", &format!("{}1);", WAITS[0]))])).is_empty());
    }
}

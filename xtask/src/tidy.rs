//! What compilers do not check. Each finding says where, why and what to do.

mod absence;
mod arrows;
mod invariants;
mod licences;
mod links;
mod marks;
mod sizes;
mod standards;
mod words;

use crate::{
    Outcome,
    command::root,
    tree::{self, File},
};

/// Something to mend.
#[derive(Debug, PartialEq)]
struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl Finding {
    fn new(file: &File, line: usize, message: impl Into<String>) -> Self {
        Self { path: file.path.clone(), line, message: message.into() }
    }
}

/// A check is a function of the files.
type Check = fn(&[File]) -> Vec<Finding>;

const CHECKS: &[Check] = &[
    arrows::check,
    licences::check,
    absence::check,
    invariants::check,
    standards::check,
    marks::check,
    sizes::check,
    links::check,
    words::check,
];

/// Runs every check over the project.
pub(crate) fn tidy() -> Outcome {
    let files = tree::read(root()).map_err(|error| format!("cannot read the project: {error}"))?;
    let findings: Vec<Finding> = CHECKS.iter().flat_map(|check| check(&files)).collect();
    if findings.is_empty() {
        return Ok(());
    }
    let lines = findings.iter().map(|Finding { path, line, message }| format!("{path}:{line}: {message}"));
    Err(lines.collect::<Vec<_>>().join("\n"))
}

/// A test is outside of what ships: in a folder of tests, in a file of tests, or below `cfg(test)`.
fn first_line_of_tests(file: &File) -> Option<usize> {
    let is_whole = ["tests/", "e2e/", "/testkit/", "interop/"].iter().any(|part| file.path.contains(part))
        || file.path.ends_with("tests.rs")
        || [".test.", ".spec."].iter().any(|part| file.path.contains(part));
    if is_whole {
        return Some(1);
    }
    let opens_module = |line: &str| line.trim_start().starts_with("mod ") && line.trim_end().ends_with('{');
    let lines: Vec<&str> = file.text.lines().collect();
    let place =
        lines.windows(2).position(|pair| pair[0].trim() == "#[cfg(test)]" && opens_module(pair[1]))?;
    Some(place + 1)
}

/// What a line says before its comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files with these paths and texts.
    pub(super) fn files<const N: usize>(files: [(&str, &str); N]) -> Vec<File> {
        files.map(|(path, text)| File { path: path.to_owned(), text: text.to_owned() }).into()
    }

    /// The only finding.
    pub(super) fn only(findings: Vec<Finding>) -> Finding {
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings.into_iter().next().expect("there is one")
    }

    #[test]
    fn tests_are_found_wherever_they_are() {
        let text = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n}\n";
        let cases = [
            ("crates/a/src/a.rs", Some(3)),
            ("crates/a/tests/a.rs", Some(1)),
            ("web/src/a.test.ts", Some(1)),
        ];
        for (path, expected) in cases {
            assert_eq!(first_line_of_tests(&files([(path, text)])[0]), expected, "{path}");
        }
        let elsewhere = "#[cfg(test)]\nmod tests;\nfn a() {}\n";
        assert_eq!(first_line_of_tests(&files([("crates/a/src/a.rs", elsewhere)])[0]), None);
    }
}

//! The project speaks of itself alone.

use super::Finding;
use crate::tree::File;

/// Places on one person's machine. Split so that this file does not find itself.
const MACHINE: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];
const ISSUE: &str = concat!("issue ", "#");
const SESSION: &[&str] =
    &[concat!("this ses", "sion will"), concat!("previous ses", "sion"), concat!("next ses", "sion will")];

/// Nothing names a place on somebody's machine, a number of a tracker or the way the text was made.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    files.iter().filter(|file| !file.path.ends_with("-lock.json")).flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Finding> {
    file.lines().filter_map(|(line, text)| Some(Finding::new(file, line, fault(text)?))).collect()
}

fn fault(text: &str) -> Option<String> {
    if let Some(place) = MACHINE.iter().find(|place| has_path(text, place)) {
        return Some(format!(
            "`{place}` is a place on somebody's machine. Write it relative to the project, or as an example such as /var/lib/parlance"
        ));
    }
    let lower = text.to_lowercase();
    let names_issue =
        lower.split(ISSUE).skip(1).any(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()));
    if names_issue {
        return Some(
            "names a number of a tracker that readers may not have. Say what it is about instead".into(),
        );
    }
    let word = SESSION.iter().find(|word| lower.contains(**word))?;
    Some(format!("\"{word}\" is about how this was written. Say what is, and why"))
}

/// Whether an absolute path starts here, and not a part of an address or of a longer path.
fn has_path(text: &str, place: &str) -> bool {
    text.match_indices(place).any(|(index, _)| {
        let before = text[..index].chars().next_back();
        !before
            .is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | '}' | ')'))
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{files, only},
        *,
    };

    fn check_line(line: &str) -> Vec<Finding> {
        check(&files([("docs/a.md", line)]))
    }

    #[test]
    fn places_on_a_machine_are_found() {
        for place in MACHINE {
            only(check_line(&format!("see `{place}main`")));
        }
        assert!(check_line(&format!("https://example.org{}a", MACHINE[0])).is_empty());
    }

    #[test]
    fn numbers_of_a_tracker_are_found() {
        only(check_line(&format!("Fixes {}12.", ISSUE.to_uppercase())));
        assert!(check_line(&format!("an {} without number", ISSUE)).is_empty());
    }

    #[test]
    fn words_about_the_making_are_found() {
        for word in SESSION {
            only(check_line(&format!("The {word} do it.")));
        }
    }
}

//! Every standard we claim is shown by tests that exist.

use super::Finding;
use crate::{protocols, tree::File};

const LIST: &str = "docs/protocols/protocols.toml";

/// Each test named in the list of standards is somewhere in the project.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let Some(list) = files.iter().find(|file| file.path == LIST) else { return Vec::new() };
    match protocols::tests(&list.text) {
        Err(why) => vec![Finding::new(list, 1, why)],
        Ok(tests) => {
            tests.iter().filter(|(_, test)| !exists(test, files)).map(|claim| finding(list, claim)).collect()
        }
    }
}

fn finding(list: &File, (standard, test): &(String, String)) -> Finding {
    let line = list.lines().find(|(_, line)| line.contains(test.as_str())).map_or(1, |(line, _)| line);
    Finding::new(
        list,
        line,
        format!(
            "{standard} is said to be shown by `{test}`, which does not exist; name the test that does, or take the claim back"
        ),
    )
}

/// A test is a function, a test title, or a suite in a folder.
fn exists(test: &str, files: &[File]) -> bool {
    let function = format!("fn {test}(");
    let title = format!("\"{test}\"");
    let sources = files.iter().filter(|file| file.is_rust() || file.is_script());
    let is_suite =
        || test.starts_with("interop/") && files.iter().any(|file| file.path == format!("{test}/run"));
    sources.into_iter().any(|file| file.text.contains(&function) || file.text.contains(&title)) || is_suite()
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{files, only},
        *,
    };

    fn check_claim(test: &str) -> Vec<Finding> {
        let list = format!("[[protocol]]\nname = \"RFC 1\"\ntests = [\"{test}\"]\n");
        check(&files([(LIST, &list), ("crates/a/tests/a.rs", "fn it_works() {}"), ("interop/judge/run", "")]))
    }

    #[test]
    fn a_claim_without_its_test_is_found() {
        assert_eq!(only(check_claim("it_flies")).line, 3);
        only(check_claim("interop/nobody"));
    }

    #[test]
    fn a_claim_with_its_test_is_fine() {
        assert!(check_claim("it_works").is_empty());
        assert!(check_claim("interop/judge").is_empty());
    }
}

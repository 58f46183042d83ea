//! Every absence that ARCHITECTURE.md promises is watched by a test that exists.

use super::Finding;
use crate::tree::File;

const MAP: &str = "ARCHITECTURE.md";
const SECTION: &str = "## What is absent on purpose";
const WATCHED: &str = "Watched by `";

/// Each item of the section ends in "Watched by `test` in `file`.".
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let Some(map) = files.iter().find(|file| file.path == MAP) else { return Vec::new() };
    let items = items(map);
    if items.is_empty() {
        return vec![Finding::new(
            map,
            1,
            format!("has no list under \"{SECTION}\"; the map says what is absent, and how that is watched"),
        )];
    }
    items.iter().filter_map(|(line, item)| Some(Finding::new(map, *line, fault(item, files)?))).collect()
}

/// The items of the list, with continuation lines joined.
fn items(map: &File) -> Vec<(usize, String)> {
    let after = map.lines().skip_while(|(_, line)| *line != SECTION).skip(1);
    let mut items: Vec<(usize, String)> = Vec::new();
    for (number, line) in after.take_while(|(_, line)| !line.starts_with("## ")) {
        match (line.strip_prefix("- "), items.last_mut()) {
            (Some(start), _) => items.push((number, start.to_owned())),
            (None, Some((_, item))) if line.starts_with("  ") => *item = format!("{item} {}", line.trim()),
            _ => {}
        }
    }
    items
}

fn fault(item: &str, files: &[File]) -> Option<String> {
    let Some((_, watch)) = item.split_once(WATCHED) else {
        return Some(
            "names no test: a promise nobody watches is a wish. End it with: Watched by `test` in `file`."
                .into(),
        );
    };
    let mut parts = watch.split('`');
    let (test, path) = (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default());
    let Some(file) = files.iter().find(|file| file.path == path) else {
        return Some(format!("names the file `{path}`, which does not exist"));
    };
    let is_there = file.text.contains(&format!("fn {test}(")) || file.text.contains(&format!("\"{test}\""));
    (!is_there).then(|| format!("names the test `{test}`, which is not in {path}"))
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{files, only},
        *,
    };

    fn check_item(item: &str) -> Vec<Finding> {
        let map = format!("# Map\n\n{SECTION}\n\n{item}\n\n## Next\n\n- Not a promise.\n");
        check(&files([(MAP, &map), ("crates/a/tests/a.rs", "#[test]\nfn nothing_is_there() {}\n")]))
    }

    #[test]
    fn a_promise_with_its_test_is_fine() {
        assert!(
            check_item("- Nothing is there.\n  Watched by `nothing_is_there` in `crates/a/tests/a.rs`.")
                .is_empty()
        );
    }

    #[test]
    fn a_promise_without_test_is_found() {
        let finding = only(check_item("- Nothing is there."));
        assert_eq!(finding.line, 5);
    }

    #[test]
    fn a_promise_whose_test_or_file_is_gone_is_found() {
        assert!(
            only(check_item("- A. Watched by `gone` in `crates/a/tests/a.rs`.")).message.contains("`gone`")
        );
        assert!(only(check_item("- A. Watched by `gone` in `crates/b.rs`.")).message.contains("crates/b.rs"));
    }

    #[test]
    fn a_map_without_the_section_is_found() {
        only(check(&files([(MAP, "# Map\n")])));
    }
}

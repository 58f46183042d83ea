//! Links between pages lead somewhere.

use super::Finding;
use crate::{command::at, tree::File};

/// Each link of a page to a file or a heading of ours resolves.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    check_with(files, &|path| at(path).exists())
}

fn check_with(files: &[File], exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let pages = files.iter().filter(|file| file.path.ends_with(".md"));
    pages.flat_map(|page| check_page(page, files, exists)).collect()
}

fn check_page(page: &File, files: &[File], exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let links =
        prose(page).flat_map(|(line, text)| targets(text).into_iter().map(move |target| (line, target)));
    let ours = links.filter(|(_, target)| !target.contains("://") && !target.starts_with("mailto:"));
    ours.filter_map(|(line, target)| Some(Finding::new(page, line, fault(page, &target, files, exists)?)))
        .collect()
}

/// The lines outside of code blocks.
fn prose(page: &File) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    page.lines().filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// What stands between `](` and `)`, outside of code.
fn targets(line: &str) -> Vec<String> {
    let outside_of_code: String = line.split('`').step_by(2).collect();
    outside_of_code.split("](").skip(1).filter_map(|rest| Some(rest.split(')').next()?.to_owned())).collect()
}

fn fault(page: &File, target: &str, files: &[File], exists: &dyn Fn(&str) -> bool) -> Option<String> {
    let (place, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if place.is_empty() { page.path.clone() } else { resolve(&page.path, place) };
    if !exists(&path) {
        return Some(format!(
            "the link to {target} leads nowhere: there is no {path}. Mend it or take it out"
        ));
    }
    let page = files.iter().find(|file| file.path == path)?;
    let is_there = anchor.is_empty() || !path.ends_with(".md") || anchors(page).any(|found| found == anchor);
    (!is_there).then(|| format!("the link to {target} leads to no heading of {path}. Mend it or take it out"))
}

fn resolve(page: &str, place: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in place.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Headings as forges make anchors of them, and anchors that are written out.
fn anchors(page: &File) -> impl Iterator<Item = String> {
    let headings = prose(page)
        .filter(|(_, line)| line.starts_with('#'))
        .map(|(_, line)| slug(line.trim_start_matches('#')));
    let written =
        page.text.split("<a id=\"").skip(1).filter_map(|rest| Some(rest.split('"').next()?.to_owned()));
    headings.chain(written)
}

fn slug(heading: &str) -> String {
    let kept =
        heading.trim().chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{files, only},
        *,
    };

    fn check_text(text: &str) -> Vec<Finding> {
        let files = files([("docs/a.md", text), ("docs/b/c.md", "# It's a Heading!\n<a id=\"x.y\"></a>\n")]);
        check_with(&files, &|path| files.iter().any(|file| file.path == path))
    }

    #[test]
    fn a_link_to_nothing_is_found() {
        for text in [
            "[a](b/d.md)",
            "see [`a`](gone.md)",
            "![picture](picture.png)",
            "[a](b/c.md#nowhere)",
            "[a](#nowhere)",
        ] {
            only(check_text(text));
        }
    }

    #[test]
    fn links_that_lead_somewhere_are_fine() {
        let text = "# Top\n[a](b/c.md) [b](b/../a.md) [c](b/c.md#its-a-heading) [`d`](b/c.md#x.y) [e](#top) [f](https://example.org)";
        assert_eq!(check_text(text), []);
    }

    #[test]
    fn code_has_no_links() {
        assert_eq!(check_text("`a[0](b)`\n```\n[a](gone.md)\n```\n"), []);
    }
}

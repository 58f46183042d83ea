//! The page of XEP-0479, rendered from its list and from that of the standards.

use crate::toml::{self, Table};

const INTRODUCTION: &str =
    "<!-- Generated from docs/protocols/compliance.toml by `cargo xtask gen`; change that file instead. -->

# XMPP Compliance Suites 2023

What [XEP-0479](https://xmpp.org/extensions/xep-0479.html) asks of an *advanced server*, whether Parlance has
it, and the tests that show it. What is partial about a standard is said in [the list of
standards](../reference/protocols.md).

| suite | feature | standards | here | shown by |
|---|---|---|---|---|
";

/// Renders the page.
///
/// # Errors
/// A feature whose standards are not listed and that does not say why, or that excuses what is there.
pub(crate) fn page(list: &str, standards: &str) -> Result<String, String> {
    let (features, standards) = (toml::parse(list)?, toml::parse(standards)?);
    let rows = features.iter().filter(|table| table.name == "feature").map(|table| row(table, &standards));
    rows.collect::<Result<String, String>>().map(|rows| INTRODUCTION.to_owned() + &rows)
}

fn row(feature: &Table, standards: &[Table]) -> Result<String, String> {
    let field = |key| feature.text(key).ok_or_else(|| format!("compliance.toml: a feature lacks `{key}`"));
    let (suite, name) = (field("suite")?, field("name")?);
    let needs = feature.texts("needs");
    let found: Vec<&Table> = needs.iter().filter_map(|need| listed(need, standards)).collect();
    let here = match (found.len() == needs.len(), feature.text("missing")) {
        (true, None) => "yes",
        (false, Some(missing)) => missing,
        (true, Some(_)) => return Err(format!("compliance.toml: {name} is there; take its `missing` out")),
        (false, None) => {
            return Err(format!("compliance.toml: {name} lacks a standard and does not say why"));
        }
    };
    let mut tests: Vec<&str> = found.iter().flat_map(|standard| standard.texts("tests")).collect();
    tests.dedup();
    let shown = if tests.is_empty() { String::new() } else { format!("`{}`", tests.join("`, `")) };
    Ok(format!("| {suite} | {name} | {} | {here} | {shown} |\n", needs.join(", ")))
}

fn listed<'t>(need: &str, standards: &'t [Table]) -> Option<&'t Table> {
    let names = |table: &Table| table.text("name").is_some_and(|name| name.split(", ").any(|it| it == need));
    standards.iter().find(|table| table.name == "protocol" && names(table))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEATURE: &str = "[[feature]]\nsuite = \"Core\"\nname = \"One\"\nneeds = [\"RFC 1\", \"RFC 2\"]\n";
    const BOTH: &str = "[[protocol]]\nname = \"RFC 1, RFC 2\"\ntests = [\"it_works\"]\n";
    const ONE: &str = "[[protocol]]\nname = \"RFC 1\"\ntests = [\"it_works\"]\n";

    #[test]
    fn what_is_listed_is_there_with_its_tests() {
        let page = page(FEATURE, BOTH).expect("both standards are listed");
        assert!(page.ends_with("| Core | One | RFC 1, RFC 2 | yes | `it_works` |\n"), "{page}");
    }

    #[test]
    fn what_is_missing_says_so_and_nothing_else_does() {
        assert!(page(FEATURE, ONE).is_err_and(|message| message.contains("does not say why")));
        let excused = format!("{FEATURE}missing = \"Not yet.\"\n");
        let page_of_one = page(&excused, ONE).expect("it says why");
        assert!(page_of_one.ends_with("| Not yet. | `it_works` |\n"), "{page_of_one}");
        assert!(page(&excused, BOTH).is_err_and(|message| message.contains("take its `missing` out")));
    }
}

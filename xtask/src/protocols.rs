//! The page of standards, rendered from its list.

use crate::toml::{self, Table};

const INTRODUCTION: &str =
    "<!-- Generated from docs/protocols/protocols.toml by `cargo xtask gen`; change that file instead. -->

# Standards

What Parlance implements of each standard, since which version, and the tests that show it.

| standard | title | status | since | notes | shown by |
|---|---|---|---|---|---|
";

/// What a line of the list must say.
const FIELDS: &[&str] = &["name", "title", "status", "since", "notes"];

/// Renders the list as a page.
///
/// # Errors
/// A line that lacks a field, or that names no test.
pub(crate) fn page(list: &str) -> Result<String, String> {
    let tables = toml::parse(list)?;
    let rows = tables.iter().filter(|table| table.name == "protocol").map(row);
    rows.collect::<Result<String, String>>().map(|rows| INTRODUCTION.to_owned() + &rows)
}

fn row(protocol: &Table) -> Result<String, String> {
    let name = protocol.text("name").unwrap_or("a protocol without name");
    let field =
        |key: &&str| protocol.text(key).ok_or_else(|| format!("protocols.toml: {name} lacks `{key}`"));
    let cells = FIELDS.iter().map(field).collect::<Result<Vec<_>, _>>()?;
    let tests = protocol.texts("tests");
    if tests.is_empty() {
        return Err(format!("protocols.toml: {name} names no test; what is not shown is not implemented"));
    }
    Ok(format!("| {} | `{}` |\n", cells.join(" | "), tests.join("`, `")))
}

/// The tests that the list names, each with the standard it shows.
pub(crate) fn tests(list: &str) -> Result<Vec<(String, String)>, String> {
    let tables = toml::parse(list)?;
    let named = |table: &Table| {
        let name = table.text("name").unwrap_or_default().to_owned();
        table.texts("tests").into_iter().map(move |test| (name.clone(), test.to_owned())).collect::<Vec<_>>()
    };
    Ok(tables.iter().flat_map(named).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "[[protocol]]\nname = \"RFC 1\"\ntitle = \"One\"\nstatus = \"complete\"\nsince = \"0.1\"\nnotes = \"\"\n";

    #[test]
    fn each_standard_is_a_row() {
        let page = page(&format!("{LINE}tests = [\"it_works\"]\n")).expect("the list is complete");
        assert!(page.ends_with("| RFC 1 | One | complete | 0.1 |  | `it_works` |\n"), "{page}");
    }

    #[test]
    fn a_standard_without_test_or_field_is_refused() {
        assert!(page(LINE).is_err_and(|message| message.contains("names no test")));
        let without_status = LINE.replace("status = \"complete\"\n", "");
        assert!(page(&without_status).is_err_and(|message| message.contains("`status`")));
    }
}

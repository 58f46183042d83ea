//! The error catalogue as a page.

use crate::error::{CATALOGUE, CatalogueEntry, Retry};

const INTRODUCTION: &str =
    "<!-- Generated from crates/api/errors.toml by `cargo xtask gen`; change that file instead. -->

# Errors

Everything a user or a client can be told. Over HTTP an error is a problem document (RFC 9457,
`application/problem+json`); on the WebSocket the same document is the field `error` of an answer.
Programs look at `code` and act on `retry`; people read `title` and `help`. Codes are never reused.

| retry | what a client does |
|---|---|
| never | Repeating the same request cannot help. |
| later | Repeat after `retry_after_ms`, or after a moment, with the same `client_ref`. |
| elsewhere | Close the connection and connect again. |
";

/// The error catalogue as a Markdown page, one section per code.
pub fn errors_page() -> String {
    CATALOGUE.iter().map(section).fold(INTRODUCTION.to_owned(), |page, section| page + &section)
}

fn section(entry: &CatalogueEntry) -> String {
    let CatalogueEntry { word, summary, help, http, retry, .. } = entry;
    let retry = match retry {
        Retry::Never => "never",
        Retry::Later => "later",
        Retry::Elsewhere => "elsewhere",
    };
    format!("\n## <a id=\"{word}\"></a>`{word}`\n\n{summary} {help}\n\nHTTP status {http}, retry: {retry}.\n")
}

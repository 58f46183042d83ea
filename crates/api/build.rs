//! Turns `errors.toml` into the `ErrorCode` enum, so that the list is written once.
use std::fmt::Write;

fn main() {
    println!("cargo:rerun-if-changed=errors.toml");
    let text = std::fs::read_to_string("errors.toml").expect("errors.toml is beside build.rs");
    let families: toml::Table = text.parse().expect("errors.toml is valid TOML");
    let mut rows = Vec::new();
    for (family, codes) in &families {
        for (word, entry) in codes.as_table().expect("a family is a table") {
            rows.push((format!("{family}.{word}"), entry.as_table().expect("a code is a table").clone()));
        }
    }
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    let out = std::path::Path::new(&out).join("codes.rs");
    std::fs::write(out, render(&rows)).expect("OUT_DIR is writable");
}

fn render(rows: &[(String, toml::Table)]) -> String {
    let mut out = String::from(
        "/// A stable word for everything a user or client can be told; the list is `errors.toml`.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\npub enum ErrorCode {\n",
    );
    for (code, entry) in rows {
        writeln!(out, "    /// {}\n    {},", text(entry, "summary"), variant(code)).expect("strings grow");
    }
    out.push_str(
        "}\n\n/// Every code with its texts and translations.\npub const CATALOGUE: &[CatalogueEntry] = &[\n",
    );
    for (code, entry) in rows {
        writeln!(
            out,
            "    CatalogueEntry {{ code: ErrorCode::{}, word: {code:?}, summary: {:?}, help: {:?}, retry: Retry::{}, http: {} }},",
            variant(code),
            text(entry, "summary"),
            text(entry, "help"),
            pascal(text(entry, "retry")),
            entry["http"].as_integer().expect("http is a number"),
        )
        .expect("strings grow");
    }
    out.push_str("];\n");
    out
}

fn text<'a>(entry: &'a toml::Table, key: &str) -> &'a str {
    entry[key].as_str().expect("summary, help and retry are strings")
}

fn variant(code: &str) -> String {
    code.split(['.', '_']).map(pascal).collect()
}

fn pascal(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

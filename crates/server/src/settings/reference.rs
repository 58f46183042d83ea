//! The example file, the reference page and the schema, made from the comments of the settings.

use super::keys::{Key, Kind, keys, schema_inlined};
use std::fmt::Write;

const LINE_LENGTH_MAX: usize = 100;

/// `parlance.toml` with every setting at its default, commented out.
pub(crate) fn example() -> String {
    let mut out = String::from(
        "# Settings of a Parlance server. The server works with none of them: remove the # in front of\n\
         # those that you want to change. PARLANCE__SECTION__KEY in the environment goes before this file.\n\
         # Made by `parlance settings example`; sizes and times carry their unit.\n",
    );
    for key in keys() {
        out.push('\n');
        write_wrapped(&mut out, "# ", &key.doc);
        for (word, meaning) in &key.choices {
            write_wrapped(&mut out, "#   ", &format!("\"{word}\": {meaning}"));
        }
        let value = key.default.as_ref().or(key.example.as_ref()).map_or("\"\"", String::as_str);
        match key.kind {
            Kind::Section => writeln!(out, "[{}]", key.path),
            _ => writeln!(out, "#{} = {value}", key.name()),
        }
        .expect("strings grow");
    }
    out
}

/// The reference page in Markdown.
pub(crate) fn reference() -> String {
    let mut out = String::from(
        "# Settings\n\n\
         Every setting of `parlance.toml`. The file can be empty or missing. In the environment a setting is\n\
         `PARLANCE__SECTION__KEY`, which goes before the file; a list is written with commas. Sizes carry `B`,\n\
         `KiB`, `MiB` or `GiB`, times `ms`, `s`, `min`, `h` or `d`. `parlance settings check` reads and checks\n\
         everything without starting the server. This page is generated from the program.\n\n\
         ## Top of the file\n",
    );
    for key in keys() {
        if key.kind == Kind::Section {
            writeln!(out, "\n## [{}]\n\n{}", key.path, key.doc).expect("strings grow");
        } else {
            writeln!(out, "\n### `{}`\n\n{}", key.path, explanation(key)).expect("strings grow");
        }
    }
    out
}

/// Meaning, choices and default of one setting, in Markdown that also reads well in a terminal.
pub(crate) fn explanation(key: &Key) -> String {
    let mut out = key.doc.clone();
    out.push('\n');
    for (word, meaning) in &key.choices {
        write!(out, "\n- `\"{word}\"`: {meaning}").expect("strings grow");
    }
    if !key.choices.is_empty() {
        out.push('\n');
    }
    if let Some(default) = &key.default {
        write!(out, "\nDefault: `{default}`").expect("strings grow");
    } else if let Some(example) = &key.example {
        write!(out, "\nExample: `{example}`").expect("strings grow");
    }
    out
}

/// The JSON schema of the file, for editors.
pub(crate) fn schema() -> String {
    let mut text = serde_json::to_string_pretty(&schema_inlined()).expect("a schema is plain data");
    text.push('\n');
    text
}

fn write_wrapped(out: &mut String, prefix: &str, text: &str) {
    let mut length = 0;
    for word in text.split_whitespace() {
        if length == 0 || length + word.len() + 1 > LINE_LENGTH_MAX {
            if length > 0 {
                out.push('\n');
            }
            out.push_str(prefix);
            length = prefix.len();
        } else {
            out.push(' ');
            length += 1;
        }
        out.push_str(word);
        length += word.len();
    }
    out.push('\n');
}

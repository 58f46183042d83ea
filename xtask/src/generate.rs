//! Generated files: writing them, and finding out whether they are fresh.

use crate::{
    Outcome,
    command::{at, cargo, has_program, npm, show},
    compliance, protocols, web,
};
use std::fs;

/// Everything that `gen` writes.
const GENERATED: &[&str] = &[
    "docs/protocols/xep-0479.md",
    "docs/reference/openapi.json",
    "docs/reference/asyncapi.json",
    "docs/reference/errors.md",
    "docs/reference/protocols.md",
    "docs/reference/parlance.toml",
    "docs/reference/settings.md",
    "docs/reference/settings.schema.json",
    "docs/reference/metrics.md",
    WEB_TYPES,
];
const WEB_TYPES: &str = "web/src/api/types.gen.ts";

/// Writes the generated files.
pub(crate) fn generate() -> Outcome {
    show(cargo([
        "run",
        "--quiet",
        "--package",
        "parlance-api",
        "--example",
        "describe",
        "--",
        "docs/reference",
    ]))?;
    write_protocols()?;
    write_settings_and_metrics()?;
    if !web::exists() {
        return Ok(());
    }
    if !has_program("npm") || !at("web/node_modules").is_dir() {
        eprintln!(
            "{WEB_TYPES} was left as it is. To write it: install Node 20 or newer, `cd web && npm ci`, then this again."
        );
        return Ok(());
    }
    show(npm(["run", "--silent", "gen"]))
}

fn write_protocols() -> Outcome {
    let read = |path| fs::read_to_string(at(path)).map_err(|error| error.to_string());
    let write = |path, page: String| fs::write(at(path), page).map_err(|error| error.to_string());
    let list = read("docs/protocols/protocols.toml")?;
    write("docs/reference/protocols.md", protocols::page(&list)?)?;
    write("docs/protocols/xep-0479.md", compliance::page(&read("docs/protocols/compliance.toml")?, &list)?)
}

/// The tests of the server that compare these files with the program also write them.
fn write_settings_and_metrics() -> Outcome {
    let mut tests =
        cargo(["test", "--quiet", "--package", "parlance-server", "--bin", "parlance", "is_fresh"]);
    tests.env("UPDATE_GOLDEN", "1");
    show(tests)
}

/// Whether writing the generated files would change anything. Leaves them as they were.
pub(crate) fn check_fresh() -> Outcome {
    let before: Vec<_> = GENERATED.iter().map(|path| (*path, fs::read(at(path)).ok())).collect();
    generate()?;
    let mut stale = Vec::new();
    for (path, old) in before {
        if fs::read(at(path)).ok() != old {
            stale.push(path);
            restore(path, old).map_err(|error| format!("{path}: {error}"))?;
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("stale: {}. Run `cargo xtask gen` and commit the result.", stale.join(", ")))
}

fn restore(path: &str, old: Option<Vec<u8>>) -> std::io::Result<()> {
    match old {
        Some(bytes) => fs::write(at(path), bytes),
        None => fs::remove_file(at(path)),
    }
}

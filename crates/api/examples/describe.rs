//! Writes the generated reference of the native protocol into a directory (`cargo xtask gen` calls it).

use parlance_api::describe;
use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let directory = PathBuf::from(env::args_os().nth(1).ok_or_else(usage)?);
    fs::create_dir_all(&directory)?;
    fs::write(directory.join("openapi.json"), pretty(&describe::openapi()))?;
    fs::write(directory.join("asyncapi.json"), pretty(&describe::asyncapi()))?;
    fs::write(directory.join("errors.md"), describe::errors_page())
}

fn usage() -> io::Error {
    io::Error::other("say where to: describe DIRECTORY")
}

fn pretty(document: &serde_json::Value) -> String {
    format!("{document:#}\n")
}

//! Suites that let programs by others judge ours, or let several of ours act together.
//!
//! A suite is a folder `interop/NAME` with an executable `run` and, when it needs more than Rust, a
//! file `needs.txt` with one name of the table of needs per line. `run` starts in the root of the
//! project with the test environment of Python first in `PATH`, `PARLANCE_BIN` naming the server and
//! `PARLANCE_CHAT_BIN` the terminal client.

use crate::{
    Outcome,
    command::{at, command, judge},
    needs::{self, python_program},
};
use std::fs;

/// One suite.
#[derive(Debug)]
pub(crate) struct Suite {
    /// Its folder's name.
    pub(crate) name: String,
    /// What it needs, by name.
    pub(crate) needs: Vec<String>,
}

/// Every suite, by name.
pub(crate) fn suites() -> Result<Vec<Suite>, String> {
    let Ok(entries) = fs::read_dir(at("interop")) else { return Ok(Vec::new()) };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().join("run").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.into_iter().map(load).collect()
}

fn load(name: String) -> Result<Suite, String> {
    let list = fs::read_to_string(at("interop").join(&name).join("needs.txt")).unwrap_or_default();
    let needs: Vec<String> =
        list.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    match needs.iter().find(|need| needs::find(need).is_none()) {
        Some(unknown) => {
            Err(format!("interop/{name}/needs.txt: {unknown} is not in the table of xtask/src/needs.rs"))
        }
        None => Ok(Suite { name, needs }),
    }
}

impl Suite {
    /// Runs it.
    pub(crate) fn run(&self) -> Outcome {
        let mut suite = command(at("interop").join(&self.name).join("run"), None::<&str>);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let places = std::iter::once(python_program("")).chain(std::env::split_paths(&path));
        suite.env("PATH", std::env::join_paths(places).map_err(|error| error.to_string())?);
        suite.env("PARLANCE_BIN", at("target/debug/parlance"));
        suite.env("PARLANCE_CHAT_BIN", at("target/debug/parlance-chat"));
        judge(suite)
    }
}

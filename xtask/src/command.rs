//! Running other programs from the root of the project.

use crate::Outcome;
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root of the project")
}

/// A place below the root.
pub(crate) fn at(path: &str) -> PathBuf {
    root().join(path)
}

/// A command that will run in the root, with the output of this program.
pub(crate) fn command<I: IntoIterator<Item: AsRef<OsStr>>>(
    program: impl AsRef<OsStr>,
    arguments: I,
) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// The cargo that runs this program.
pub(crate) fn cargo<I: IntoIterator<Item: AsRef<OsStr>>>(arguments: I) -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), arguments)
}

/// npm in the folder of the web client.
pub(crate) fn npm<I: IntoIterator<Item: AsRef<OsStr>>>(arguments: I) -> Command {
    let mut npm = command("npm", arguments);
    npm.current_dir(at("web"));
    npm
}

/// Runs a command to its end and shows its output.
pub(crate) fn show(mut command: Command) -> Outcome {
    let status = command.status().map_err(|error| format!("cannot start {}: {error}", describe(&command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", describe(&command))) }
}

/// Whether a command succeeds; its output is not shown.
pub(crate) fn succeeds(mut command: Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Whether a program is in the search path.
pub(crate) fn has_program(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(name).is_file())
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let words = program.file_name().into_iter().chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

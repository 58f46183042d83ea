//! Running other programs from the root of the project.

use crate::Outcome;
use std::{
    collections::VecDeque,
    ffi::OsStr,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

/// Of what a failed command said, so many lines are told again at the end.
const LAST_LINES: usize = 100;
/// How long lines may still come once a command has ended: what it started and left may hold them open.
const LAST_WORDS: Duration = Duration::from_secs(2);

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

/// Like [`show`], and the error holds the end of the output, for a run that says at its end what failed.
pub(crate) fn judge(command: Command) -> Outcome {
    let name = describe(&command);
    let (status, lines) = show_and_keep(command).map_err(|error| format!("cannot start {name}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} ended with {status}\n{}", lines.join("\n"))) }
}

fn show_and_keep(mut command: Command) -> io::Result<(ExitStatus, Vec<String>)> {
    let (output, input) = io::pipe()?;
    command.stdout(input.try_clone()?).stderr(input);
    let mut child = command.spawn()?;
    // It holds the other end too, and the output would never end.
    drop(command);
    let kept = keep(output);
    let status = child.wait()?;
    Ok((status, kept.recv_timeout(LAST_WORDS).unwrap_or_default()))
}

/// Shows lines as they come; the last of them are received when all have come.
fn keep(output: impl Read + Send + 'static) -> Receiver<Vec<String>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut kept = VecDeque::new();
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            eprintln!("{line}");
            kept.push_back(line);
            if kept.len() > LAST_LINES {
                kept.pop_front();
            }
        }
        // Nobody waits any longer when a program was left behind.
        let _ = sender.send(kept.into());
    });
    receiver
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_holds_the_end_of_the_output_in_order() {
        let script = "for n in $(seq 300); do echo line $n; done; echo last >&2; exit 3";
        let why = judge(command("sh", ["-c", script])).expect_err("it ends with 3");
        assert!(why.ends_with("line 299\nline 300\nlast"), "{why}");
        assert!(!why.contains("line 200\n"), "{why}");
    }

    #[test]
    fn a_program_that_is_left_behind_does_not_hold_up_the_run() {
        judge(command("sh", ["-c", "sleep 20 & exit 0"])).expect("it ends well");
    }
}

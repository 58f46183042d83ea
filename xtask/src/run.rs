//! Builds everything and starts the server.

use crate::{
    Outcome,
    command::{at, cargo, command, has_program, show},
    steps::Steps,
    web,
};

/// Builds web client and server and becomes `parlance serve` with the arguments that are left.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (flags, rest): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| *argument == "--release");
    let profile = if flags.is_empty() { "debug" } else { "release" };
    let mut steps = Steps::default();
    build_web(&mut steps);
    // The features of dependencies are those of the whole workspace, so that tests build nothing twice.
    steps.step("server", || {
        show(cargo(
            ["build", "--workspace", "--bin", "parlance"]
                .into_iter()
                .chain(flags.iter().map(|flag| flag.as_str())),
        ))
    });
    steps.finish()?;
    let mut server = command(at("target").join(profile).join("parlance"), ["serve"]);
    server.args(rest);
    become_program(server)
}

fn build_web(steps: &mut Steps) {
    if !web::exists() {
        return;
    }
    if !has_program("npm") {
        steps.leave_out(
            "web client",
            "npm was not found; install Node 20 or newer to get the client in the browser",
        );
        return;
    }
    steps.step("web client's packages", web::install);
    steps.step("web client", web::build);
}

/// Replaces this program, so that signals and the exit code are the server's own.
#[cfg(unix)]
fn become_program(mut program: std::process::Command) -> Outcome {
    use std::os::unix::process::CommandExt;
    Err(format!("cannot start the server: {}", program.exec()))
}

#[cfg(not(unix))]
fn become_program(program: std::process::Command) -> Outcome {
    show(program)
}

//! Load tests.

use crate::{
    Outcome,
    command::{at, cargo, command, npm, show},
    needs, web,
};

/// Runs a load test: that of the web client, or one of those in `bench/`.
pub(crate) fn bench(name: &str, arguments: &[String]) -> Outcome {
    if name == "web" { web_client(arguments) } else { server(name, arguments) }
}

/// Measures the client that people get in a browser, at its full size and held to its budgets.
fn web_client(arguments: &[String]) -> Outcome {
    web::install()?;
    web::build()?;
    show(cargo(["build", "--release", "--package", "parlance-server", "--bins"]))?;
    let mut tests = npm(["run", "bench", "--"]);
    tests.args(arguments).env("PARLANCE_BUDGETS", "1").env("PARLANCE_BIN", at("target/release/parlance"));
    show(tests)
}

/// Builds the server and the load tests in `bench/`, and runs one of them.
fn server(name: &str, arguments: &[String]) -> Outcome {
    if name == "syncs" {
        let strace = needs::find("strace").expect("strace is in the table");
        if !strace.is_there() {
            strace.install()?;
        }
    }
    if name == "xmpp" {
        let servers = ["ejabberd", "prosody"].map(|name| needs::find(name).expect("it is in the table"));
        for peer in needs::PEERS.iter().chain(servers).filter(|peer| !peer.is_there()) {
            peer.install_stopped()?;
        }
    }
    show(cargo([
        "build",
        "--release",
        "--package",
        "parlance-server",
        "--package",
        "parlance-bench",
        "--bins",
    ]))?;
    let mut test = command(at("target/release/parlance-bench"), [name]);
    test.args(arguments);
    show(test)
}

//! Load tests.

use crate::{
    Outcome,
    command::{at, cargo, command, show},
    needs,
};

/// Builds the server and the load tests in `bench/`, and runs one of them.
pub(crate) fn bench(name: &str, arguments: &[String]) -> Outcome {
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

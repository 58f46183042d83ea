//! What must hold before a change is merged, short of running the tests.

use crate::{
    Outcome,
    command::{at, cargo, command, judge, show},
    generate,
    steps::Steps,
    tidy,
};

/// The version that is installed when there is none; a build without optimisation takes about a minute.
const DENY: &str = "0.20.2";

/// Runs every check and says how it went.
pub(crate) fn check() -> Outcome {
    let mut steps = Steps::default();
    add_to(&mut steps);
    steps.finish()
}

/// Runs every check as a part of something longer.
pub(crate) fn add_to(steps: &mut Steps) {
    steps.step("format", || judge(cargo(["fmt", "--all", "--check"])));
    steps.step("tidy", tidy::tidy);
    steps.step("lints", || {
        judge(cargo(["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]))
    });
    steps.step("generated files", generate::check_fresh);
    steps.step("documentation", documentation);
    steps.step("licences and sources", supply);
}

fn documentation() -> Outcome {
    let mut rustdoc = cargo(["doc", "--workspace", "--no-deps", "--quiet"]);
    rustdoc.env("RUSTDOCFLAGS", "--deny warnings");
    judge(rustdoc)
}

/// Asks cargo-deny about licences, forbidden crates and registries (`deny.toml`).
fn supply() -> Outcome {
    let tools = at("target/tools");
    let deny = tools.join("bin/cargo-deny");
    if !deny.is_file() {
        let mut install =
            cargo(["install", "--locked", "--debug", "--quiet", "cargo-deny", "--version", DENY, "--root"]);
        install.arg(&tools);
        show(install)?;
    }
    judge(command(deny, ["--log-level", "warn", "check", "licenses", "bans", "sources"]))
}

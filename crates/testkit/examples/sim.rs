//! Plays seeds and says which of them break a promise (`cargo xtask sim` calls it).

use parlance_testkit::sim;
use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

const USAGE: &str = "sim --seed N [--trace] | sim --seeds N [--from N]";

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let value = |name: &str| -> Option<u64> {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)?.parse().ok()
    };
    let mut out = io::stdout().lock();
    match (value("--seed"), value("--seeds")) {
        (Some(seed), _) => one(&mut out, seed, arguments.iter().any(|argument| argument == "--trace")),
        (None, Some(seeds)) => many(&mut out, value("--from").unwrap_or(0), seeds),
        (None, None) => Err(io::Error::other(USAGE)),
    }
}

fn one(out: &mut impl Write, seed: u64, with_trace: bool) -> io::Result<ExitCode> {
    let report = sim::run(seed);
    if with_trace {
        for line in &report.trace {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out, "{report}")?;
    Ok(if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn many(out: &mut impl Write, from: u64, seeds: u64) -> io::Result<ExitCode> {
    let (mut broken, mut accepted, mut delivered) = (0_u64, 0, 0);
    for seed in from..from + seeds {
        let report = sim::run(seed);
        accepted += report.accepted;
        delivered += report.delivered;
        if !report.violations.is_empty() {
            broken += 1;
            writeln!(out, "{report}")?;
        }
        let done = seed + 1 - from;
        if done.is_multiple_of(1_000) {
            writeln!(out, "{done} of {seeds} seeds, {broken} broke a promise")?;
        }
    }
    writeln!(out, "{seeds} seeds: {accepted} accepted, {delivered} delivered, {broken} broke a promise")?;
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

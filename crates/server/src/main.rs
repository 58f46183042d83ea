//! `parlance`: the server of a self-hosted messaging platform, and its administration.
//!
//! This crate is the shell: it owns settings, sockets, certificates, logs and the command line, and
//! puts the other crates together. What a message is, and who may do what, is decided elsewhere.
//! Begin with [`start`], which builds everything in reading order.

#![allow(
    clippy::disallowed_methods,
    reason = "the shell is where the clock, tasks and the environment come from"
)]

mod admin;
mod args;
mod commands;
mod dev;
mod engine;
mod net;
mod observe;
mod output;
mod portable;
mod problem;
mod settings;
mod start;
mod web;

use clap::Parser;
use std::{process::ExitCode, time::Duration};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long the store may take to close its files. What was acknowledged is safe without that; the next start
/// is faster with it.
const STORE_CLOSES_WITHIN: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    use_small_pages();
    let arguments = args::Arguments::parse();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| {
            let outcome = runtime.block_on(commands::run(arguments));
            runtime.shutdown_timeout(STORE_CLOSES_WITHIN);
            outcome
        });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => output::report(&error),
    }
}

/// Memory comes as it is used. Huge pages would hold two mebibytes for a few kilobytes: a third of what a
/// fresh server needs.
#[cfg(target_os = "linux")]
fn use_small_pages() {
    // Without it everything works and needs more memory.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

#[cfg(not(target_os = "linux"))]
fn use_small_pages() {}

//! Load tests of a Parlance server.
//!
//! `parlance-bench native` starts a server in a folder of its own, loads it through the native
//! protocol and prints what that cost beside the goals. `parlance-bench xmpp` does the same over XMPP
//! with ours and with servers of others in turn. `parlance-bench syncs` counts whether every
//! acknowledgement waited for the disk. The whole generator is one thread, so that it leaves the
//! machine to the server; what it costs itself is measured and printed too.

#![allow(clippy::disallowed_methods, reason = "a load test lives on the real clock")]

mod arguments;
mod commit;
mod http;
mod latency;
mod letter;
mod lines;
mod measure;
mod open_files;
mod people;
mod process;
mod report;
mod scale;
mod server;
mod socket;
mod syncs;
mod tree;
mod trust;
mod words;
mod xmpp;

use arguments::{Arguments, Test};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime.map_err(anyhow::Error::from).and_then(|runtime| {
        runtime.block_on(tokio::task::LocalSet::new().run_until(async {
            match arguments.test {
                Test::Native(native) => measure::native(&native).await,
                Test::Xmpp(arguments) => xmpp::run(&arguments).await,
                Test::Syncs(syncs) => syncs::run(&syncs).await,
            }
        }))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

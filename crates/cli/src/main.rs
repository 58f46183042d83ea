//! The terminal client of Parlance: a screen for people, a line mode for scripts.

mod app;
mod arguments;
#[cfg(test)]
mod sample;
mod script;
mod shell;
mod sign_in;
mod text;
mod times;
mod view;
#[cfg(test)]
#[path = "../../client/tests/world/mod.rs"]
#[allow(dead_code, reason = "shared with the tests of the SDK")]
mod world;

use anyhow::Context;
use arguments::Arguments;
use clap::Parser;
use parlance_client::{Client, error::ClientError};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("parlance-chat: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = match &arguments.data {
        Some(folder) => folder.clone(),
        None => dirs::data_dir()
            .context("there is no data folder on this system: say --data DIR")?
            .join("parlance"),
    };
    let mut store = Client::open_store(&folder, &arguments.user)?;
    let wants_account = arguments.invite.is_some() || arguments.register;
    if wants_account || store.load_sign_in()?.is_none() {
        sign_in::sign_in(arguments, &store).await?;
    } else if let Some(server) = &arguments.server {
        sign_in::move_to(server, &mut store)?;
    }
    let client = Client::start(store)?;
    let outcome = if arguments.script { script::run(client).await } else { shell::run(client).await };
    outcome.map_err(|error| match error.downcast_ref::<ClientError>() {
        Some(ClientError::Closed) => error.context("the local store could not be written"),
        _ => error,
    })
}

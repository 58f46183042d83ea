//! One file for each family of commands.

mod conversation;
mod doctor;
mod export;
mod import;
mod report;
mod settings;
mod store;
mod user;

use crate::{
    admin::{AdminAnswer, AdminCommand, AdminService, DataLock, SocketService, connect},
    args::{Arguments, Command, ExportKind, Place},
    engine,
    output::Output,
    settings::{Settings, Sources, load},
    start,
};
use anyhow::{Context, bail};
use serde_json::json;
use std::sync::Arc;

/// Runs what the command line asks for.
///
/// # Errors
/// With one sentence that says what to do.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let output = Output { json: arguments.json };
    let place = &arguments.place;
    match arguments.command {
        Command::Serve { ready_file } => start::serve(read(place)?, ready_file, output).await,
        Command::User(command) => user::run(command, &Server::find(place).await?, output).await,
        Command::Conversation(command) => {
            conversation::run(command, &Server::find(place).await?, output).await
        }
        Command::Report(command) => report::run(command, &Server::find(place).await?, output).await,
        Command::Backup { file } => store::backup(&file, &Server::find(place).await?, output).await,
        Command::Restore { file } => store::restore(&file, &read(place)?, output).await,
        Command::Verify => store::verify(&read(place)?, output).await,
        Command::Import { kind, path, dry_run } => {
            let domain = read(place)?.domain.to_string();
            let import = import::Import::new(kind, path, domain, dry_run);
            import.run(&Server::find(place).await?, output).await
        }
        Command::Export { kind: ExportKind::Xep0227, file } => {
            let domain = read(place)?.domain.to_string();
            export::run(&file, &domain, &Server::find(place).await?, output).await
        }
        Command::Settings(command) => settings::run(command, place, output),
        Command::Doctor => doctor::run(place, output).await,
        Command::Version => version(output),
    }
}

fn sources(place: &Place) -> Sources {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    Sources { file: place.config.clone(), environment, data_dir: place.data.clone() }
}

fn read(place: &Place) -> anyhow::Result<Settings> {
    Ok(load(&sources(place))?)
}

fn version(output: Output) -> anyhow::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    output.answer(&json!({ "version": version }), || format!("parlance {version}"))
}

/// Whoever runs administration commands: a running server, or this process on the store of a stopped one.
struct Server {
    service: Arc<dyn AdminService>,
    /// Keeps a server from starting in between.
    _lock: Option<DataLock>,
}

impl Server {
    async fn find(place: &Place) -> anyhow::Result<Self> {
        let settings = read(place)?;
        if let Some(service) = running(&settings).await? {
            return Ok(Self { service: Arc::new(service), _lock: None });
        }
        let is_named = place.data.is_some() || place.config.is_some();
        let lock = if is_named { DataLock::take(&settings.data_dir)? } else { lock_stopped(&settings)? };
        let public_url = start::public_url(&settings, settings.http.listen.addresses.first().copied());
        Ok(Self { service: engine::open_stopped(&settings, &public_url).await?, _lock: Some(lock) })
    }

    async fn run(&self, command: AdminCommand) -> anyhow::Result<AdminAnswer> {
        Ok(self.service.run(command).await?)
    }
}

/// The running server of these settings; `None` when there is none.
async fn running(settings: &Settings) -> anyhow::Result<Option<SocketService>> {
    let socket = &settings.admin.socket;
    connect(socket).await.with_context(|| {
        format!("cannot open {}: run this as the user who runs the server", socket.display())
    })
}

/// Keeps a server from starting on a data folder that is there. One that nobody named and that is not
/// there is more likely a wrong place than a new server.
fn lock_stopped(settings: &Settings) -> anyhow::Result<DataLock> {
    if !settings.data_dir.is_dir() {
        bail!(
            "there is no server at {}: name its folder with --data or its settings with --config",
            settings.data_dir.display()
        );
    }
    DataLock::take(&settings.data_dir)
}

/// Everything that the server tells page by page.
async fn all_pages<T>(
    server: &Server,
    ask: impl Fn(Option<String>) -> AdminCommand,
    read: impl Fn(AdminAnswer) -> anyhow::Result<(Vec<T>, Option<String>)>,
) -> anyhow::Result<Vec<T>> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let (items, next) = read(server.run(ask(cursor)).await?)?;
        all.extend(items);
        if next.is_none() {
            return Ok(all);
        }
        cursor = next;
    }
}

/// Says that the server answered something that does not belong to the question.
fn unexpected(answer: &AdminAnswer) -> anyhow::Error {
    anyhow::anyhow!("the server answered something unexpected, it may be of another version: {answer:?}")
}

//! The parts behind the shell: store, hub and fronts, opened from the settings.

mod administrator;
mod adopt;
mod export;
mod key;
mod reports;
mod settings;

use self::administrator::Administrator;
use crate::{
    admin::{AdminService, Verified},
    settings::{Settings, Storage},
};
use anyhow::{Context, bail};
use axum::Router;
use parlance_backends::sqlite::{
    SqliteOptions, SqliteStore,
    maintenance::{self, Restored},
};
use parlance_front_native::Api;
use parlance_front_xmpp::Xmpp;
use parlance_hub::{
    Hub, World,
    live::{run_fanout, run_push},
    memory::LocalBus,
    ports::{SystemClock, SystemEntropy},
    usecase::{run_expiry, run_schedule},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::watch;
use tracing::info;

/// Wakes that wait for the fan-out; further ones are found again by its sweep.
const WAKES_WAITING_MAX: usize = 65_536;

/// What a running server needs of the parts behind the shell.
pub(crate) struct Engine {
    /// The routes of the native API.
    pub(crate) api: Router,
    /// What streams of XMPP share.
    pub(crate) xmpp: Arc<Xmpp>,
    /// Who runs administration commands.
    pub(crate) admin: Arc<dyn AdminService>,
    /// The link that makes the first administrator, while there is none.
    pub(crate) first_administrator_link: Option<String>,
    /// Becomes `true` when the store has failed and the process has to end.
    pub(crate) failed: watch::Receiver<bool>,
}

/// Opens everything for serving under `public_url`; `stop` turning true asks WebSockets to close.
///
/// # Errors
/// When the store cannot be opened.
pub(crate) async fn open(
    settings: &Settings,
    public_url: &str,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<Engine> {
    let store = open_store(settings).await?;
    let failed = store.failed();
    let hub = open_hub(settings, Arc::clone(&store)).await?;
    tokio::spawn(run_fanout(Arc::clone(&hub)));
    tokio::spawn(run_push(Arc::clone(&hub)));
    tokio::spawn(run_expiry(Arc::clone(&hub)));
    tokio::spawn(run_schedule(Arc::clone(&hub)));
    tokio::spawn(close_sockets(Arc::clone(&hub), stop));
    let invitation = hub.first_admin_invitation().await?;
    let api = Api::new(Arc::clone(&hub), settings::native(settings, public_url));
    let xmpp = Xmpp::new(Arc::clone(&hub), settings::xmpp(settings, public_url));
    tokio::spawn(parlance_front_xmpp::follow_presence(Arc::clone(&xmpp)));
    tokio::spawn(parlance_front_xmpp::give_back_undelivered(Arc::clone(&xmpp)));
    tokio::spawn(parlance_front_xmpp::tell_push_services(Arc::clone(&xmpp)));
    Ok(Engine {
        api: parlance_front_native::router(api),
        admin: Arc::new(Administrator::new(Arc::clone(&xmpp), hub, store, settings, public_url)),
        xmpp,
        first_administrator_link: invitation.map(|code| format!("{public_url}/invite/{}", code.expose())),
        failed,
    })
}

/// Opens the store of a stopped server for administration.
///
/// # Errors
/// When the store cannot be opened.
pub(crate) async fn open_stopped(
    settings: &Settings,
    public_url: &str,
) -> anyhow::Result<Arc<dyn AdminService>> {
    let store = open_store(settings).await?;
    let hub = open_hub(settings, Arc::clone(&store)).await?;
    let xmpp = Xmpp::new(Arc::clone(&hub), settings::xmpp(settings, public_url));
    Ok(Arc::new(Administrator::new(xmpp, hub, store, settings, public_url)))
}

/// Checks a backup and puts it in the place of the store of a stopped server.
///
/// # Errors
/// When the backup cannot be read or is damaged.
pub(crate) async fn restore(settings: &Settings, backup: &Path) -> anyhow::Result<Restored> {
    let Storage::Sqlite(path) = settings.storage.clone();
    let (backup, shown) = (backup.to_owned(), backup.display());
    let found = verify_at(backup.clone()).await.with_context(|| format!("cannot read the backup {shown}"))?;
    if let Some(fault) = found.faults.first() {
        bail!("the backup {shown} is damaged, nothing was changed: {fault}");
    }
    let restored =
        tokio::task::spawn_blocking(move || maintenance::restore(&backup, &path, &mut |_, _| {})).await?;
    restored.with_context(|| format!("the backup {shown} is not restored"))
}

/// Reads the store of a stopped server, also when it is too damaged to be opened.
///
/// # Errors
/// When there is none, or it cannot be read at all.
pub(crate) async fn verify_stopped(settings: &Settings) -> anyhow::Result<Verified> {
    let Storage::Sqlite(path) = settings.storage.clone();
    let shown = path.display().to_string();
    verify_at(path).await.with_context(|| format!("cannot read the database {shown}, restore a backup"))
}

async fn verify_at(path: PathBuf) -> anyhow::Result<Verified> {
    let found = tokio::task::spawn_blocking(move || maintenance::verify(&path, &mut |_, _| {})).await??;
    Ok(Verified { conversations: found.conversations, events: found.events, faults: found.problems })
}

async fn open_store(settings: &Settings) -> anyhow::Result<Arc<SqliteStore>> {
    let Storage::Sqlite(path) = settings.storage.clone();
    let shown = path.display().to_string();
    let options = SqliteOptions { search_wait_max: settings.search.wait_max, ..SqliteOptions::default() };
    let opened = tokio::task::spawn_blocking(move || SqliteStore::open(path, options)).await?;
    opened.map(Arc::new).with_context(|| format!("cannot open the database {shown}"))
}

async fn open_hub(settings: &Settings, store: Arc<SqliteStore>) -> anyhow::Result<Arc<Hub>> {
    let world = World {
        store,
        bus: Arc::new(LocalBus::new(WAKES_WAITING_MAX)),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    let server_key = key::load_or_make(&settings.data_dir)?;
    Ok(Arc::new(Hub::new(world, settings::hub(settings, server_key)).await?))
}

async fn close_sockets(hub: Arc<Hub>, mut stop: watch::Receiver<bool>) {
    crate::net::stopped(&mut stop).await;
    info!("asking connections to go elsewhere");
    hub.drain();
}

//! Builds everything in reading order, waits for a signal, stops.

mod announce;
mod signals;

use self::{announce::Addresses, signals::Signals};
use crate::{
    admin::{AdminSocket, DataLock},
    dev,
    engine::{self, Engine},
    net::{Bound, Connections, Gate, Slots, Tls, bind, own_certificate, pass, stopped},
    observe::{self, Health, State, install_log, metrics},
    output::Output,
    settings::{Http, LOCAL_DOMAIN, Peers, Settings},
    web,
};
use anyhow::bail;
use axum::{Router, extract::DefaultBodyLimit, middleware};
use metrics_exporter_prometheus::PrometheusHandle;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{interval, timeout},
};
use tracing::{info, warn};

/// Probes and scrapes are few; more connections than this are a mistake.
const ADMIN_CONNECTIONS_MAX: u32 = 64;
/// Samples of histograms wait in memory until they are sorted into their buckets.
const METRICS_UPKEEP_INTERVAL: Duration = Duration::from_secs(30);

/// Runs the server until it is told to stop.
///
/// # Errors
/// When something that was asked for cannot be had.
pub(crate) async fn serve(
    settings: Settings,
    ready_file: Option<PathBuf>,
    output: Output,
) -> anyhow::Result<()> {
    install_log(&settings.log);
    observe::begin();
    let recorded = metrics::install()?;
    let mut signals = Signals::listen()?;
    let _lock = DataLock::take(&settings.data_dir)?;
    announce::remove_old(ready_file.as_deref())?;
    let (stop_people, people_stopped) = watch::channel(false);
    let (stop_admin, admin_stopped) = watch::channel(false);
    let health = Arc::new(Health::default());

    let mut addresses = Addresses::default();
    let bound = bind("admin.listen", &settings.admin.listen)?;
    addresses.admin = Addresses::note(&bound);
    accept_all(bound, &administrators(&settings, &health, recorded.clone(), admin_stopped.clone()));
    tokio::spawn(keep_up(recorded));

    let tls = settings.tls.as_ref().map(Tls::open).transpose()?;
    let xmpp_tls = match &tls {
        Some(_) => None,
        None => Some(Tls::open(&own_certificate(&settings.data_dir, &settings.domain)?)?),
    };
    let bound = bind("http.listen", &settings.http.listen)?;
    addresses.http = Addresses::note(&bound);
    let public_url = public_url(&settings, addresses.http.first().copied());
    let engine = engine::open(&settings, &public_url, people_stopped.clone()).await?;
    let slots =
        Slots::new("http", settings.limits.connections_max, settings.limits.connections_per_address_max);
    let routes = routes(&engine, &settings, &public_url);
    let people = Connections::new(
        routes,
        tls.as_ref(),
        &settings.http,
        &settings.limits,
        Arc::clone(&slots),
        people_stopped,
    );
    accept_all(bound, &people);
    let certificate = tls.as_ref().or(xmpp_tls.as_ref()).expect("invariant: one of both was opened");
    let bound = bind("xmpp.c2s_listen", &settings.xmpp.c2s_listen)?;
    addresses.xmpp = Addresses::note(&bound);
    accept_all(bound, &people.of_xmpp(Arc::clone(&engine.xmpp), certificate, false, &settings.limits));
    let bound = bind("xmpp.c2s_tls_listen", &settings.xmpp.c2s_tls_listen)?;
    addresses.xmpp_tls = Addresses::note(&bound);
    accept_all(bound, &people.of_xmpp(Arc::clone(&engine.xmpp), certificate, true, &settings.limits));
    let bound = bind("xmpp.component_listen", &settings.xmpp.component_listen)?;
    addresses.xmpp_components = Addresses::note(&bound);
    accept_all(bound, &people.of_components(Arc::clone(&engine.xmpp)));

    let socket = AdminSocket::bind(&settings.admin.socket)?;
    addresses.admin_socket.clone_from(&settings.admin.socket);
    tokio::spawn(socket.serve(engine.admin, admin_stopped));

    health.set(State::Ready);
    addresses.write(ready_file.as_deref())?;
    addresses.show(&public_url, engine.first_administrator_link.as_deref(), output)?;
    let mut failed = engine.failed;
    tokio::select! {
        () = signals.wait_for_stop(|| tls.iter().for_each(Tls::reload)) => {}
        // Nothing that is answered from here on could be kept: no draining.
        () = stopped(&mut failed) => {
            bail!("the disk did not take a write: nothing more is acknowledged; mend the disk and start again");
        }
    }

    health.set(State::Draining);
    stop_people.send_replace(true);
    drain(&slots, settings.limits.drain_time_max, &mut signals).await;
    stop_admin.send_replace(true);
    addresses.forget_socket();
    info!("stopped");
    Ok(())
}

/// Health and metrics.
fn administrators(
    settings: &Settings,
    health: &Arc<Health>,
    recorded: PrometheusHandle,
    stop: watch::Receiver<bool>,
) -> Connections {
    let local = Http { peers: Peers::Anybody, ..settings.http.clone() };
    let slots = Slots::new("admin", Some(ADMIN_CONNECTIONS_MAX), None);
    let routes = observe::router(Arc::clone(health), recorded);
    Connections::new(routes, None, &local, &settings.limits, slots, stop)
}

/// Every route that people reach, behind the gate.
fn routes(engine: &Engine, settings: &Settings, public_url: &str) -> Router {
    let development = if settings.dev { dev::router() } else { Router::new() };
    let gate = Gate::new(settings, public_url);
    let api = engine.api.clone().merge(parlance_front_xmpp::websocket(Arc::clone(&engine.xmpp)));
    api.merge(development)
        .merge(web::router())
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(gate, pass))
        .merge(parlance_front_xmpp::host_meta(Arc::clone(&engine.xmpp)))
}

fn accept_all(bound: Bound, connections: &Connections) {
    for listener in bound.listeners {
        tokio::spawn(connections.clone().accept(listener));
    }
}

async fn keep_up(recorded: PrometheusHandle) {
    let mut ticks = interval(METRICS_UPKEEP_INTERVAL);
    loop {
        ticks.tick().await;
        recorded.run_upkeep();
    }
}

/// Lets connections finish for a while. A second signal ends that at once.
async fn drain(slots: &Slots, drain_time_max: Duration, signals: &mut Signals) {
    info!(connections_count = slots.open(), "draining");
    tokio::select! {
        drained = timeout(drain_time_max, slots.wait_until_empty()) => {
            if drained.is_err() {
                warn!(connections_count = slots.open(), "connections did not finish in time and are cut");
            }
        }
        () = signals.wait_for_stop(|| {}) => warn!("stopping at once"),
    }
}

/// The address that people type: the one from the settings, or made from domain and port.
pub(crate) fn public_url(settings: &Settings, bound: Option<SocketAddr>) -> String {
    if let Some(url) = &settings.http.public_url {
        return url.clone();
    }
    let (scheme, own_port) = if settings.tls.is_some() { ("https", 443) } else { ("http", 80) };
    let is_local = bound.is_none_or(|address| address.ip().is_loopback());
    let host = if is_local { LOCAL_DOMAIN } else { &settings.domain };
    match bound.map(|address| address.port()) {
        Some(port) if port != own_port => format!("{scheme}://{host}:{port}"),
        _ => format!("{scheme}://{host}"),
    }
}

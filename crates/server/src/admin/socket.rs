use super::command::{AdminAnswer, AdminCommand, AdminError, AdminService};
use crate::{net::stopped, problem};
use anyhow::Context;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path as InPath, State},
    response::{IntoResponse, Response},
    routing::post,
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use parlance_api::error::{ErrorCode, Problem};
use serde_json::{Value, json};
use std::{
    fs,
    io::ErrorKind,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    sync::Arc,
    time::Duration,
};
use tokio::{net::UnixListener, net::UnixStream, sync::watch};
use tracing::{info, warn};

/// The longest request on the socket: a part of an import.
const REQUEST_BYTES_MAX: usize = 16 << 20;
const HEADER_TIME_MAX: Duration = Duration::from_secs(30);

/// The local socket of a running server, which only the user who runs it can open.
#[derive(Debug)]
pub(crate) struct AdminSocket {
    listener: UnixListener,
    owner: u32,
}

impl AdminSocket {
    /// Listens. The caller holds the lock of the data folder, so a socket that is already there was left
    /// behind by a server that was killed.
    ///
    /// # Errors
    /// When the path cannot be used.
    pub(crate) fn bind(path: &Path) -> anyhow::Result<Self> {
        let what =
            || format!("cannot use the admin socket {}: set admin.socket to another path", path.display());
        let unfinished = path.with_extension("new");
        for old in [path, &unfinished] {
            match fs::remove_file(old) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).with_context(what),
                _ => {}
            }
        }
        let listener = UnixListener::bind(&unfinished).with_context(what)?;
        fs::set_permissions(&unfinished, fs::Permissions::from_mode(0o600)).with_context(what)?;
        fs::rename(&unfinished, path).with_context(what)?;
        let owner = fs::metadata(path).with_context(what)?.uid();
        Ok(Self { listener, owner })
    }

    /// Runs commands until told to stop.
    pub(crate) async fn serve(self, service: Arc<dyn AdminService>, mut stop: watch::Receiver<bool>) {
        let routes = Router::new()
            .route("/v1/{command}", post(run))
            .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
            .with_state(service);
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => self.start(stream, routes.clone()),
                    Err(error) => warn!(%error, "an administrator could not be served"),
                },
                () = stopped(&mut stop) => return,
            }
        }
    }

    fn start(&self, stream: UnixStream, routes: Router) {
        let is_allowed = stream.peer_cred().is_ok_and(|peer| peer.uid() == self.owner || peer.uid() == 0);
        if !is_allowed {
            warn!("somebody else than the owner tried the admin socket");
            return;
        }
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIME_MAX)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                warn!(%error, "an administrator's connection ended early");
            }
        });
    }
}

async fn run(
    State(service): State<Arc<dyn AdminService>>,
    InPath(name): InPath<String>,
    body: Bytes,
) -> Response {
    let command = match read_command(&name, &body) {
        Ok(command) => command,
        Err(error) => return problem::answer(error.problem()),
    };
    info!(operation = name, "administration");
    match service.run(command).await {
        Ok(answer) => Json::<AdminAnswer>(answer).into_response(),
        Err(error) => problem::answer(error.problem()),
    }
}

fn read_command(name: &str, body: &[u8]) -> Result<AdminCommand, AdminError> {
    let command = serde_json::from_slice::<Value>(body)
        .and_then(|fields| serde_json::from_value(json!({ "command": name, "fields": fields })));
    command.map_err(|error| Problem::new(ErrorCode::RequestMalformed).with_detail(error.to_string()).into())
}

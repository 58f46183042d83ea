use super::command::{AdminAnswer, AdminCommand, AdminError, AdminService};
use async_trait::async_trait;
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use parlance_api::error::{ErrorCode, Problem};
use serde_json::Value;
use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};
use tokio::net::UnixStream;

/// A running server, reached through its socket.
#[derive(Debug)]
pub(crate) struct SocketService {
    path: PathBuf,
}

/// Finds the server that listens on this socket; `None` when there is none.
///
/// # Errors
/// When there is a socket that may not be opened.
pub(crate) async fn connect(path: &Path) -> io::Result<Option<SocketService>> {
    match UnixStream::connect(path).await {
        Ok(_) => Ok(Some(SocketService { path: path.to_owned() })),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Ok(None),
        Err(error) => Err(error),
    }
}

#[async_trait]
impl AdminService for SocketService {
    async fn run(&self, command: AdminCommand) -> Result<AdminAnswer, AdminError> {
        let (is_success, body) = self.exchange(&command).await.map_err(gone)?;
        if is_success {
            serde_json::from_slice(&body).map_err(gone)
        } else {
            serde_json::from_slice::<Problem>(&body)
                .map_or_else(|error| Err(gone(error)), |problem| Err(problem.into()))
        }
    }
}

impl SocketService {
    async fn exchange(&self, command: &AdminCommand) -> anyhow::Result<(bool, Bytes)> {
        let stream = UnixStream::connect(&self.path).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let request = encode(command)?;
        let answered = async {
            let response = sender.send_request(request).await?;
            let is_success = response.status().is_success();
            anyhow::Ok((is_success, response.into_body().collect().await?.to_bytes()))
        };
        let mut answered = std::pin::pin!(answered);
        tokio::select! {
            answer = &mut answered => answer,
            ended = connection => {
                ended?;
                answered.await
            }
        }
    }
}

fn encode(command: &AdminCommand) -> anyhow::Result<Request<Full<Bytes>>> {
    let whole = serde_json::to_value(command)?;
    let name = whole["command"].as_str().unwrap_or_default().to_owned();
    let fields = whole.get("fields").unwrap_or(&Value::Null);
    Ok(Request::post(format!("/v1/{name}"))
        .header(header::HOST, "admin")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::from(serde_json::to_vec(fields)?))?)
}

fn gone(error: impl std::fmt::Display) -> AdminError {
    Problem::new(ErrorCode::ServerUnavailable).with_detail(error.to_string()).into()
}

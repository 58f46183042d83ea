use super::frame::{Frame, decode};
use crate::server::Server;
use futures_util::{SinkExt, StreamExt};
use parlance_api::{
    error::Problem,
    frame::{Hello, Request, Welcome},
};
use serde_json::value::RawValue;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{self, Message},
};

/// The request id of `hello`; calls count from here.
pub(super) const HELLO_ID: u64 = 0;

/// Why there is no welcome.
#[derive(Debug)]
pub(super) enum OpenError {
    Problem(Box<Problem>),
    Weather(String),
}

impl From<tungstenite::Error> for OpenError {
    fn from(error: tungstenite::Error) -> Self {
        if let tungstenite::Error::Http(response) = &error
            && let Some(body) = response.body()
            && let Ok(problem) = serde_json::from_slice(body)
        {
            return Self::Problem(Box::new(problem));
        }
        Self::Weather(in_words(&error))
    }
}

/// What a person can use of an error.
pub(super) fn in_words(error: &tungstenite::Error) -> String {
    match error {
        tungstenite::Error::Io(error) => {
            error.get_ref().map_or_else(|| error.kind().to_string(), ToString::to_string)
        }
        tungstenite::Error::Http(response) => format!("the server answers {}", response.status()),
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => {
            "the connection ended".to_owned()
        }
        error => error.to_string(),
    }
}

/// A WebSocket on which the server has said welcome.
pub(super) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects and says hello.
    pub(super) async fn open(server: &Server, token: &str) -> Result<(Self, Box<Welcome>), OpenError> {
        let url = server.socket_url();
        let connector = match url.scheme() {
            "wss" => Connector::Rustls(tls().map_err(|error| OpenError::Weather(error.to_string()))?),
            _ => Connector::Plain,
        };
        let (stream, _) = connect_async_tls_with_config(url.as_str(), None, true, Some(connector)).await?;
        let mut socket = Self(stream);
        let hello = serde_json::value::to_raw_value(&Hello { token: Some(token.to_owned()) });
        socket.send(HELLO_ID, "hello", hello.expect("invariant: a hello is JSON")).await?;
        let welcome = socket.welcome().await?;
        Ok((socket, welcome))
    }

    /// Writes one request.
    pub(super) async fn send(
        &mut self,
        id: u64,
        op: &str,
        args: Box<RawValue>,
    ) -> Result<(), tungstenite::Error> {
        let request = Request { id, op: op.to_owned(), args: Some(args) };
        let text = serde_json::to_string(&request).expect("invariant: a request is JSON");
        self.0.send(Message::text(text)).await
    }

    /// Asks whether the server is there.
    pub(super) async fn ping(&mut self) -> Result<(), tungstenite::Error> {
        self.0.send(Message::Ping(tungstenite::Bytes::new())).await
    }

    /// Ends politely.
    pub(super) async fn close(&mut self) {
        if let Err(error) = self.0.close(None).await {
            tracing::debug!(%error, "closing failed");
        }
    }

    /// The next frame; `Ok(None)` for a sign of life without content.
    ///
    /// # Errors
    /// The reason, in words, when the connection has ended.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> Result<Option<Frame>, String> {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => match decode(text.as_str()) {
                Ok(frame) => Ok(Some(frame)),
                Err(error) => Err(format!("the server said something unreadable: {error}")),
            },
            Some(Ok(Message::Close(frame))) => {
                let reason = frame.map(|frame| frame.reason.to_string()).filter(|reason| !reason.is_empty());
                Err(reason.unwrap_or_else(|| "the server closed the connection".to_owned()))
            }
            Some(Ok(_)) => Ok(None),
            Some(Err(error)) => Err(in_words(&error)),
            None => Err("the connection ended".to_owned()),
        }
    }

    async fn welcome(&mut self) -> Result<Box<Welcome>, OpenError> {
        loop {
            match self.next().await.map_err(OpenError::Weather)? {
                Some(Frame::Answer { id: HELLO_ID, result: Ok(ok) }) => {
                    let welcome = serde_json::from_str(ok.get());
                    return welcome.map_err(|error| OpenError::Weather(error.to_string()));
                }
                Some(Frame::Answer { result: Err(problem), .. } | Frame::Complaint(problem)) => {
                    return Err(OpenError::Problem(Box::new(problem)));
                }
                Some(Frame::Push(push)) => {
                    if let parlance_api::frame::Push::Closing { error } = *push {
                        return Err(OpenError::Problem(Box::new(error)));
                    }
                }
                _ => {}
            }
        }
    }
}

/// TLS that trusts what this machine trusts.
fn tls() -> Result<Arc<rustls::ClientConfig>, rustls::Error> {
    use rustls_platform_verifier::BuilderVerifierExt;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(Arc::new(config))
}

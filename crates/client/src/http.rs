//! Operations over HTTP, for what comes before there is a token.

mod request;

use crate::{error::CallError, server::Server};
use parlance_api::{error::Problem, operation::Operation};
use std::time::Duration;

/// Calls operations over HTTP.
#[derive(Clone, Debug)]
pub struct HttpCaller {
    server: Server,
    token: Option<String>,
    client: reqwest::Client,
}

impl HttpCaller {
    /// A caller without a token.
    ///
    /// # Errors
    /// [`CallError::Unreachable`] when TLS cannot be set up on this machine.
    pub fn new(server: &Server) -> Result<Self, CallError> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build();
        let client = client.map_err(|error| unreachable_server(server, &error))?;
        Ok(Self { server: server.clone(), token: None, client })
    }

    /// The same caller, signed in.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Calls one operation.
    ///
    /// # Errors
    /// [`CallError`]; a refusal carries the server's problem document.
    pub async fn call<Op: Operation>(&self, operation: &Op) -> Result<Op::Answer, CallError> {
        let parts = request::build(operation)?;
        let mut request = self.client.request(parts.method.clone(), parts.url(&self.server));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = &parts.body {
            request = request.json(body);
        }
        let unreachable = |error: reqwest::Error| unreachable_server(&self.server, &error);
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(unreachable)?;
        if status.is_success() {
            return Ok(serde_json::from_slice(&bytes)?);
        }
        match serde_json::from_slice::<Problem>(&bytes) {
            Ok(problem) => Err(CallError::Refused(Box::new(problem))),
            Err(_) => Err(CallError::Unreachable {
                server: self.server.to_string(),
                reason: format!("it answers {status}"),
            }),
        }
    }
}

fn unreachable_server(server: &Server, error: &reqwest::Error) -> CallError {
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        reason = deeper.to_string();
        cause = deeper.source();
    }
    CallError::Unreachable { server: server.to_string(), reason }
}

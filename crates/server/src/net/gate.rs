use super::{
    forwarded::client_address,
    headers,
    origin::{Origin, Verdict, judge},
};
use crate::{
    observe::{Personal, metrics, operation_name},
    problem,
    settings::{Http, Settings},
};
use axum::{
    body::Body,
    extract::{ConnectInfo, MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use http_body_util::{BodyExt, Limited};
use parlance_api::error::{ErrorCode, Problem};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::time::{Instant, timeout};
use tracing::debug;

/// How long the rest of a refused request is read.
const REFUSED_BODY_TIME_MAX: Duration = Duration::from_secs(1);

/// What every request passes, whatever it asks for: who is asking, from which site, how much and for
/// how long; and what every answer carries.
#[derive(Debug)]
pub(crate) struct Gate {
    http: Http,
    own_origin: Option<Origin>,
    is_encrypted: bool,
    request_bytes_max: usize,
    request_time_max: Duration,
}

impl Gate {
    /// The gate of a server that people find under `public_url`.
    pub(crate) fn new(settings: &Settings, public_url: &str) -> Arc<Self> {
        Arc::new(Self {
            http: settings.http.clone(),
            own_origin: public_url.parse().ok(),
            is_encrypted: public_url.starts_with("https://"),
            request_bytes_max: settings.limits.request_bytes_max,
            request_time_max: settings.limits.request_time_max,
        })
    }

    /// Checks a request; the value is the origin to share the answer with.
    fn admit(&self, request: &Request) -> Result<Option<HeaderValue>, Box<Problem>> {
        check_framing(request)?;
        if declared_length(request.headers()).is_some_and(|length| length > self.request_bytes_max) {
            let detail = format!("at most {} bytes", self.request_bytes_max);
            return Err(Problem::new(ErrorCode::RequestTooLarge).with_detail(detail).into());
        }
        let host = host(request);
        match judge(request.headers(), host, self.own_origin.as_ref(), &self.http.allowed_origins) {
            Verdict::Own => Ok(None),
            Verdict::Allowed(origin) => Ok(Some(origin.clone())),
            Verdict::Foreign => Err(Problem::new(ErrorCode::RequestForeignOrigin).into()),
        }
    }

    async fn answer(&self, request: Request, next: Next) -> Response {
        let share_with = match self.admit(&request) {
            Ok(origin) => origin,
            Err(problem) => {
                self.read_away(request).await;
                return problem::answer(&problem);
            }
        };
        let is_question = share_with.is_some() && is_preflight(&request);
        let mut response = if is_question {
            let mut response = StatusCode::NO_CONTENT.into_response();
            headers::allow_everything(response.headers_mut());
            response
        } else {
            self.run(request, next).await
        };
        if let Some(origin) = share_with {
            headers::share(response.headers_mut(), origin);
        }
        response
    }

    /// Reads some of a body that is refused: whoever is still sending would otherwise see a broken
    /// connection in place of the answer.
    async fn read_away(&self, request: Request) {
        let body = Limited::new(request.into_body(), 4 * self.request_bytes_max);
        let _ = timeout(REFUSED_BODY_TIME_MAX, body.collect()).await;
    }

    async fn run(&self, request: Request, next: Next) -> Response {
        let request = request.map(|body| Body::new(Limited::new(body, self.request_bytes_max)));
        timeout(self.request_time_max, next.run(request))
            .await
            .unwrap_or_else(|_| problem::answer_code(ErrorCode::ServerUnavailable))
    }
}

/// The middleware around all routes. Puts the address of the client, as far as proxies are believed, in
/// place of the peer's into `ConnectInfo<SocketAddr>`.
pub(crate) async fn pass(
    State(gate): State<Arc<Gate>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let operation =
        operation_name(request.method(), request.extensions().get::<MatchedPath>().map(MatchedPath::as_str));
    let client = client_address(peer, request.headers(), &gate.http);
    request.extensions_mut().insert(ConnectInfo(client));
    let mut response = gate.answer(request, next).await;
    headers::protect(response.headers_mut(), gate.is_encrypted);
    let (elapsed, status) = (started.elapsed(), response.status());
    metrics::request_answered(operation, status, elapsed);
    let elapsed_ms = elapsed.as_secs_f64() * 1e3;
    debug!(operation, status = status.as_u16(), elapsed_ms, peer.addr = %Personal(client.ip()), "answered");
    response
}

/// Refuses requests that two programs could read differently. What differs in length is refused or cut
/// off by the HTTP library before.
///
/// # Source
/// RFC 9112 section 3.2: exactly one `Host`.
fn check_framing(request: &Request) -> Result<(), Box<Problem>> {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let is_right = match request.version() {
        Version::HTTP_11 => hosts == 1,
        _ => hosts <= 1,
    };
    if is_right {
        return Ok(());
    }
    let detail = "the request must have exactly one Host header";
    Err(Problem::new(ErrorCode::RequestMalformed).with_detail(detail).into())
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn host(request: &Request) -> Option<&str> {
    let from_header = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    from_header.or_else(|| request.uri().authority().map(|authority| authority.as_str()))
}

fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

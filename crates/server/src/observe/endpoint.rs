use super::{
    health::{Health, State},
    process,
};
use axum::{
    Router,
    extract::State as Extracted,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;

/// The routes of the admin listener.
///
/// `/livez` answers as long as the process runs, `/startupz` once everything was started, `/readyz`
/// while new work is welcome, `/metrics` in the text format of Prometheus.
pub(crate) fn router(health: Arc<Health>, recorded: PrometheusHandle) -> Router {
    let ready = Arc::clone(&health);
    Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route("/startupz", get(startup).with_state(health))
        .route("/readyz", get(readiness).with_state(ready))
        .route("/metrics", get(metrics).with_state(recorded))
}

async fn startup(Extracted(health): Extracted<Arc<Health>>) -> Response {
    match health.state() {
        State::Starting => (StatusCode::SERVICE_UNAVAILABLE, "starting\n").into_response(),
        State::Ready | State::Draining => "started\n".into_response(),
    }
}

async fn readiness(Extracted(health): Extracted<Arc<Health>>) -> Response {
    match health.state() {
        State::Ready => "ready\n".into_response(),
        State::Starting => (StatusCode::SERVICE_UNAVAILABLE, "starting\n").into_response(),
        State::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response(),
    }
}

async fn metrics(Extracted(recorded): Extracted<PrometheusHandle>) -> Response {
    process::record();
    recorded.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], recorded.render()).into_response()
}

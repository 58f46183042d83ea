//! What this server speaks, for programs and people.

use crate::context::Api;
use axum::{Router, http::header, response::IntoResponse, routing::get};
use std::sync::{Arc, LazyLock};

static OPENAPI: LazyLock<String> = LazyLock::new(|| parlance_api::describe::openapi().to_string());
static ASYNCAPI: LazyLock<String> = LazyLock::new(|| parlance_api::describe::asyncapi().to_string());

pub(crate) fn routes() -> Router<Arc<Api>> {
    Router::new()
        .route("/openapi.json", get(|| async { json(&OPENAPI) }))
        .route("/asyncapi.json", get(|| async { json(&ASYNCAPI) }))
}

fn json(text: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, text)
}

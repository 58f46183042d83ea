//! Problem documents as HTTP answers.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use parlance_api::error::{ErrorCode, Problem};

/// The answer that carries this problem.
///
/// # Source
/// RFC 9457 section 3; `Retry-After` is RFC 9110 section 10.2.3, in whole seconds.
pub(crate) fn answer(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = serde_json::to_vec(problem).expect("a problem is plain data");
    let mut response = (status, Body::from(text)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(wait_ms) = problem.retry_after_ms {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait_ms.div_ceil(1_000)));
    }
    response
}

/// The answer for a code with nothing more to say.
pub(crate) fn answer_code(code: ErrorCode) -> Response {
    answer(&Problem::new(code))
}

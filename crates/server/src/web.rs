//! The web client inside the program, and pages for people who read about the API.

mod assets;
mod docs;
mod encoding;

use self::assets::Asset;
use crate::problem;
use axum::{Router, extract::Request, response::Response, routing::get};
use http::Method;
use parlance_api::error::ErrorCode;

/// Where other protocols and the API answer: what is not found there is a mistake, not a page.
const NOT_PAGES: &[&str] = &["/v1/", "/dev/", "/.well-known/", "/openapi.json", "/asyncapi.json"];

/// The documentation, and the web client for every address that nobody else answers.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/docs", get(docs::reader))
        .route("/docs/reader.js", get(docs::reader_script))
        .route("/docs/style.css", get(docs::style))
        .route("/docs/errors", get(docs::errors))
        .fallback(page)
        .method_not_allowed_fallback(|| async { problem::answer_code(ErrorCode::RequestMethodNotAllowed) })
}

async fn page(request: Request) -> Response {
    let path = request.uri().path();
    if NOT_PAGES.iter().any(|prefix| path.starts_with(prefix)) {
        return problem::answer_code(ErrorCode::RequestUnknownOperation);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return problem::answer_code(ErrorCode::RequestMethodNotAllowed);
    }
    let path = path.trim_start_matches('/');
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let found = Asset::find(path).or_else(|| if is_file { None } else { Asset::find("index.html") });
    match found {
        Some(asset) => asset.answer(request.headers()),
        None if is_file => problem::answer_code(ErrorCode::RequestUnknownOperation),
        None => docs::client_missing(),
    }
}

#[cfg(test)]
mod tests;

use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, header};
use parlance_api::error::CATALOGUE;
use std::fmt::Write;

const READER: &str = include_str!("../../assets/docs/reader.html");
const READER_SCRIPT: &str = include_str!("../../assets/docs/reader.js");
const STYLE: &str = include_str!("../../assets/docs/style.css");
const ERRORS: &str = include_str!("../../assets/docs/errors.html");
const CLIENT_MISSING: &str = include_str!("../../assets/docs/client-missing.html");

/// The readable form of `/openapi.json`.
pub(super) async fn reader() -> Html<&'static str> {
    Html(READER)
}

pub(super) async fn reader_script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], READER_SCRIPT).into_response()
}

pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

/// The catalogue of errors; each code has an anchor, which is the `type` of its problem documents.
pub(super) async fn errors() -> Html<String> {
    let mut rows = String::new();
    for entry in CATALOGUE {
        let retry = format!("{:?}", entry.retry).to_lowercase();
        writeln!(
            rows,
            "<section id=\"{code}\"><h2><code>{code}</code></h2><p>{summary}</p><p>{help}</p>\
             <p class=\"facts\">HTTP {http} · retry: {retry}</p></section>",
            code = entry.word,
            summary = escape(entry.summary),
            help = escape(entry.help),
            http = entry.http,
        )
        .expect("strings grow");
    }
    Html(ERRORS.replace("<!-- errors -->", &rows))
}

/// What stands in place of the web client when the server was built without it.
pub(super) fn client_missing() -> Response {
    (StatusCode::OK, [(header::CACHE_CONTROL, "no-cache")], Html(CLIENT_MISSING)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

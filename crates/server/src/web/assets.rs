use super::encoding::{Encoding, accepted};
use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::{borrow::Cow, fmt::Write};

/// The built web client; empty when it was not built before the server.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

const TYPES: &[(&str, &str)] = &[
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("json", "application/json"),
    ("webmanifest", "application/manifest+json"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("ico", "image/x-icon"),
    ("webp", "image/webp"),
    ("woff2", "font/woff2"),
    ("wasm", "application/wasm"),
    ("mp3", "audio/mpeg"),
    ("ogg", "audio/ogg"),
    ("txt", "text/plain; charset=utf-8"),
];

/// A file of the web client.
pub(super) struct Asset {
    path: String,
    file: EmbeddedFile,
}

impl Asset {
    /// Finds a file by its path below the folder of the client.
    pub(super) fn find(path: &str) -> Option<Self> {
        Dist::get(path).map(|file| Self { path: path.to_owned(), file })
    }

    /// The answer for somebody who may have the file already.
    pub(super) fn answer(self, asked: &HeaderMap) -> Response {
        let packed = accepted(asked)
            .find_map(|encoding| Some((encoding, Dist::get(&format!("{}{}", self.path, encoding.suffix))?)));
        let (encoding, file) = packed.map_or((None, self.file), |(encoding, file)| (Some(encoding), file));
        let etag = etag(&file, encoding);
        let mut response = if has_already(asked, &etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Body::from(bytes(file)).into_response()
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&self.path)));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching(&self.path)));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::ETAG, etag);
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name));
        }
        response
    }
}

fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

/// A strong validator: the beginning of the file's hash, and how it is packed.
///
/// # Source
/// RFC 9110 section 8.8.3.
fn etag(file: &EmbeddedFile, encoding: Option<Encoding>) -> HeaderValue {
    let mut text = String::from('"');
    for byte in &file.metadata.sha256_hash()[..12] {
        write!(text, "{byte:02x}").expect("strings grow");
    }
    text.push_str(encoding.map_or("", |encoding| encoding.suffix));
    text.push('"');
    HeaderValue::try_from(text).expect("letters, digits and quotes")
}

fn has_already(asked: &HeaderMap, etag: &HeaderValue) -> bool {
    let etag = etag.to_str().unwrap_or_default();
    asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|one| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == etag)
}

/// Files under `assets/` carry a hash in their name and never change; all others are asked for again.
pub(super) fn caching(path: &str) -> &'static str {
    if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

pub(super) fn content_type(path: &str) -> &'static str {
    let extension = path.rsplit('.').next().unwrap_or_default();
    TYPES.iter().find(|(known, _)| *known == extension).map_or("application/octet-stream", |(_, kind)| kind)
}

use crate::{
    context::{Api, Context, peer},
    discovery,
    dispatch::Handler,
    errors::{invalid, problem},
    socket,
};
use axum::{
    Router,
    body::Body,
    extract::{RawPathParams, Request, State},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, get, on},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use parlance_api::{
    error::{ErrorCode, Problem},
    operation::{Entry, Method},
    ops::OPERATIONS,
};
use parlance_hub::{Caller, Redacted};
use serde_json::value::RawValue;
use std::{collections::BTreeMap, sync::Arc};

/// Everything below `/v1`, and the descriptions of it.
pub fn router(api: Arc<Api>) -> Router {
    let mut by_path: BTreeMap<&str, MethodRouter<Arc<Api>>> = BTreeMap::new();
    for entry in OPERATIONS {
        let handler =
            *api.table.find(entry.description.name).expect("invariant: a handler for every operation");
        let query = Arc::new(QueryTypes::of(entry));
        let answer = move |state, params, request| answer(state, handler, query, params, request);
        let routes = by_path.remove(entry.description.path).unwrap_or_default();
        by_path.insert(entry.description.path, routes.on(filter(entry.description.method), answer));
    }
    let operations = by_path
        .into_iter()
        .fold(Router::new(), |router, (path, methods)| router.route(path, methods.fallback(wrong_method)));
    operations
        .route("/v1/ws", get(socket::upgrade).fallback(wrong_method))
        .route("/v1/{*rest}", on(MethodFilter::GET, unknown).fallback(unknown))
        .merge(discovery::routes())
        .with_state(api)
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

async fn wrong_method() -> Response {
    refuse(&ErrorCode::RequestMethodNotAllowed.into())
}

async fn unknown() -> Response {
    refuse(&ErrorCode::RequestUnknownOperation.into())
}

async fn answer(
    State(api): State<Arc<Api>>,
    handler: Handler,
    query: Arc<QueryTypes>,
    params: RawPathParams,
    request: Request,
) -> Response {
    match carry_out(api, handler, &query, params, request).await {
        Ok(json) => {
            let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
            (headers, json).into_response()
        }
        Err(problem) => refuse(&problem),
    }
}

async fn carry_out(
    api: Arc<Api>,
    handler: Handler,
    query: &QueryTypes,
    params: RawPathParams,
    request: Request,
) -> Result<Bytes, Problem> {
    let (parts, body) = request.into_parts();
    let peer = peer(&parts);
    let caller = match token(&parts.headers)? {
        Some(token) => Some(authenticate(&api, &token).await?),
        None => None,
    };
    let mut fields = Fields::default();
    for (name, value) in &params {
        fields.push_text(name, value);
    }
    query.read(parts.uri.query().unwrap_or_default(), &mut fields)?;
    let body = read_body(&parts.headers, body, api.settings.limits.request_bytes_max).await?;
    let args = fields.join(&body)?;
    let context = Context { api, caller, peer, connection: None };
    handler.call(&context, &args).await
}

/// The bearer token of a request.
pub(crate) fn token(headers: &HeaderMap) -> Result<Option<Redacted<String>>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().ok().and_then(|text| text.split_once(' '));
    match text {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            Ok(Some(Redacted::new(token.trim().to_owned())))
        }
        _ => Err(ErrorCode::AuthTokenInvalid.into()),
    }
}

pub(crate) async fn authenticate(api: &Api, token: &Redacted<String>) -> Result<Caller, Problem> {
    Ok(api.hub.authenticate(token).await.map_err(problem)?.caller)
}

async fn read_body(headers: &HeaderMap, body: Body, bytes_max: u64) -> Result<Bytes, Problem> {
    let limit = usize::try_from(bytes_max).unwrap_or(usize::MAX);
    let collected = Limited::new(body, limit).collect().await;
    let bytes = collected.map_err(|_| Problem::new(ErrorCode::RequestTooLarge))?.to_bytes();
    let is_json = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if !bytes.is_empty() && !is_json {
        return Err(ErrorCode::RequestUnsupportedMediaType.into());
    }
    Ok(bytes)
}

/// A problem document.
///
/// # Source
/// RFC 9457 section 3; `Retry-After` is RFC 9110 section 10.2.3.
pub(crate) fn refuse(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = serde_json::to_vec(problem).expect("invariant: a problem has string keys only");
    let headers = [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
    let mut response = (status, headers, json).into_response();
    if let Some(wait_ms) = problem.retry_after_ms {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_ms.div_ceil(1_000)));
    }
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// White space of JSON.
///
/// # Source
/// RFC 8259 section 2.
const JSON_SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// The fields of a request, from path, query and body, as JSON text. Written twice, a field is
/// refused when the request is read.
#[derive(Default)]
struct Fields {
    json: String,
}

impl Fields {
    fn push_text(&mut self, name: &str, value: &str) {
        self.push_json(name, &serde_json::Value::from(value).to_string());
    }

    fn push_json(&mut self, name: &str, value: &str) {
        if !self.json.is_empty() {
            self.json.push(',');
        }
        self.json.push_str(&serde_json::Value::from(name).to_string());
        self.json.push(':');
        self.json.push_str(value);
    }

    fn join(self, body: &[u8]) -> Result<Box<RawValue>, Problem> {
        let malformed = |detail: &str| Problem::new(ErrorCode::RequestMalformed).with_detail(detail);
        let body = std::str::from_utf8(body).map_err(|_| malformed("the body is not UTF-8"))?;
        let body = body.trim_matches(JSON_SPACE);
        let inside = match body {
            "" => "",
            body => body
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'))
                .ok_or_else(|| malformed("the body is not a JSON object"))?
                .trim_matches(JSON_SPACE),
        };
        let comma = if inside.is_empty() || self.json.is_empty() { "" } else { "," };
        RawValue::from_string(format!("{{{}{comma}{inside}}}", self.json)).map_err(crate::dispatch::malformed)
    }
}

/// Which query fields an operation has, and whether they are text.
struct QueryTypes {
    is_text: BTreeMap<String, bool>,
}

impl QueryTypes {
    fn of(entry: &Entry) -> Self {
        let mut generator = schemars::SchemaGenerator::default();
        (entry.request)(&mut generator);
        let mut is_text = BTreeMap::new();
        for schema in generator.definitions().values() {
            let properties = schema.get("properties").and_then(|properties| properties.as_object());
            for (name, property) in properties.into_iter().flatten() {
                let kind = property.get("type").map(ToString::to_string).unwrap_or_default();
                is_text.insert(name.clone(), !kind.contains("integer") && !kind.contains("boolean"));
            }
        }
        let in_path: Vec<_> = entry.description.path_fields().collect();
        is_text.retain(|name, _| !in_path.contains(&name.as_str()));
        Self { is_text }
    }

    fn read(&self, query: &str, fields: &mut Fields) -> Result<(), Problem> {
        let pairs: Vec<(String, String)> = axum::extract::Query::try_from_uri(&query_uri(query)?)
            .map_err(|error| invalid(error.to_string()))?
            .0;
        for (name, value) in pairs {
            match self.is_text.get(&name) {
                Some(true) => fields.push_text(&name, &value),
                Some(false) if is_plain(&value) => fields.push_json(&name, &value),
                Some(false) => return Err(invalid(format!("{name}: not a number or boolean"))),
                None => {
                    return Err(Problem::new(ErrorCode::RequestMalformed)
                        .with_detail(format!("unknown field `{name}`")));
                }
            }
        }
        Ok(())
    }
}

fn query_uri(query: &str) -> Result<http::Uri, Problem> {
    format!("/?{query}").parse().map_err(|_| invalid("the query cannot be read"))
}

/// A whole number or a boolean.
fn is_plain(value: &str) -> bool {
    value == "true"
        || value == "false"
        || value.parse::<u64>().is_ok_and(|number| number.to_string() == value)
}

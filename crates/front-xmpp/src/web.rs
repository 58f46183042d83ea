//! XMPP over WebSocket, and where to find it.

use crate::{
    context::Xmpp,
    serve::{Carrier, serve},
};
use axum::{
    Router,
    extract::{ConnectInfo, State, WebSocketUpgrade},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use parlance_front::websocket::{WebSocket, bounded};
use parlance_xmpp::write::Writer;
use serde_json::json;
use std::{net::SocketAddr, sync::Arc};

/// Where the WebSocket is.
const PATH: &str = "/xmpp-websocket";
/// The subprotocol.
///
/// # Source
/// RFC 7395 section 3.1.
const SUBPROTOCOL: &str = "xmpp";
/// The relation of a link to the WebSocket.
///
/// # Source
/// XEP-0156 (1.4.0) section 3.
const RELATION: &str = "urn:xmpp:alt-connections:websocket";

/// The WebSocket.
pub fn websocket(xmpp: Arc<Xmpp>) -> Router {
    Router::new().route(PATH, get(upgrade)).with_state(xmpp)
}

/// Documents that name the WebSocket to everybody, pages of other sites included.
///
/// # Source
/// XEP-0156 (1.4.0) sections 3 and 6, RFC 6415.
pub fn host_meta(xmpp: Arc<Xmpp>) -> Router {
    Router::new()
        .route("/.well-known/host-meta", get(host_meta_xml))
        .route("/.well-known/host-meta.json", get(host_meta_json))
        .with_state(xmpp)
}

async fn upgrade(
    State(xmpp): State<Arc<Xmpp>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let upgrade = bounded(upgrade.protocols([SUBPROTOCOL]), xmpp.settings.stanza.stanza_bytes_max as usize);
    if upgrade.selected_protocol().is_none() {
        return (StatusCode::BAD_REQUEST, "the subprotocol is xmpp").into_response();
    }
    upgrade
        .on_upgrade(move |socket| serve(xmpp, WebSocket::new(Box::new(socket)), Carrier::Frames, peer.ip()))
}

async fn host_meta_xml(State(xmpp): State<Arc<Xmpp>>) -> Response {
    let mut xml = Writer::append("<?xml version='1.0' encoding='utf-8'?>\n".into());
    xml.start("XRD").namespace("http://docs.oasis-open.org/ns/xri/xrd-1.0");
    xml.start("Link").attribute("rel", RELATION).attribute("href", &xmpp.settings.websocket_url).end();
    shared("application/xrd+xml", xml.finish())
}

async fn host_meta_json(State(xmpp): State<Arc<Xmpp>>) -> Response {
    let links = [json!({ "rel": RELATION, "href": xmpp.settings.websocket_url })];
    shared("application/json", json!({ "links": links }).to_string())
}

fn shared(content_type: &'static str, document: String) -> Response {
    let anybody = HeaderValue::from_static("*");
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, anybody),
        ],
        document,
    )
        .into_response()
}

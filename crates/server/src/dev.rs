//! Routes for tests and development, only there with `dev = true`.

use axum::{
    Router,
    extract::{
        WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    routing::any,
};

/// What is read at once from a socket; the default of the library would be kept for each idle connection.
const READ_BYTES: usize = 1024;

/// `/dev/echo`, a WebSocket that sends back what it gets, for suites that test conformance.
pub(crate) fn router() -> Router {
    Router::new().route(
        "/dev/echo",
        any(|upgrade: WebSocketUpgrade| async { upgrade.read_buffer_size(READ_BYTES).on_upgrade(echo) }),
    )
}

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        let is_content = matches!(message, Message::Text(_) | Message::Binary(_));
        if is_content && socket.send(message).await.is_err() {
            return;
        }
    }
}

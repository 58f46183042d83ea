//! Frames of text over a WebSocket, for every front end that uses them.

use crate::{Gone, Received, Transport};
use axum::extract::ws;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::{Error as WsError, error::ProtocolError};

/// Buffers of one socket. Small: a socket that says nothing costs its buffers.
const READ_BUFFER_BYTES: usize = 512;
const WRITE_BUFFER_BYTES: usize = 16 * 1024;

/// The bounds of sockets whose frames have at most so many bytes.
pub fn bounded<F>(upgrade: ws::WebSocketUpgrade<F>, bytes_max: usize) -> ws::WebSocketUpgrade<F> {
    upgrade
        .max_message_size(bytes_max)
        .max_frame_size(bytes_max)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
}

/// A WebSocket that carries frames of text.
pub struct WebSocket {
    socket: Box<ws::WebSocket>,
}

impl WebSocket {
    /// The socket is in a box because every function that hands it on would keep room for it.
    pub fn new(socket: Box<ws::WebSocket>) -> Self {
        Self { socket }
    }
}

impl Transport for WebSocket {
    async fn receive(&mut self) -> Received {
        match self.socket.next().await {
            Some(Ok(ws::Message::Text(text))) => Received::Frame(text.into()),
            Some(Ok(ws::Message::Binary(_))) => {
                Received::Broken { code: ws::close_code::UNSUPPORTED, reason: "frames are text" }
            }
            Some(Ok(ws::Message::Ping(_) | ws::Message::Pong(_))) => Received::Alive,
            Some(Ok(ws::Message::Close(_))) => {
                // The answer to it is in the buffer.
                let _ = self.socket.flush().await;
                Received::End
            }
            Some(Err(error)) => broken(error),
            None => Received::End,
        }
    }

    async fn send(&mut self, frame: Bytes) -> Result<(), Gone> {
        let text = ws::Utf8Bytes::try_from(frame).map_err(|_| Gone)?;
        self.socket.feed(ws::Message::Text(text)).await.map_err(|_| Gone)
    }

    async fn flush(&mut self) -> Result<(), Gone> {
        self.socket.flush().await.map_err(|_| Gone)
    }

    async fn ping(&mut self) -> Result<(), Gone> {
        self.socket.send(ws::Message::Ping(Bytes::new())).await.map_err(|_| Gone)
    }

    async fn close(&mut self, code: u16, reason: &'static str) {
        let close = ws::CloseFrame { code, reason: reason.into() };
        let _ = self.socket.send(ws::Message::Close(Some(close))).await;
    }
}

/// What a socket that cannot be read is closed with.
///
/// # Source
/// RFC 6455 section 7.4.1.
fn broken(error: axum::Error) -> Received {
    let Ok(error) = error.into_inner().downcast::<WsError>() else { return Received::End };
    let (code, reason) = match *error {
        WsError::Capacity(_) => (ws::close_code::SIZE, "too long"),
        WsError::Utf8(_) => (ws::close_code::INVALID, "text is UTF-8"),
        WsError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => return Received::End,
        WsError::Protocol(_) => (ws::close_code::PROTOCOL, "not as RFC 6455 says"),
        _ => return Received::End,
    };
    Received::Broken { code, reason }
}

//! WebSocket frames as no library would send them.

use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const DEADLINE: Duration = Duration::from_secs(30);

/// Kinds of frames: RFC 6455 section 5.2.
pub(crate) const CONTINUATION: u8 = 0;
pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// A connection that was upgraded by hand.
pub(crate) struct Raw {
    stream: TcpStream,
}

/// A frame from the server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    /// The code of a close frame.
    pub(crate) fn close_code(&self) -> Option<u16> {
        let code = self.payload.first_chunk::<2>().map(|bytes| u16::from_be_bytes(*bytes));
        code.filter(|_| self.kind == CLOSE)
    }
}

/// The head of a masked frame, with all bits to choose; the mask is zero, so that payloads stay as they are.
pub(crate) fn head(is_final: bool, kind: u8, length: u64) -> Vec<u8> {
    let first = if is_final { 0x80 | kind } else { kind };
    let mut head = vec![first];
    match length {
        0..=125 => head.push(0x80 | length as u8),
        126..=0xFFFF => {
            head.push(0x80 | 126);
            head.extend((length as u16).to_be_bytes());
        }
        _ => {
            head.push(0x80 | 127);
            head.extend(length.to_be_bytes());
        }
    }
    head.extend([0; 4]);
    head
}

/// A whole masked frame.
pub(crate) fn frame(is_final: bool, kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = head(is_final, kind, payload.len() as u64);
    frame.extend(payload);
    frame
}

/// The request to upgrade, with further header lines, each ended.
pub(crate) fn upgrade(further: &str) -> String {
    format!(
        "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{further}\r\n"
    )
}

/// Sends a request and reads the head of the answer.
pub(crate) async fn request(origin: &str, request: &str) -> (Raw, String) {
    let address = origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("an open connection");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = timeout(DEADLINE, stream.read_u8()).await.expect("an answer in time").expect("an answer");
        head.push(byte);
    }
    (Raw { stream }, String::from_utf8(head).expect("a head"))
}

impl Raw {
    /// An upgraded connection.
    pub(crate) async fn open(origin: &str) -> Self {
        let (raw, head) = request(origin, &upgrade("")).await;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        raw
    }

    /// Sends bytes. A server that has closed already is no failure: what it said is read afterwards.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        let _closed = timeout(DEADLINE, self.stream.write_all(bytes)).await.expect("the server reads");
    }

    /// The next frame; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        let read = async {
            let kind = self.stream.read_u8().await? & 0x0F;
            let length = match self.stream.read_u8().await? {
                126 => usize::from(self.stream.read_u16().await?),
                127 => self.stream.read_u64().await? as usize,
                short => usize::from(short),
            };
            let mut payload = vec![0; length];
            self.stream.read_exact(&mut payload).await?;
            Ok::<_, std::io::Error>(Frame { kind, payload })
        };
        timeout(DEADLINE, read).await.expect("the server does something in time").ok()
    }

    /// The code with which the server closes, passing over other frames.
    pub(crate) async fn close_code(&mut self) -> Option<u16> {
        while let Some(frame) = self.next().await {
            if frame.kind == CLOSE {
                return frame.close_code();
            }
        }
        None
    }
}

//! A WebSocket client that costs as little as possible: whole text messages, one buffer, and the
//! mask 0, which lets frames be written once and sent many times.
//!
//! # Source
//! RFC 6455 sections 4.1 and 5.2. What a server of ours never sends (fragments, extensions) is an
//! error here.

use crate::trust::Trust;
use anyhow::{Context, anyhow, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::{Buf, BytesMut};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    ops::Range,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// Connections from one address of ours; a address has some 28,000 free ports.
const CONNECTIONS_PER_SOURCE: usize = 5_000;
const READ_BYTES: usize = 4 * 1024;

const FINAL_TEXT: u8 = 0x81;
const FINAL_CLOSE: u8 = 0x88;
const FINAL_PING: u8 = 0x89;
const FINAL_PONG: u8 = 0x8A;

/// A stream of bytes, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin {}
impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

/// Connects from one of several addresses of the loopback network, so that ports suffice for many
/// connections: `index` chooses it.
pub(crate) async fn connect(address: SocketAddr, index: usize) -> anyhow::Result<TcpStream> {
    let tcp = TcpSocket::new_v4()?;
    tcp.bind(SocketAddr::new(source(index), 0))?;
    let stream = tcp.connect(address).await.context("cannot connect")?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Where sockets lead, and how.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// The certificate to expect; unencrypted without one.
    pub(crate) trust: Option<Trust>,
}

pub(crate) struct Socket {
    stream: Box<dyn Stream>,
    received: BytesMut,
}

impl Socket {
    /// Opens a WebSocket; see [`connect`] for `index`.
    pub(crate) async fn open(target: &Target, index: usize) -> anyhow::Result<Self> {
        let stream = connect(target.address, index).await?;
        let stream: Box<dyn Stream> = match &target.trust {
            Some(trust) => Box::new(trust.connect(stream).await?),
            None => Box::new(stream),
        };
        let mut socket = Self { stream, received: BytesMut::new() };
        socket.upgrade(target.address).await?;
        Ok(socket)
    }

    async fn upgrade(&mut self, address: SocketAddr) -> anyhow::Result<()> {
        let key = BASE64_STANDARD.encode(rand::random::<[u8; 16]>());
        let request = format!(
            "GET /v1/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        );
        self.write(request.as_bytes()).await?;
        loop {
            if let Some(end) = self.received.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = self.received.split_to(end + 4);
                ensure!(
                    head.starts_with(b"HTTP/1.1 101 "),
                    "no WebSocket: {}",
                    String::from_utf8_lossy(&head)
                );
                return Ok(());
            }
            self.read().await?;
        }
    }

    /// Writes frames that are made already.
    pub(crate) async fn write(&mut self, frames: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(frames).await?;
        Ok(self.stream.flush().await?)
    }

    /// Reads once, whatever there is.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub(crate) async fn read(&mut self) -> anyhow::Result<()> {
        self.received.reserve(READ_BYTES);
        ensure!(self.stream.read_buf(&mut self.received).await? > 0, "the server closed the connection");
        Ok(())
    }

    /// The next whole text among what was read. Pongs that are due are added to `out`.
    pub(crate) fn take(&mut self, out: &mut Vec<u8>) -> anyhow::Result<Option<BytesMut>> {
        while let Some((first, payload)) = head(&self.received)? {
            if self.received.len() < payload.end {
                return Ok(None);
            }
            let mut payload_bytes = self.received.split_to(payload.end);
            payload_bytes.advance(payload.start);
            match first {
                FINAL_TEXT => return Ok(Some(payload_bytes)),
                FINAL_PING => push_frame(out, FINAL_PONG, &payload_bytes),
                FINAL_PONG => {}
                FINAL_CLOSE => bail!("the server said goodbye: {}", String::from_utf8_lossy(&payload_bytes)),
                other => bail!("a frame that a server of ours never sends: {other:#x}"),
            }
        }
        Ok(None)
    }

    /// Waits for the next whole text.
    pub(crate) async fn next(&mut self) -> anyhow::Result<BytesMut> {
        loop {
            let mut pongs = Vec::new();
            let text = self.take(&mut pongs)?;
            if !pongs.is_empty() {
                self.write(&pongs).await?;
            }
            match text {
                Some(text) => return Ok(text),
                None => self.read().await?,
            }
        }
    }
}

fn source(index: usize) -> IpAddr {
    let host = 2 + index / CONNECTIONS_PER_SOURCE % 250;
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, host as u8))
}

/// First byte of the frame that begins here, and where its payload lies.
fn head(bytes: &[u8]) -> anyhow::Result<Option<(u8, Range<usize>)>> {
    let &[first, second, ..] = bytes else { return Ok(None) };
    ensure!(second & 0x80 == 0, "a server must not mask");
    let (start, length) = match second {
        126 => match bytes.get(2..4) {
            Some(length) => (4, u64::from(u16::from_be_bytes(length.try_into()?))),
            None => return Ok(None),
        },
        127 => match bytes.get(2..10) {
            Some(length) => (10, u64::from_be_bytes(length.try_into()?)),
            None => return Ok(None),
        },
        short => (2, u64::from(short)),
    };
    let length = usize::try_from(length).map_err(|_| anyhow!("a frame of {length} bytes"))?;
    Ok(Some((first, start..start + length)))
}

/// Adds a text frame.
pub(crate) fn push_text(out: &mut Vec<u8>, text: &[u8]) {
    push_frame(out, FINAL_TEXT, text);
}

fn push_frame(out: &mut Vec<u8>, first: u8, payload: &[u8]) {
    const MASKED: u8 = 0x80;
    out.push(first);
    match payload.len() {
        length @ 0..=125 => out.push(MASKED | length as u8),
        length @ 126..=65_535 => {
            out.push(MASKED | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(MASKED | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_length_read_back() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let mut frame = Vec::new();
            push_text(&mut frame, &vec![b'x'; length]);
            // As a server would send it: without mask.
            let mask_at = frame.len() - length - 4;
            frame.drain(mask_at..mask_at + 4);
            frame[1] &= 0x7F;
            assert_eq!(head(&frame).expect("a frame"), Some((FINAL_TEXT, mask_at..mask_at + length)));
            assert_eq!(head(&frame[..1]).expect("not yet"), None);
        }
    }

    #[test]
    fn many_connections_come_from_several_addresses() {
        assert_eq!(source(0), source(CONNECTIONS_PER_SOURCE - 1));
        assert_ne!(source(0), source(CONNECTIONS_PER_SOURCE));
    }
}

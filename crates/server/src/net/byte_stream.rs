//! A stream of bytes that can become encrypted, for protocols that bring their own framing.

use super::{connection::Held, tls::Encryption};
use bytes::Bytes;
use parlance_front::{Gone, Received, Secured, Transport};
use std::{
    cell::RefCell,
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio_rustls::server::TlsStream;

/// Bytes read at once.
const READ_BYTES: usize = 16 << 10;
/// Bytes that wait to be written before they are.
const WRITE_BYTES: usize = 16 << 10;

thread_local! {
    /// Read into by whichever connection of the thread has something, so that a connection without
    /// anything to say needs no buffer.
    static READ: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_BYTES].into());
}

/// A connection over TCP, perhaps encrypted.
pub(crate) struct ByteStream {
    socket: Socket,
    /// What encrypts it later.
    encryption: Option<Encryption>,
    unwritten: Vec<u8>,
}

enum Socket {
    Plain(Held),
    Encrypted(Box<TlsStream<Held>>),
    /// Encryption could not be set up.
    Lost,
}

impl ByteStream {
    /// A connection that is not encrypted yet.
    pub(super) fn plain(socket: Held, encryption: Encryption) -> Self {
        Self { socket: Socket::Plain(socket), encryption: Some(encryption), unwritten: Vec::new() }
    }

    /// A connection that is never encrypted.
    pub(super) fn unencrypted(socket: Held) -> Self {
        Self { socket: Socket::Plain(socket), encryption: None, unwritten: Vec::new() }
    }

    /// A connection that is encrypted from the start.
    pub(super) fn encrypted(stream: Box<TlsStream<Held>>) -> Self {
        Self { socket: Socket::Encrypted(stream), encryption: None, unwritten: Vec::new() }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        READ.with_borrow_mut(|buffer| {
            let mut buffer = ReadBuf::new(buffer);
            let read = match &mut self.socket {
                Socket::Plain(socket) => Pin::new(socket).poll_read(cx, &mut buffer),
                Socket::Encrypted(stream) => Pin::new(stream).poll_read(cx, &mut buffer),
                Socket::Lost => Poll::Ready(Ok(())),
            };
            read.map_ok(|()| Bytes::copy_from_slice(buffer.filled()))
        })
    }

    async fn write(&mut self) -> Result<(), Gone> {
        let bytes = std::mem::take(&mut self.unwritten);
        let written = match &mut self.socket {
            Socket::Plain(socket) => socket.write_all(&bytes).await,
            Socket::Encrypted(stream) => match stream.write_all(&bytes).await {
                Ok(()) => stream.flush().await,
                error => error,
            },
            Socket::Lost => return Err(Gone),
        };
        written.map_err(|_| Gone)
    }
}

impl Transport for ByteStream {
    async fn receive(&mut self) -> Received {
        match poll_fn(|cx| self.poll_read(cx)).await {
            Ok(bytes) if !bytes.is_empty() => Received::Frame(bytes),
            _ => Received::End,
        }
    }

    async fn send(&mut self, frame: Bytes) -> Result<(), Gone> {
        self.unwritten.extend_from_slice(&frame);
        if self.unwritten.len() >= WRITE_BYTES { self.write().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), Gone> {
        if self.unwritten.is_empty() { Ok(()) } else { self.write().await }
    }

    async fn ping(&mut self) -> Result<(), Gone> {
        Ok(())
    }

    async fn secure(&mut self) -> Result<Secured, Gone> {
        let Some(encryption) = self.encryption.take() else { return Err(Gone) };
        let Socket::Plain(socket) = std::mem::replace(&mut self.socket, Socket::Lost) else {
            return Err(Gone);
        };
        let (stream, secured) = Box::pin(encryption.accept(socket)).await.map_err(|_| Gone)?;
        self.socket = Socket::Encrypted(stream);
        Ok(secured)
    }

    async fn close(&mut self, _: u16, _: &'static str) {
        let _ = self.flush().await;
        let _ = match &mut self.socket {
            Socket::Plain(socket) => socket.shutdown().await,
            Socket::Encrypted(stream) => stream.shutdown().await,
            Socket::Lost => Ok(()),
        };
    }
}

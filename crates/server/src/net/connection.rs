use super::{slots::Slot, tls::Tls};
use crate::{observe::metrics, settings::Limits};
use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::watch,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tower::ServiceExt;
use tracing::debug;

/// The most that is read ahead of one HTTP/1 connection; also the longest head of a request.
const READ_AHEAD_BYTES_MAX: usize = 16 << 10;
const STREAMS_PER_CONNECTION_MAX: u32 = 64;
const STREAM_WINDOW_BYTES: u32 = 64 << 10;
const CONNECTION_WINDOW_BYTES: u32 = 256 << 10;
const DEAD_PEER_CHECK_INTERVAL: Duration = Duration::from_secs(60);

/// How the connections of one listener are served.
pub(super) struct Service {
    router: Router,
    tls: Option<TlsAcceptor>,
    handshake_time_max: Duration,
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
}

impl Service {
    pub(super) fn new(router: Router, tls: Option<&Tls>, limits: &Limits) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_time_max)
            .max_buf_size(READ_AHEAD_BYTES_MAX);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS_PER_CONNECTION_MAX)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .max_send_buf_size(STREAM_WINDOW_BYTES as usize)
            .max_header_list_size(READ_AHEAD_BYTES_MAX as u32)
            .keep_alive_interval(DEAD_PEER_CHECK_INTERVAL);
        let handshake_time_max = limits.tls_handshake_time_max;
        Self { router, tls: tls.map(Tls::acceptor), handshake_time_max, http1, http2 }
    }

    /// Serves one connection to its end, or until it is told to stop and has answered what was asked.
    ///
    /// Each phase is boxed, so that a task holds the memory of the phase it is in and not of the
    /// largest one.
    pub(super) async fn serve(
        self: Arc<Self>,
        socket: TcpStream,
        slot: Slot,
        peer: SocketAddr,
        stop: watch::Receiver<bool>,
    ) {
        let socket = Held::new(socket, slot);
        let Some(tls) = &self.tls else {
            return Box::pin(self.serve_http1(socket, peer, stop)).await;
        };
        match Box::pin(timeout(self.handshake_time_max, tls.accept(socket))).await {
            Ok(Ok(stream)) if is_http2(&stream) => Box::pin(self.serve_http2(stream, peer, stop)).await,
            Ok(Ok(stream)) => Box::pin(self.serve_http1(stream, peer, stop)).await,
            Ok(Err(error)) => handshake_failed(&error),
            Err(_) => handshake_failed(&io::ErrorKind::TimedOut.into()),
        }
    }

    async fn serve_http1<S>(&self, stream: S, peer: SocketAddr, mut stop: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let answer = service_fn(|request| answer(self.router.clone(), request, peer));
        let mut connection = pin!(self.http1.serve_connection(TokioIo::new(stream), answer).with_upgrades());
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stopped(&mut stop) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        note_end(ended);
    }

    async fn serve_http2<S>(&self, stream: S, peer: SocketAddr, mut stop: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let router = self.router.clone();
        let answer = service_fn(move |request| answer(router.clone(), request, peer));
        let mut connection = pin!(self.http2.serve_connection(TokioIo::new(stream), answer));
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stopped(&mut stop) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        note_end(ended);
    }
}

/// Waits until connections are asked to finish.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Without a sender nobody keeps the server running either.
    let _asked = stop.wait_for(|stop| *stop).await;
}

async fn answer(
    router: Router,
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request).await
}

fn is_http2<S>(stream: &TlsStream<S>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

fn handshake_failed(error: &io::Error) {
    metrics::handshake_failed();
    debug!(%error, "encryption was not set up");
}

fn note_end(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        debug!(%error, "connection ended early");
    }
}

/// A socket with the place it takes, also after it was handed over to a WebSocket.
pub(super) struct Held {
    socket: TcpStream,
    _slot: Slot,
}

impl Held {
    pub(super) fn new(socket: TcpStream, slot: Slot) -> Self {
        Self { socket, _slot: slot }
    }
}

impl AsyncRead for Held {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buf)
    }
}

impl AsyncWrite for Held {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

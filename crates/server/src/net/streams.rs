use super::{
    byte_stream::ByteStream,
    connection::{Held, stopped},
    slots::Slot,
    tls::{Encryption, Tls},
};
use crate::observe::metrics;
use parlance_front_xmpp::{Carrier, Xmpp, serve, serve_component};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpStream, sync::watch, time::sleep};
use tracing::debug;

/// How long streams have to say goodbye once the server stops.
const GOODBYE_TIME_MAX: Duration = Duration::from_secs(2);

/// Serves the connection of one component to its end, or until a while after the server was told to stop.
pub(super) async fn serve_one(
    xmpp: Arc<Xmpp>,
    socket: TcpStream,
    slot: Slot,
    mut stop: watch::Receiver<bool>,
) {
    let stopping = async {
        stopped(&mut stop).await;
        sleep(GOODBYE_TIME_MAX).await;
    };
    tokio::select! {
        () = serve_component(xmpp, ByteStream::unencrypted(Held::new(socket, slot))) => {}
        () = stopping => {}
    }
}

/// How streams of XMPP are served on one listener.
pub(super) struct StreamService {
    xmpp: Arc<Xmpp>,
    encryption: Encryption,
    /// Whether clients encrypt from the first byte.
    is_direct: bool,
}

impl StreamService {
    pub(super) fn new(xmpp: Arc<Xmpp>, tls: &Tls, is_direct: bool, handshake_time_max: Duration) -> Self {
        Self { xmpp, encryption: tls.for_streams(handshake_time_max), is_direct }
    }

    /// Serves one stream to its end, or until a while after the server was told to stop.
    pub(super) async fn serve(
        self: Arc<Self>,
        socket: TcpStream,
        slot: Slot,
        peer: SocketAddr,
        mut stop: watch::Receiver<bool>,
    ) {
        let stopping = async {
            stopped(&mut stop).await;
            sleep(GOODBYE_TIME_MAX).await;
        };
        tokio::select! {
            () = self.run(Held::new(socket, slot), peer) => {}
            () = stopping => {}
        }
    }

    async fn run(&self, socket: Held, peer: SocketAddr) {
        let xmpp = Arc::clone(&self.xmpp);
        if !self.is_direct {
            let stream = ByteStream::plain(socket, self.encryption.clone());
            let carrier = Carrier::Stream { secured: None, has_starttls: true };
            return Box::pin(serve(xmpp, stream, carrier, peer.ip())).await;
        }
        match Box::pin(self.encryption.accept(socket)).await {
            Ok((stream, secured)) => {
                let carrier = Carrier::Stream { secured: Some(secured), has_starttls: false };
                Box::pin(serve(xmpp, ByteStream::encrypted(stream), carrier, peer.ip())).await;
            }
            Err(error) => {
                metrics::handshake_failed();
                debug!(%error, "encryption was not set up");
            }
        }
    }
}

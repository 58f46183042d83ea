use super::{
    connection::{Service, stopped},
    slots::Slots,
    streams::{StreamService, serve_one},
    tls::Tls,
};
use crate::{
    observe::metrics::{self, RefusedBecause},
    settings::{Http, Limits, Listen, Peers},
};
use anyhow::Context;
use axum::Router;
use parlance_front_xmpp::Xmpp;
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    time::sleep,
};
use tracing::{debug, warn};

/// How many connections wait in the kernel while the program is busy: a whole crowd that comes back
/// after a restart.
const BACKLOG: u32 = 4096;
/// Accepting again at once would only spin while the process has no file descriptors left.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(100);

/// A socket that listens, not yet accepting.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    /// The address with the port that was found, when 0 was asked for.
    pub(crate) address: SocketAddr,
}

/// Listeners, and those that were left out.
#[derive(Debug, Default)]
pub(crate) struct Bound {
    pub(crate) listeners: Vec<Listener>,
    /// Default addresses that somebody else has, with the reason.
    pub(crate) left_out: Vec<(SocketAddr, io::Error)>,
}

/// Listens on all addresses. A default address that cannot be had is left out.
///
/// # Errors
/// When an address that somebody chose cannot be had.
pub(crate) fn bind(key: &str, listen: &Listen) -> anyhow::Result<Bound> {
    let mut bound = Bound::default();
    for address in &listen.addresses {
        match bind_one(*address) {
            Ok(listener) => bound.listeners.push(listener),
            Err(error) if !listen.is_configured => bound.left_out.push((*address, error)),
            Err(error) => {
                return Err(error).with_context(|| {
                    format!("cannot listen on {address}: free it, or choose another address in {key}")
                });
            }
        }
    }
    Ok(bound)
}

fn bind_one(address: SocketAddr) -> io::Result<Listener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let socket = socket.listen(BACKLOG)?;
    Ok(Listener { address: socket.local_addr()?, socket })
}

/// What connections are served with.
#[derive(Clone)]
enum Serves {
    Http(Arc<Service>),
    Xmpp(Arc<StreamService>),
    Components(Arc<Xmpp>),
}

/// Accepts connections and serves each with the same routes under the same bounds.
#[derive(Clone)]
pub(crate) struct Connections {
    serves: Serves,
    slots: Arc<Slots>,
    peers: Peers,
    http: Arc<Http>,
    stop: watch::Receiver<bool>,
}

impl Connections {
    /// Prepares serving; `stop` turning true ends accepting and asks open connections to finish.
    pub(crate) fn new(
        router: Router,
        tls: Option<&Tls>,
        http: &Http,
        limits: &Limits,
        slots: Arc<Slots>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let serves = Serves::Http(Arc::new(Service::new(router, tls, limits)));
        Self { serves, slots, peers: http.peers, http: Arc::new(http.clone()), stop }
    }

    /// The same listener's bounds for streams of XMPP; `is_direct` where they are encrypted from the
    /// first byte.
    pub(crate) fn of_xmpp(&self, xmpp: Arc<Xmpp>, tls: &Tls, is_direct: bool, limits: &Limits) -> Self {
        let service = StreamService::new(xmpp, tls, is_direct, limits.tls_handshake_time_max);
        Self { serves: Serves::Xmpp(Arc::new(service)), peers: Peers::Anybody, ..self.clone() }
    }

    /// The same listener's bounds for components of XMPP.
    pub(crate) fn of_components(&self, xmpp: Arc<Xmpp>) -> Self {
        Self { serves: Serves::Components(xmpp), peers: Peers::Anybody, ..self.clone() }
    }

    /// Accepts until told to stop; the listener closes with this.
    pub(crate) async fn accept(mut self, listener: Listener) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.socket.accept() => accepted,
                () = stopped(&mut self.stop) => return,
            };
            match accepted {
                Ok((socket, peer)) => self.start(socket, peer),
                Err(error) => {
                    metrics::accept_failed();
                    warn!(%error, "a connection could not be accepted");
                    sleep(PAUSE_AFTER_FAILURE).await;
                }
            }
        }
    }

    fn start(&self, socket: TcpStream, peer: SocketAddr) {
        let slot = self.admit(peer.ip()).and_then(|counted| self.slots.take(counted));
        match slot {
            Ok(slot) => {
                if let Err(error) = socket.set_nodelay(true) {
                    debug!(%error, "connection ended before it was served");
                }
                match &self.serves {
                    Serves::Http(service) => {
                        tokio::spawn(Arc::clone(service).serve(socket, slot, peer, self.stop.clone()))
                    }
                    Serves::Components(xmpp) => {
                        tokio::spawn(serve_one(Arc::clone(xmpp), socket, slot, self.stop.clone()))
                    }
                    Serves::Xmpp(service) => {
                        tokio::spawn(Arc::clone(service).serve(socket, slot, peer, self.stop.clone()))
                    }
                };
            }
            Err(because) => metrics::connection_refused(because),
        }
    }

    /// The address to count a peer under.
    fn admit(&self, peer: IpAddr) -> Result<Option<IpAddr>, RefusedBecause> {
        let is_proxy = self.http.is_trusted_proxy(peer);
        if self.peers == Peers::Proxies && !is_proxy && !peer.to_canonical().is_loopback() {
            return Err(RefusedBecause::Unencrypted);
        }
        Ok((!is_proxy).then_some(peer))
    }
}

use crate::dispatch::Table;
use axum::extract::ConnectInfo;
use parlance_api::model::ServerLimits;
use parlance_front::SessionLimits;
use parlance_hub::{Caller, Hub, HubError, IdentityRefusal};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, atomic::AtomicUsize},
};

/// What the handlers share.
pub struct Api {
    pub(crate) hub: Arc<Hub>,
    pub(crate) settings: NativeSettings,
    pub(crate) table: Table,
    pub(crate) sockets: AtomicUsize,
}

/// Plain values from the settings of the server.
#[derive(Clone, Debug)]
pub struct NativeSettings {
    /// Where people reach this server, without a slash at the end; links begin with it.
    pub public_url: String,
    /// The program's version.
    pub version: String,
    /// Bounds that clients are told.
    pub limits: ServerLimits,
    /// Most WebSockets at the same time.
    pub sockets_max: usize,
    /// Bounds of one WebSocket.
    pub session: SessionLimits,
}

impl Api {
    /// Puts the parts together.
    pub fn new(hub: Arc<Hub>, settings: NativeSettings) -> Arc<Self> {
        Arc::new(Self { hub, settings, table: Table::new(), sockets: AtomicUsize::new(0) })
    }
}

/// Who asks, and from where.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) api: Arc<Api>,
    /// Who is signed in.
    pub(crate) caller: Option<Caller>,
    /// The network address.
    pub(crate) peer: IpAddr,
    /// The hub's number of the socket, for requests that come over one.
    pub(crate) connection: Option<u64>,
}

impl Context {
    pub(crate) fn hub(&self) -> &Hub {
        &self.api.hub
    }

    /// Who is signed in.
    pub(crate) fn caller(&self) -> Result<Caller, HubError> {
        Ok(self.caller.ok_or(IdentityRefusal::TokenInvalid)?)
    }
}

/// The address a request came from, as the listener found out.
pub(crate) fn peer(parts: &http::request::Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip())
}

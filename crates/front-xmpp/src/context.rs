use crate::{
    component::ComponentSecret, muc::Rooms, pubsub::KnownCaps, push::Awaited, resume::Resumable, seat::Seats,
};
use parlance_front::SessionLimits;
use parlance_hub::Hub;
use parlance_xmpp::Limits;
use std::sync::{Arc, atomic::AtomicUsize};

/// What the connections of XMPP share.
pub struct Xmpp {
    pub(crate) hub: Arc<Hub>,
    pub(crate) settings: XmppSettings,
    pub(crate) seats: Seats,
    pub(crate) resumable: Resumable,
    pub(crate) known_caps: KnownCaps,
    pub(crate) rooms: Rooms,
    pub(crate) push_awaited: Awaited,
    pub(crate) streams: AtomicUsize,
    /// What stands for everything that the server supports (XEP-0115).
    pub(crate) version: String,
}

/// Plain values from the settings of the server.
#[derive(Clone, Debug)]
pub struct XmppSettings {
    /// The name of the domain.
    pub domain: String,
    /// The domain that groups have their addresses in.
    pub groups_domain: String,
    /// Whether passwords may travel over a connection that is not encrypted; for development only.
    pub allow_plaintext: bool,
    /// The program's version.
    pub version: String,
    /// The address of the web client, without a slash at the end; invitations lead there.
    pub public_url: String,
    /// Where the WebSocket is, for clients that look for it.
    pub websocket_url: String,
    /// Most streams at the same time.
    pub streams_max: usize,
    /// Bounds of one stanza, once somebody is signed in.
    pub stanza: Limits,
    /// How many milliseconds a client may take to sign in and to take a resource.
    pub sign_in_ms: u64,
    /// For how many milliseconds a stream that lost its connection can be resumed.
    pub resume_ms: u64,
    /// Bounds of one connection.
    pub session: SessionLimits,
    /// The components that may connect (XEP-0114).
    pub components: Vec<ComponentSecret>,
    /// How many milliseconds messages wait for a component that went away.
    pub component_wait_ms: u64,
    /// Whether push services are told who wrote, and what.
    pub push_content: bool,
    /// Whom to turn to about the server.
    pub contacts: Vec<ContactAddresses>,
}

/// Whom to turn to about one kind of matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactAddresses {
    /// The matter: `abuse`, `admin`, `feedback`, `sales`, `security` or `support`.
    pub role: &'static str,
    /// Addresses as URIs; may be empty.
    pub addresses: Vec<String>,
}

impl Xmpp {
    /// Puts the parts together.
    pub fn new(hub: Arc<Hub>, settings: XmppSettings) -> Arc<Self> {
        let rooms = match &hub.settings().identity.server_key {
            Some(key) => Rooms::new(key.expose()),
            None => Rooms::new(&rand::random::<[u8; 32]>()),
        };
        Arc::new(Self {
            version: crate::discovery::server_version(&settings.contacts),
            hub,
            settings,
            seats: Seats::default(),
            rooms,
            push_awaited: Awaited::default(),
            resumable: Resumable::default(),
            known_caps: KnownCaps::default(),
            streams: AtomicUsize::new(0),
        })
    }
}

use super::{
    inbound, outbound,
    session::{Call, ComponentSession, News, Reply},
};
use crate::{context::Xmpp, payload::FRONT};
use bytes::Bytes;
use parking_lot::Mutex;
use parlance_core::{
    address::Address,
    id::{DeviceId, PrincipalId},
};
use parlance_front::{Arrived, Front, Outcome};
use parlance_hub::{
    Caller, HubError, IdentityRefusal,
    live::{Connection, Route, Signal},
};
use parlance_xmpp::Condition;
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};
use uuid::Uuid;

/// Most events that are read at once for a component.
const EVENTS_AT_ONCE: usize = 32;

/// One connection of a component, as far as it reaches the hub.
pub(super) struct ComponentFront {
    pub(super) xmpp: Arc<Xmpp>,
    pub(super) domain: OnceLock<String>,
    pub(super) route: Mutex<Option<Route>>,
    line: AtomicU64,
    /// The last piece of work that was read.
    read: AtomicU64,
    /// Keeps what the component says in its order.
    turns: Arc<tokio::sync::Mutex<()>>,
}

impl ComponentFront {
    pub(super) fn new(xmpp: Arc<Xmpp>) -> Self {
        Self {
            xmpp,
            domain: OnceLock::new(),
            route: Mutex::new(None),
            line: AtomicU64::new(0),
            read: AtomicU64::new(0),
            turns: Arc::default(),
        }
    }

    async fn connect(&self, domain: String) -> Outcome<Reply> {
        let refused = |condition| Outcome { reply: Reply::Connected(Err(condition)), connection: None };
        let connection = match self.begin(&domain).await {
            Ok(connection) => connection,
            Err(error) => {
                tracing::warn!(%error, "a component could not connect");
                return refused(Condition::InternalServerError);
            }
        };
        let hub = &self.xmpp.hub;
        let Some(route) = hub.open_route(&domain, &connection, FRONT) else {
            return refused(Condition::Conflict);
        };
        tracing::info!("a component connected");
        *self.route.lock() = Some(route);
        self.line.store(connection.id(), Ordering::Relaxed);
        self.come_again(&domain);
        let _ = self.domain.set(domain);
        Outcome { reply: Reply::Connected(Ok(())), connection: Some(connection) }
    }

    /// The connection of whoever has the domain as their address.
    async fn begin(&self, domain: &str) -> Result<Connection, HubError> {
        let address = Address::elsewhere(domain).map_err(|_| IdentityRefusal::UserNotFound)?;
        let nobody = Uuid::nil();
        let who = self.xmpp.hub.meet_elsewhere(&address, PrincipalId(nobody)).await?.id;
        self.xmpp.hub.connect_for(Caller { who, device: DeviceId(nobody) }, FRONT).await
    }

    /// Has the log looked at once more.
    fn come_again(&self, domain: &str) {
        let _ = self.xmpp.hub.relay_outward(domain, Bytes::new());
    }

    /// What waits in the log, as far as it was not read before.
    async fn read_log(&self, domain: &str) -> Vec<News> {
        let read = self.read.load(Ordering::Relaxed);
        let waiting = match self.xmpp.hub.outward(domain, read, EVENTS_AT_ONCE).await {
            Ok(waiting) => waiting,
            Err(error) => {
                tracing::warn!(%error, "what a component is to be told could not be read");
                return Vec::new();
            }
        };
        if waiting.len() == EVENTS_AT_ONCE {
            self.come_again(domain);
        }
        let mut news = Vec::with_capacity(waiting.len());
        for outward in waiting {
            self.read.fetch_max(outward.id, Ordering::Relaxed);
            let xml = match &outward.event {
                Some(event) => outbound::encode(&self.xmpp, event).await,
                None => None,
            };
            news.push(News { xml: xml.unwrap_or_default().into(), work: Some(outward.id) });
        }
        news
    }
}

impl Front for ComponentFront {
    type Session = ComponentSession;

    async fn prepare(&self, call: &Call) {
        if matches!(call, Call::Leave) {
            drop(self.route.lock().take());
        }
    }

    async fn run(&self, call: Call) -> Outcome<Reply> {
        match call {
            Call::Connect(domain) => self.connect(domain).await,
            Call::Leave => Outcome { reply: Reply::Done, connection: None },
            Call::Stanza { number, stanza } => {
                let line = self.line.load(Ordering::Relaxed);
                let answers = inbound::take(&self.xmpp, stanza.get(), line, &self.turns).await;
                Outcome { reply: Reply::Stanza { number, answers }, connection: None }
            }
            Call::Told(work) => {
                if let Some(domain) = self.domain.get()
                    && let Err(error) = self.xmpp.hub.finish_outward(domain, &[work]).await
                {
                    tracing::warn!(%error, "a component will be told something twice");
                }
                Outcome { reply: Reply::Done, connection: None }
            }
        }
    }

    async fn encode(&self, _connection: &Connection, arrived: Arrived) -> Vec<News> {
        let (Some(domain), Arrived::Signal(Signal::Relay(relay))) = (self.domain.get(), arrived) else {
            return Vec::new();
        };
        if relay.payload.is_empty() {
            return self.read_log(domain).await;
        }
        vec![News { xml: relay.payload, work: None }]
    }
}

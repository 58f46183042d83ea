use super::{Connection, Relay};
use crate::{
    Caller, Hub, HubError,
    ports::{Append, NewWork, Work},
};
use bytes::Bytes;
use parking_lot::RwLock;
use parlance_core::{
    conversation::{Kind, State},
    event::{Content, Event},
    id::{ConversationId, EventId, PrincipalId, UnixMillis},
};
use smol_str::SmolStr;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// The other servers that this node is connected to, by their domains.
#[derive(Default)]
pub(crate) struct Routes {
    open: RwLock<HashMap<SmolStr, Arc<Way>>>,
}

/// A connection to another server, as those see it who have something for it.
struct Way {
    owner: PrincipalId,
    line: u64,
    front: &'static str,
    /// About how many events wait for it.
    waiting: AtomicUsize,
}

/// The way to another server, which its front end holds while it is open. Dropping it closes it; what waits
/// stays in the store.
pub struct Route {
    hub: Arc<Hub>,
    domain: SmolStr,
    way: Arc<Way>,
}

/// Something that happened in a conversation with somebody on another server and is to be told there.
pub struct Outward {
    /// To say that it was told ([`Hub::finish_outward`]).
    pub id: u64,
    /// Since when it waits.
    pub since: UnixMillis,
    /// What happened; `None` when nothing is left of it.
    pub event: Option<Arc<Event>>,
}

impl Routes {
    fn find(&self, domain: &str) -> Option<Arc<Way>> {
        self.open.read().get(domain).cloned()
    }
}

impl Hub {
    /// Opens the way to another server over a connection that takes relays of its front end. `None` while
    /// there is another one.
    pub fn open_route(
        self: &Arc<Self>,
        domain: &str,
        connection: &Connection,
        front: &'static str,
    ) -> Option<Route> {
        let (owner, line) = (connection.caller().who, connection.id());
        let way = Arc::new(Way { owner, line, front, waiting: AtomicUsize::new(0) });
        let mut open = self.routes.open.write();
        if open.contains_key(domain) {
            return None;
        }
        open.insert(domain.into(), Arc::clone(&way));
        metrics::gauge!("parlance_routes_open").set(open.len() as f64);
        self.hurry_pushes();
        Some(Route { hub: Arc::clone(self), domain: domain.into(), way })
    }

    /// The domains to which there is a way, in order.
    pub fn open_routes(&self) -> Vec<SmolStr> {
        let mut domains: Vec<_> = self.routes.open.read().keys().cloned().collect();
        domains.sort_unstable();
        domains
    }

    /// Whether there is a way to a domain.
    pub fn has_route(&self, domain: &str) -> bool {
        self.routes.open.read().contains_key(domain)
    }

    /// Passes something that is not kept to another server.
    ///
    /// # Errors
    /// `Unreachable` without a way, and while too much waits for it.
    pub fn relay_outward(&self, domain: &str, payload: Bytes) -> Result<(), HubError> {
        let way = self.routes.find(domain).ok_or(HubError::Unreachable)?;
        let relay = Relay { front: way.front, payload };
        match self.relay(way.owner, Some(way.line), &relay) {
            Ok(told) if told > 0 => Ok(()),
            _ => Err(HubError::Unreachable),
        }
    }

    /// What waits for another server behind a piece of it, in the order in which it happened.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn outward(&self, domain: &str, after: u64, limit: usize) -> Result<Vec<Outward>, HubError> {
        let mut outward = Vec::new();
        for work in self.world.store.waiting_work(&queue(domain), after, limit).await? {
            let Work { id, payload, due_at: since, .. } = work;
            let event = match read(&payload) {
                Some((conversation, event)) => self.world.store.find_event(conversation, event).await?,
                None => None,
            };
            let event = event.map(|event| self.left_of_event(&event));
            outward.push(Outward { id, since, event });
        }
        Ok(outward)
    }

    /// Forgets what was told to another server.
    ///
    /// # Errors
    /// `Unavailable`; then it is told again when the way is opened anew.
    pub async fn finish_outward(&self, domain: &str, ids: &[u64]) -> Result<(), HubError> {
        self.world.store.finish_work(ids).await?;
        if let Some(way) = self.routes.find(domain) {
            let less = |waiting: usize| Some(waiting.saturating_sub(ids.len()));
            let _ = way.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        }
        Ok(())
    }

    /// The server that what is to happen in a conversation has to be told to.
    ///
    /// # Errors
    /// `Unreachable` without a way, and while too much waits for it; deletions wait for as long as it takes.
    pub(crate) async fn addressee(
        &self,
        caller: Caller,
        (kind, peer): (Kind, Option<PrincipalId>),
        contents: &[Content],
    ) -> Result<Option<Addressee>, HubError> {
        let Some(peer) = peer.filter(|_| kind == Kind::Direct) else { return Ok(None) };
        let peer = self.person(peer).await?;
        if !peer.is_remote() || self.person(caller.who).await?.is_remote() {
            return Ok(None);
        }
        let domain = SmolStr::new(peer.address.domain());
        let way = self.routes.find(&domain);
        let has_room = way
            .as_ref()
            .is_some_and(|way| way.waiting.load(Ordering::Relaxed) < self.settings.bounds.outward_max);
        let waits = contents.iter().all(|content| matches!(content, Content::Delete { .. }));
        if !has_room && !waits {
            metrics::counter!("parlance_outward_refused_total").increment(1);
            return Err(HubError::Unreachable);
        }
        Ok(Some(Addressee { domain, way }))
    }
}

/// The server that events are told to once they are durable.
pub(crate) struct Addressee {
    domain: SmolStr,
    way: Option<Arc<Way>>,
}

impl Addressee {
    /// The work that goes with events.
    pub(crate) fn work(&self, append: &Append) -> Vec<NewWork> {
        let work = append.events.iter().map(|event| NewWork {
            queue: queue(&self.domain),
            payload: write(append.conversation, event.id),
            due_at: append.at,
        });
        work.collect()
    }

    /// Tells that some of it is there.
    pub(crate) fn wake(&self, hub: &Hub, events: usize) {
        let Some(way) = &self.way else { return };
        way.waiting.fetch_add(events, Ordering::Relaxed);
        // One for which no relay has place is awake already.
        let _ = hub.relay(way.owner, Some(way.line), &Relay { front: way.front, payload: Bytes::new() });
    }
}

/// Where the queue of a server's work is.
fn queue(domain: &str) -> SmolStr {
    format!("remote:{domain}").into()
}

/// Names an event in a piece of work.
pub(super) fn write(conversation: ConversationId, event: EventId) -> String {
    format!("{conversation} {event}")
}

/// Reads what [`write`] wrote.
pub(super) fn read(payload: &str) -> Option<(ConversationId, EventId)> {
    let (conversation, event) = payload.split_once(' ')?;
    Some((conversation.parse().ok()?, event.parse().ok()?))
}

/// The kind of a conversation and the other one in it, for [`Hub::addressee`].
pub(crate) fn parties(state: &State, who: PrincipalId) -> (Kind, Option<PrincipalId>) {
    (state.kind, state.peer_of(who))
}

impl Drop for Route {
    fn drop(&mut self) {
        let mut open = self.hub.routes.open.write();
        if open.get(&self.domain).is_some_and(|way| Arc::ptr_eq(way, &self.way)) {
            open.remove(&self.domain);
        }
        metrics::gauge!("parlance_routes_open").set(open.len() as f64);
    }
}

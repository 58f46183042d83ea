use crate::{
    bounce::{bounce, is_request},
    context::Xmpp,
    front::XmppFront,
    presence,
    resume::Parked,
    session::{Facts, XmppSession, limits_before_sign_in},
    wire::Wire,
};
use parlance_core::id::ConversationId;
use parlance_front::{Secured, Transport, drive};
use parlance_hub::live::Connection;
use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{Arc, OnceLock, atomic::Ordering},
    time::Duration,
};
use tokio::sync::Mutex;

/// How the stanzas of a connection travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A stream of bytes (RFC 6120).
    Stream {
        /// What is known of its encryption; `None` while it is not encrypted.
        secured: Option<Secured>,
        /// Whether the transport can be encrypted later.
        has_starttls: bool,
    },
    /// The frames of a WebSocket (RFC 7395), which is encrypted or does not leave this machine.
    Frames,
}

/// Serves one connection to its end. A stream that can be resumed waits for its client afterwards.
pub async fn serve<T: Transport>(xmpp: Arc<Xmpp>, transport: T, carrier: Carrier, peer: IpAddr) {
    let front = XmppFront {
        xmpp: Arc::clone(&xmpp),
        peer,
        login: Mutex::new(None),
        seat: OnceLock::new(),
        berth: Mutex::new(None),
    };
    if let After::Over(connection) = Box::pin(run(&front, transport, carrier)).await
        && let Some(seat) = front.seat.get()
    {
        xmpp.seats.remove(seat);
        if let Some(connection) = &connection {
            Box::pin(bounce(&xmpp, connection, is_request)).await;
        }
        Box::pin(presence::gone(&xmpp, seat)).await;
    }
}

/// What became of a stream whose transport has ended.
enum After {
    /// It is over; this was its connection to the hub.
    Over(Option<Connection>),
    /// It goes on over another transport.
    TakenOver,
}

/// Drives the stream, and keeps it for its client when the transport is lost.
async fn run<T: Transport>(front: &XmppFront, transport: T, carrier: Carrier) -> After {
    let xmpp = &front.xmpp;
    let driven = {
        let Some(_stream) = Stream::take(xmpp) else { return After::Over(None) };
        let session = session(xmpp, carrier);
        Box::pin(drive(front, session, transport, xmpp.hub.clock(), xmpp.settings.session)).await
    };
    tracing::debug!(peer.addr = %front.peer, ended = ?driven.ended, "stream ended");
    if let Some(connection) = &driven.connection {
        Box::pin(leave(xmpp, connection, driven.session.missed())).await;
    }
    let mut berth = front.berth.lock().await.take();
    let (bound, connection, berth) =
        match (driven.session.into_resumable(), driven.connection, berth.as_mut()) {
            (Some(bound), Some(connection), Some(berth)) => (bound, connection, berth),
            (_, connection, berth) => {
                if let Some(berth) = berth {
                    xmpp.resumable.remove(berth);
                }
                return After::Over(connection);
            }
        };
    let parked = Parked { bound, connection };
    let time_max = Duration::from_millis(xmpp.settings.resume_ms);
    match Box::pin(xmpp.resumable.park(berth, parked, time_max)).await {
        None => After::TakenOver,
        Some(parked) => {
            xmpp.resumable.remove(berth);
            After::Over(Some(parked.connection))
        }
    }
}

/// Has a device notified of what it may not have received, unless its client is back already.
async fn leave(xmpp: &Xmpp, connection: &Connection, mut missed: BTreeSet<ConversationId>) {
    connection.rest();
    if connection.is_closing() {
        return;
    }
    missed.extend(connection.waiting_news());
    if let Err(error) = xmpp.hub.push_missed(connection.caller(), missed).await {
        tracing::warn!(%error, "a device that went is notified with the next message");
    }
}

fn session(xmpp: &Xmpp, carrier: Carrier) -> Box<XmppSession> {
    let before = limits_before_sign_in();
    let (wire, secured, has_starttls) = match carrier {
        Carrier::Stream { secured, has_starttls } => (Wire::stream(before), secured, has_starttls),
        Carrier::Frames => (Wire::frames(before), Some(Secured::default()), false),
    };
    let facts = Facts {
        domain: xmpp.settings.domain.clone(),
        allow_plaintext: xmpp.settings.allow_plaintext,
        has_starttls,
        stanza: xmpp.settings.stanza,
        id: format!("{:032x}", rand::random::<u128>()),
        resume_name: format!("{:032x}", rand::random::<u128>()),
        sign_in_ms: xmpp.settings.sign_in_ms,
        registration: xmpp.hub.settings().registration,
        version: xmpp.version.clone(),
        resume_ms: xmpp.settings.resume_ms,
    };
    Box::new(XmppSession::new(facts, wire, secured, xmpp.hub.now()))
}

/// One of the streams there may be.
struct Stream {
    xmpp: Arc<Xmpp>,
}

impl Stream {
    fn take(xmpp: &Arc<Xmpp>) -> Option<Self> {
        let taken = xmpp.streams.fetch_add(1, Ordering::Relaxed);
        let stream = Self { xmpp: Arc::clone(xmpp) };
        metrics::gauge!("parlance_xmpp_streams").increment(1.0);
        (taken < xmpp.settings.streams_max).then_some(stream)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.xmpp.streams.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("parlance_xmpp_streams").decrement(1.0);
    }
}

//! Streams that lost their transport and wait for their client to come back.

use crate::session::Bound;
use parking_lot::Mutex;
use parlance_core::id::PrincipalId;
use parlance_hub::{Hub, live::Connection};
use std::{collections::HashMap, time::Duration};
use tokio::{
    sync::{mpsc, oneshot},
    time::{sleep, timeout},
};

/// How long a new connection waits for the old one to let go of a stream.
const LET_GO_WITHIN: Duration = Duration::from_secs(3);

/// The streams of this node that can be resumed, by their names.
#[derive(Default)]
pub(crate) struct Resumable {
    streams: Mutex<HashMap<String, Stream>>,
}

#[derive(Clone)]
struct Stream {
    who: PrincipalId,
    line: u64,
    requests: mpsc::Sender<oneshot::Sender<Parked>>,
}

/// Where the connection of a stream hears that somebody wants to go on with it.
pub(crate) struct Berth {
    name: String,
    requests: mpsc::Receiver<oneshot::Sender<Parked>>,
}

/// A stream without transport.
pub(crate) struct Parked {
    pub(crate) bound: Box<Bound>,
    pub(crate) connection: Connection,
}

impl Resumable {
    /// Makes a stream resumable under a name.
    pub(crate) fn add(&self, name: String, who: PrincipalId, line: u64) -> Berth {
        let (sender, requests) = mpsc::channel(1);
        self.streams.lock().insert(name.clone(), Stream { who, line, requests: sender });
        Berth { name, requests }
    }

    /// Takes a stream of somebody over, from a transport that is not known to be lost if need be.
    pub(crate) async fn take(&self, hub: &Hub, name: &str, who: PrincipalId) -> Option<Parked> {
        let stream = self.streams.lock().get(name).filter(|stream| stream.who == who).cloned()?;
        let (answer, parked) = oneshot::channel();
        stream.requests.try_send(answer).ok()?;
        hub.supersede(who, stream.line);
        timeout(LET_GO_WITHIN, parked).await.ok()?.ok()
    }

    /// Keeps a stream until somebody takes it; comes back with it when the time is over or the server
    /// ends it.
    pub(crate) async fn park(&self, berth: &mut Berth, parked: Parked, time_max: Duration) -> Option<Parked> {
        let request = tokio::select! {
            biased;
            request = berth.requests.recv() => request,
            () = parked.connection.wait_for_closing() => None,
            () = sleep(time_max) => None,
        };
        match request {
            Some(request) => request.send(parked).err(),
            None => Some(parked),
        }
    }

    /// Makes a stream resumable no more.
    pub(crate) fn remove(&self, berth: &Berth) {
        self.streams.lock().remove(&berth.name);
    }
}

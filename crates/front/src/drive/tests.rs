//! A driver between a peer that tests play and a hub whose store can be made to fail.

use super::{Ended, Gone, Received, SessionLimits, Transport, drive};
use crate::{Arrived, Front, Outcome, Output, Session};
use bytes::Bytes;
use parking_lot::Mutex;
use parlance_core::{
    address::Address,
    body::Body,
    conversation::{Bounds, HistoryVisibility, Kind},
    id::{DeviceId, DomainId, PrincipalId, UnixMillis},
    principal::{Device, Principal, PrincipalKind, Privacy},
};
use parlance_hub::{
    Caller, Hub, HubSettings, Registration, World,
    identity::{IdentitySettings, PasswordCost},
    limits::LimitSettings,
    live::{CloseReason, Connection, Relay, Signal, run_fanout},
    memory::LocalBus,
    ports::{Directory, NewPrincipal, TokenHash},
    usecase::{NewConversation, Post},
};
use parlance_testkit::{
    chance::Chance,
    clock::SimClock,
    faults::{Faults, Rates},
    pace::Lane,
    store::{Disk, SimStore},
};
use std::{collections::VecDeque, future::Future, sync::Arc, time::Duration};
use tokio::{
    sync::{
        Notify,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    task::{JoinSet, yield_now},
    time::Instant,
};
use uuid::Uuid;

/// Only reads fail.
const RATES: Rates = Rates {
    slow_read: 0,
    failed_read: 1_000,
    failed_append: 0,
    lost_answer: 0,
    lost_wake: 0,
    doubled_wake: 0,
    late_wake_ticks: 0,
    commit_ticks: 1,
    hang_up: 0,
    crashes: 0,
    clock_steps: 0,
};
const LANE_COMMITS: u64 = 0;
const LANE_TEST: u64 = 1;
const CALLER: Caller = Caller { who: PrincipalId(Uuid::from_u128(1)), device: DeviceId(Uuid::from_u128(2)) };

/// A hub with one person on it, and the tasks it needs.
struct Stage {
    hub: Arc<Hub>,
    store: Arc<SimStore>,
    clock: Arc<SimClock>,
    faults: Arc<Faults>,
    /// A relay is being encoded.
    encodes: Arc<Notify>,
    /// Its encoding may come to an end.
    may_encode: Arc<Notify>,
    _tasks: JoinSet<()>,
}

impl Stage {
    /// Plays a test in simulated time.
    async fn play<F: Future<Output = ()>>(test: impl FnOnce(Self) -> F) {
        let start = Instant::now();
        Lane::new(LANE_TEST, start).run(async { test(Self::new(start).await).await }).await;
    }

    async fn new(start: Instant) -> Self {
        let faults = Arc::new(Faults::new(RATES));
        let store =
            Arc::new(SimStore::new(Arc::new(Disk::default()), Arc::clone(&faults), Chance::new(1), None, 2));
        let clock = Arc::new(SimClock::new(start));
        let world = World {
            store: Arc::clone(&store) as _,
            bus: Arc::new(LocalBus::new(64)),
            clock: Arc::clone(&clock) as _,
            entropy: Arc::new(Chance::new(2)),
        };
        let hub = Arc::new(Hub::new(world, settings()).await.expect("the store works"));
        let mut tasks = JoinSet::new();
        let committing = Arc::clone(&store);
        tasks.spawn(Lane::new(LANE_COMMITS, start).run(async move { committing.run_commits().await }));
        tasks.spawn(run_fanout(Arc::clone(&hub)));
        let stage = Self {
            hub,
            store,
            clock,
            faults,
            encodes: Arc::default(),
            may_encode: Arc::default(),
            _tasks: tasks,
        };
        stage.add_person().await;
        stage
    }

    async fn add_person(&self) {
        let principal = Principal {
            id: CALLER.who,
            domain: DomainId(1),
            address: Address::new("alice", "example.org").expect("an address"),
            display_name: "Alice".into(),
            kind: PrincipalKind::Person,
            is_admin: false,
            is_enabled: true,
            privacy: Privacy::default(),
            created_at: UnixMillis(0),
        };
        let new = NewPrincipal { principal, credentials: None, invitation: None };
        self.store.create_principal(new).await.expect("nobody else is called so");
        let device = Device {
            id: CALLER.device,
            owner: CALLER.who,
            name: String::new(),
            created_at: UnixMillis(0),
            last_seen_at: UnixMillis(0),
            key: None,
        };
        self.store.create_device(device, TokenHash([0; 32])).await.expect("a first device");
    }

    /// Says more than is kept in memory, so that a connection from before has to read the store.
    async fn say_much(&self) {
        let new = NewConversation {
            kind: Kind::Group,
            address_name: None,
            name: "group".into(),
            topic: String::new(),
            history: HistoryVisibility::All,
            members: Vec::new(),
            client_ref: None,
        };
        let conversation = self.hub.create_conversation(CALLER, new).await.expect("a group");
        for _ in 0..200 {
            let post = Post {
                conversation,
                client_ref: None,
                body: Body::text("hello"),
                reply_to: None,
                thread: None,
                forward: None,
                poll: None,
                needs_acknowledgement: false,
                extras: None,
            };
            self.hub.post(CALLER, post).await.expect("a message");
        }
    }

    /// Drives a connection on a line to its end.
    async fn drive(&self, connection: Connection, line: Line) -> Ended {
        let front = Fake {
            hub: Arc::clone(&self.hub),
            connection: Mutex::new(Some(connection)),
            encodes: Arc::clone(&self.encodes),
            may_encode: Arc::clone(&self.may_encode),
        };
        let limits = SessionLimits { calls_max: 8, keep_alive_ms: 60_000, write_timeout_ms: 60_000 };
        drive(&front, Told::default(), line, &*self.clock, limits).await.ended
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_take_its_goodbye_is_gone_well_within_a_second() {
    Stage::play(async |stage| {
        let connection = stage.hub.connect(CALLER).await.expect("a connection");
        let (mut line, mut peer) = line();
        line.takes_goodbye = false;
        let ending = async {
            peer.call("hello").await;
            stage.hub.sign_out(CALLER).await.expect("the store works");
            Instant::now()
        };
        let (ended, signed_out_at) = tokio::join!(stage.drive(connection, line), ending);
        assert_eq!(ended, Ended::Closed);
        assert!(signed_out_at.elapsed() < Duration::from_millis(700), "{:?}", signed_out_at.elapsed());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_device_that_signs_itself_out_hears_that_it_did_before_the_end() {
    Stage::play(async |stage| {
        let connection = stage.hub.connect(CALLER).await.expect("a connection");
        let (line, mut peer) = line();
        let ending = async {
            peer.call("hello").await;
            peer.call("sign out").await;
            assert_eq!(peer.said.recv().await.as_deref(), Some(b"closing".as_slice()));
        };
        let (ended, ()) = tokio::join!(stage.drive(connection, line), ending);
        assert_eq!(ended, Ended::Closed);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn requests_and_the_end_do_not_wait_for_a_store_that_cannot_be_read() {
    Stage::play(async |stage| {
        let connection = stage.hub.connect(CALLER).await.expect("a connection");
        stage.say_much().await;
        let (line, mut peer) = line();
        stage.faults.set(true);
        let asking = async {
            peer.call("hello").await;
            let begun = Instant::now();
            for _ in 0..5 {
                peer.call("anything").await;
            }
            stage.hub.drain();
            assert_eq!(peer.said.recv().await.as_deref(), Some(b"closing".as_slice()));
            assert!(begun.elapsed() < Duration::from_millis(10), "{:?}", begun.elapsed());
        };
        tokio::join!(stage.drive(connection, line), asking);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn news_come_once_the_store_can_be_read_again() {
    Stage::play(async |stage| {
        let connection = stage.hub.connect(CALLER).await.expect("a connection");
        stage.say_much().await;
        let (line, mut peer) = line();
        stage.faults.set(true);
        let waiting = async {
            peer.call("hello").await;
            peer.call("anything").await;
            stage.faults.set(false);
            assert_eq!(peer.said.recv().await.as_deref(), Some(b"batch".as_slice()));
            drop(peer);
        };
        tokio::join!(stage.drive(connection, line), waiting);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_at_hand_is_not_lost_when_another_transport_takes_over() {
    Stage::play(async |stage| {
        let connection = stage.hub.connect_for(CALLER, "test").await.expect("a connection");
        let id = connection.id();
        let (line, mut peer) = line();
        let taking_over = async {
            peer.call("hello").await;
            let relay = Relay { front: "test", payload: "relayed".into() };
            assert_eq!(stage.hub.relay(CALLER.who, Some(id), &relay), Ok(1));
            stage.encodes.notified().await;
            stage.hub.supersede(CALLER.who, id);
            // Once may be before the driver's turn: then it would see both at the same time.
            yield_now().await;
            yield_now().await;
            stage.may_encode.notify_one();
            assert_eq!(peer.said.recv().await.as_deref(), Some(b"relayed".as_slice()));
            assert_eq!(peer.said.recv().await.as_deref(), Some(b"closing".as_slice()));
        };
        tokio::join!(stage.drive(connection, line), taking_over);
    })
    .await;
}

fn settings() -> HubSettings {
    HubSettings {
        domain: "example.org".into(),
        registration: Registration::Closed,
        bounds: Bounds::default(),
        identity: IdentitySettings { password_cost: PasswordCost::LEAST, ..IdentitySettings::default() },
        limits: LimitSettings::default(),
    }
}

/// A protocol in which every frame is a call and every answer a frame.
#[derive(Default)]
struct Told(VecDeque<Output<Bytes>>);

impl Session for Told {
    type Call = Bytes;
    type Reply = Bytes;
    type Outbound = Bytes;

    fn handle_frame(&mut self, _now: UnixMillis, frame: &[u8]) {
        self.0.push_back(Output::Call(Bytes::copy_from_slice(frame)));
    }

    fn handle_reply(&mut self, _now: UnixMillis, reply: Bytes) {
        self.0.push_back(Output::Send(reply));
    }

    fn handle_outbound(&mut self, bytes: Bytes) {
        self.0.push_back(Output::Send(bytes));
    }

    fn handle_closing(&mut self, _reason: CloseReason) {
        self.0.push_back(Output::Send("closing".into()));
        self.0.push_back(Output::Close { code: 1, reason: "" });
    }

    fn handle_timeout(&mut self, _now: UnixMillis) {}

    fn poll(&mut self) -> Output<Bytes> {
        self.0.pop_front().unwrap_or(Output::Wait(None))
    }
}

struct Fake {
    hub: Arc<Hub>,
    connection: Mutex<Option<Connection>>,
    encodes: Arc<Notify>,
    may_encode: Arc<Notify>,
}

impl Front for Fake {
    type Session = Told;

    async fn prepare(&self, _call: &Bytes) {}

    async fn run(&self, call: Bytes) -> Outcome<Bytes> {
        let is_hello = call == "hello";
        if call == "sign out" {
            self.hub.sign_out(CALLER).await.expect("the store works");
        }
        let connection = if is_hello { self.connection.lock().take() } else { None };
        Outcome { reply: call, connection }
    }

    async fn encode(&self, _connection: &Connection, arrived: Arrived) -> Vec<Bytes> {
        match arrived {
            Arrived::Batch(_) => vec!["batch".into()],
            Arrived::Signal(Signal::Relay(relay)) => {
                self.encodes.notify_one();
                self.may_encode.notified().await;
                vec![relay.payload]
            }
            Arrived::Signal(_) | Arrived::Mark(_) => Vec::new(),
        }
    }
}

/// The server's end of a line.
struct Line {
    heard: UnboundedReceiver<Bytes>,
    said: UnboundedSender<Bytes>,
    takes_goodbye: bool,
}

/// The other end.
struct Peer {
    say: UnboundedSender<Bytes>,
    said: UnboundedReceiver<Bytes>,
}

fn line() -> (Line, Peer) {
    let (say, heard) = unbounded_channel();
    let (to_peer, said) = unbounded_channel();
    (Line { heard, said: to_peer, takes_goodbye: true }, Peer { say, said })
}

impl Peer {
    /// Calls something; the next that is heard has to be the answer.
    async fn call(&mut self, what: &'static str) {
        self.say.send(what.into()).expect("the driver listens");
        assert_eq!(self.said.recv().await.as_deref(), Some(what.as_bytes()));
    }
}

impl Transport for Line {
    async fn receive(&mut self) -> Received {
        self.heard.recv().await.map_or(Received::End, Received::Frame)
    }

    async fn send(&mut self, frame: Bytes) -> Result<(), Gone> {
        self.said.send(frame).map_err(|_| Gone)
    }

    async fn flush(&mut self) -> Result<(), Gone> {
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), Gone> {
        Ok(())
    }

    async fn close(&mut self, _code: u16, _reason: &'static str) {
        if !self.takes_goodbye {
            std::future::pending().await
        }
    }
}

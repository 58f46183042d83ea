//! Clients of XMPP on a hub of tests: what each sends, and what each is sent.

use crate::{
    context::{Xmpp, XmppSettings},
    front::XmppFront,
    presence,
    seat::Seat,
};
use parlance_core::{conversation::Bounds, id::ConversationId, principal::Principal};
use parlance_front::{Arrived, Front, SessionLimits};
use parlance_hub::{
    Hub, HubSettings, Registration, World,
    identity::{IdentitySettings, NewAccount, PasswordCost},
    limits::LimitSettings,
    live::{Connection, News, run_fanout, run_push},
    memory::{LocalBus, MemoryStore},
    ports::{SystemClock, SystemEntropy},
    usecase::run_expiry,
};
use parlance_xmpp::{Framed, Limits, StanzaBuf};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, OnceLock, atomic::AtomicU32},
    time::Duration,
};
use tokio::{sync::Mutex, task::JoinSet, time::timeout};

/// How long something may take to come.
const DEADLINE: Duration = Duration::from_secs(10);

/// The password of everybody.
pub(crate) const PASSWORD: &str = "correct horse";

/// A server without sockets.
pub(crate) struct Stage {
    pub(crate) xmpp: Arc<Xmpp>,
    _tasks: JoinSet<()>,
}

/// One client with its connection.
pub(crate) struct Client {
    pub(crate) front: XmppFront,
    pub(crate) who: Principal,
    connection: Connection,
    /// Everything it was sent.
    pub(crate) seen: Vec<String>,
    /// How much of it was looked at.
    looked: usize,
    pings: AtomicU32,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// One that is set up in another way than usual.
    pub(crate) async fn with(set_up: impl FnOnce(&mut XmppSettings)) -> Self {
        Self::with_hub(|_| {}, set_up).await
    }

    /// One whose hub is set up in another way, too.
    pub(crate) async fn with_hub(
        set_up_hub: impl FnOnce(&mut HubSettings),
        set_up: impl FnOnce(&mut XmppSettings),
    ) -> Self {
        let world = World {
            store: Arc::new(MemoryStore::new()),
            bus: Arc::new(LocalBus::new(64)),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        };
        let mut settings = HubSettings {
            domain: "example.org".into(),
            registration: Registration::Open,
            bounds: Bounds::default(),
            identity: IdentitySettings { password_cost: PasswordCost::LEAST, ..IdentitySettings::default() },
            limits: LimitSettings { enabled: false, ..LimitSettings::default() },
        };
        set_up_hub(&mut settings);
        let hub = Arc::new(Hub::new(world, settings).await.unwrap());
        let mut tasks = JoinSet::new();
        tasks.spawn(run_fanout(Arc::clone(&hub)));
        tasks.spawn(run_expiry(Arc::clone(&hub)));
        let mut settings = XmppSettings {
            domain: "example.org".into(),
            groups_domain: "groups.example.org".into(),
            allow_plaintext: true,
            version: String::new(),
            public_url: "https://example.org".into(),
            websocket_url: String::new(),
            streams_max: 100,
            stanza: Limits::default(),
            sign_in_ms: 60_000,
            resume_ms: 600_000,
            session: SessionLimits { calls_max: 8, keep_alive_ms: 60_000, write_timeout_ms: 60_000 },
            components: Vec::new(),
            component_wait_ms: 600_000,
            push_content: false,
            contacts: Vec::new(),
        };
        set_up(&mut settings);
        let xmpp = Xmpp::new(hub, settings);
        tasks.spawn(crate::muc::follow_presence(Arc::clone(&xmpp)));
        tasks.spawn(run_push(Arc::clone(&xmpp.hub)));
        tasks.spawn(crate::push::tell_push_services(Arc::clone(&xmpp)));
        Self { xmpp, _tasks: tasks }
    }

    /// Somebody's first client; the account is made.
    pub(crate) async fn client(&self, name: &str) -> Client {
        self.client_of(name, false).await
    }

    /// The first client of somebody who administers the server; the account is made.
    pub(crate) async fn administrator(&self, name: &str) -> Client {
        self.client_of(name, true).await
    }

    async fn client_of(&self, name: &str, is_admin: bool) -> Client {
        let new = NewAccount { name: name.into(), display_name: None, is_admin };
        let who = self.xmpp.hub.administration().add(new, &PASSWORD.into()).await.unwrap();
        self.another_client(&who, "desk").await
    }

    /// Another client of somebody; it is available.
    pub(crate) async fn another_client(&self, who: &Principal, resource: &str) -> Client {
        let mut client = self.another_client_that_looks(who, resource).await;
        client.rest().await;
        client.seen.clear();
        client.looked = 0;
        client
    }

    /// The same, but what it is told at first was not looked at.
    pub(crate) async fn another_client_that_looks(&self, who: &Principal, resource: &str) -> Client {
        let mut client = self.another_client_before_presence(who, resource).await;
        client.send("<presence/>").await;
        client
    }

    /// Another client of somebody, which has not said yet that it is there.
    pub(crate) async fn another_client_before_presence(&self, who: &Principal, resource: &str) -> Client {
        let front = XmppFront {
            xmpp: Arc::clone(&self.xmpp),
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
            login: Mutex::new(None),
            seat: OnceLock::new(),
            berth: Mutex::new(None),
        };
        let (_, connection) = front.sit_down(who, Some(resource.to_owned()), None).await.unwrap();
        Client { front, who: who.clone(), connection, seen: Vec::new(), looked: 0, pings: AtomicU32::new(0) }
    }

    /// The conversation behind a room.
    pub(crate) async fn conversation(&self, name: &str) -> ConversationId {
        self.xmpp.hub.conversation_named(name).await.unwrap().unwrap()
    }
}

impl Client {
    pub(crate) fn seat(&self) -> &Arc<Seat> {
        self.front.seat.get().unwrap()
    }

    /// Sends a stanza, and notes what it is answered with.
    pub(crate) async fn send(&mut self, xml: &str) {
        let xml = xml.replacen(' ', " xmlns='jabber:client' ", 1);
        let xml = xml.replacen("<presence/>", "<presence xmlns='jabber:client'/>", 1);
        let mut framed = Framed::new(Limits::default());
        let stanza = StanzaBuf::from(framed.read(xml.as_bytes()).unwrap());
        let answers = self.front.deal_with(stanza).await;
        self.note(answers);
    }

    /// Waits for something it is sent that has all these words, and was not looked at; looks at
    /// everything up to it.
    pub(crate) async fn sees(&mut self, words: &[&str]) -> String {
        let found = timeout(DEADLINE, async {
            loop {
                let fresh = &self.seen[self.looked..];
                let is_it = |xml: &String| words.iter().all(|word| xml.contains(word));
                if let Some(at) = fresh.iter().position(is_it) {
                    self.looked += at + 1;
                    return self.seen[self.looked - 1].clone();
                }
                self.take_news().await;
            }
        });
        match found.await {
            Ok(found) => found,
            Err(_) => panic!("{words:?} is not among {:#?}", &self.seen[self.looked..]),
        }
    }

    /// Takes everything that is on its way to it by now, and answers with what was not looked at.
    pub(crate) async fn rest(&mut self) -> Vec<String> {
        let number = self.pings.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        // What waits in its own conversation with itself comes behind everything else that waits.
        let mark = format!("mark {number}");
        let hub = Arc::clone(&self.front.xmpp.hub);
        let seat = Arc::clone(self.seat());
        let relay = parlance_hub::live::Relay { front: crate::payload::FRONT, payload: mark.clone().into() };
        let before = self.looked;
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        hub.relay(seat.caller.who, Some(seat.line), &relay).unwrap();
        self.sees(&[&mark]).await;
        let end = self.seen.len();
        self.looked = end;
        self.seen[before..end].iter().filter(|xml| !xml.starts_with("mark ")).cloned().collect()
    }

    /// Ends its connection.
    pub(crate) async fn hang_up(self) {
        let seat = Arc::clone(self.seat());
        self.front.xmpp.seats.remove(&seat);
        presence::gone(&self.front.xmpp, &seat).await;
    }

    async fn take_news(&mut self) {
        let arrived = match self.connection.take_news() {
            None => return self.connection.wait_for_news().await,
            Some(News::Closed(reason)) => panic!("the connection was closed: {reason:?}"),
            Some(News::Signal(signal)) => Arrived::Signal(signal),
            Some(News::Conversation(id)) => Arrived::Batch(self.connection.read_news(id).await.unwrap()),
            Some(News::Mark(offset)) => Arrived::Mark(offset),
        };
        let told = self.front.encode(&self.connection, arrived).await;
        self.note(told);
    }

    fn note(&mut self, told: Vec<crate::stanza::Outgoing>) {
        self.seen.extend(told.into_iter().map(|one| String::from_utf8(one.xml.to_vec()).unwrap()));
    }
}

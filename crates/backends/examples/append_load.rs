//! How many events become durable per second, and what one costs.
//!
//! `cargo run --profile bench -p parlance-backends --example append_load [seconds] [directory]`
//!
//! Each sender has a conversation of its own, waits for each answer before it sends again, and
//! sends 200 bytes of text with a reference.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "measures time and prints its results")]

use parlance_backends::sqlite::{SqliteOptions, SqliteStore};
use parlance_core::{
    body::Body,
    conversation::{Kind, Role, SettingsChange},
    event::{Content, Message},
    id::{ClientRef, ConversationId, DeviceId, PrincipalId},
};
use parlance_hub::ports::{
    Append, Clock, Create, Directory, Draft, Entropy, EventLog, SystemClock, SystemEntropy,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().map_or(5, |text| text.parse().expect("a number of seconds"));
    let parent = arguments.next().map_or_else(std::env::temp_dir, Into::into);
    println!("senders  events/s  CPU us/event  p50 ms  p99 ms  events/commit");
    for senders in [1, 32, 512] {
        let directory = tempfile::tempdir_in(&parent).expect("a directory to write in");
        let store = SqliteStore::open(directory.path().join("parlance.db"), SqliteOptions::default());
        measure(Arc::new(store.expect("an empty store")), senders, Duration::from_secs(seconds)).await;
    }
}

async fn measure(store: Arc<SqliteStore>, senders: usize, duration: Duration) {
    let mut rooms = Vec::new();
    for _ in 0..senders {
        rooms.push(Sender::new(store.clone()).await);
    }
    let (began, cpu, transactions) = (Instant::now(), cpu_us(), store.transactions());
    let tasks: Vec<_> = rooms.into_iter().map(|room| tokio::spawn(room.run(began + duration))).collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.expect("a sender that ends"));
    }
    let (elapsed, cpu) = (began.elapsed(), cpu_us() - cpu);
    let commits = store.transactions() - transactions;
    waits.sort_unstable();
    let (count, at) =
        (waits.len(), |part: f64| waits[(waits.len() as f64 * part) as usize].as_secs_f64() * 1e3);
    println!(
        "{senders:7}  {:8.0}  {:12.1}  {:6.2}  {:6.2}  {:13.1}",
        count as f64 / elapsed.as_secs_f64(),
        cpu as f64 / count as f64,
        at(0.5),
        at(0.99),
        count as f64 / commits as f64,
    );
}

struct Sender {
    store: Arc<SqliteStore>,
    conversation: ConversationId,
    who: PrincipalId,
    device: DeviceId,
}

impl Sender {
    async fn new(store: Arc<SqliteStore>) -> Self {
        let fresh = || SystemEntropy.uuid_v7(SystemClock.now());
        let (who, other) = (PrincipalId(fresh()), PrincipalId(fresh()));
        let sender =
            Self { store, conversation: ConversationId::direct(who, other), who, device: DeviceId(fresh()) };
        let domain = sender.store.ensure_domain("bench.example").await.expect("a domain");
        let members = [(who, Role::Member), (other, Role::Member)];
        let founding = Kind::Direct.founding(SettingsChange::default(), &members);
        let create = Some(Create::new(domain, Kind::Direct));
        sender.append(founding, create, None).await;
        sender
    }

    async fn run(self, until: Instant) -> Vec<Duration> {
        let mut waits = Vec::new();
        while Instant::now() < until {
            let began = Instant::now();
            let text = "twenty bytes of text".repeat(10);
            let content = Content::Message(Message::plain(Body::text(text)));
            self.append(vec![content], None, ClientRef::new(&format!("bench-{}", waits.len()))).await;
            waits.push(began.elapsed());
        }
        waits
    }

    async fn append(&self, contents: Vec<Content>, create: Option<Create>, client_ref: Option<ClientRef>) {
        let at = SystemClock.now();
        let draft = |content| Draft { id: SystemEntropy.event_id(at), content, extras: None };
        let append = Append {
            conversation: self.conversation,
            create,
            rules_version: None,
            sender: self.who,
            device: Some(self.device),
            client_ref,
            at,
            events: contents.into_iter().map(draft).collect(),
            work: Vec::new(),
        };
        self.store.append(append).await.expect("a durable event");
    }
}

/// User and system time of this process, from the kernel's hundredths of a second.
fn cpu_us() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |field: usize| fields[field].parse::<u64>().expect("a number of ticks");
    (ticks(11) + ticks(12)) * 10_000
}

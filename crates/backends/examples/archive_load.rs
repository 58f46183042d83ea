//! How long pages of a personal archive take.
//!
//! `cargo run --profile bench -p parlance-backends --example archive_load [conversations] [messages in each]`
//!
//! One person has so many direct conversations, all about equally busy, and asks for pages of 50.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "measures time and prints its results")]

use parlance_backends::sqlite::{SqliteOptions, SqliteStore};
use parlance_core::{
    body::Body,
    conversation::{Kind, Role, SettingsChange},
    event::{Content, EventKind, EventKinds, Message, Offset},
    id::{ClientRef, ConversationId, DeviceId, PrincipalId, UnixMillis},
};
use parlance_hub::ports::{
    Append, Archive, ArchiveRange, ArchiveScope, ArchiveSide, Create, Directory, Draft, Entropy, EventLog,
    SystemEntropy, Views,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};
use tokio::task::JoinSet;
use uuid::Uuid;

const NOON: u64 = 1_800_000_000_000;
const ME: PrincipalId = PrincipalId(Uuid::from_u128(1));
const ROUNDS: usize = 200;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual| arguments.next().map_or(usual, |text| text.parse().expect("a number"));
    let (conversations, messages) = (number(500), number(400));
    let directory = tempfile::tempdir().expect("a directory to write in");
    let store = SqliteStore::open(directory.path().join("parlance.db"), SqliteOptions::default());
    let store = Arc::new(store.expect("an empty store"));
    fill(&store, conversations, messages).await;
    let newest = store.mark().await.expect("a store").offset.0;
    println!("{conversations} conversations, {newest} events");
    println!("page                     p50 ms    p99 ms  events");
    let range = ArchiveRange {
        after: None,
        before: None,
        start: None,
        end: None,
        kinds: EventKinds::of(&[EventKind::Message]),
        side: ArchiveSide::Newest,
        limit: 51,
    };
    let oldest = ArchiveRange { side: ArchiveSide::Oldest, ..range };
    let (half, recent) = (Some(Offset(newest / 2)), Some(Offset(newest - 20)));
    let moment = Some(UnixMillis(NOON + newest / 2));
    measure(&store, "newest", range).await;
    measure(&store, "before the middle", ArchiveRange { before: half, ..range }).await;
    measure(&store, "oldest", oldest).await;
    measure(&store, "after the middle", ArchiveRange { after: half, ..oldest }).await;
    measure(&store, "after what is recent", ArchiveRange { after: recent, ..oldest }).await;
    measure(&store, "from a moment", ArchiveRange { start: moment, ..oldest }).await;
    measure(&store, "until a moment", ArchiveRange { end: moment, ..range }).await;
    timed("undelivered", async || store.undelivered(ME, 1_000).await.expect("a store").len()).await;
    let group = busy_group(&store).await;
    let reference = ClientRef::new("of-4000").expect("a reference");
    timed("a reference, 5000 devices", async || {
        let found = store.find_ref_of(group, ME, &reference).await.expect("a store");
        usize::from(found.is_some())
    })
    .await;
}

async fn measure(store: &SqliteStore, name: &str, range: ArchiveRange) {
    timed(name, async || {
        let page = store.archive(ME, ArchiveScope::Personal, range).await.expect("a store");
        page.expect("one's own archive").len()
    })
    .await;
}

async fn timed(name: &str, ask: impl AsyncFn() -> usize) {
    let mut times = Vec::with_capacity(ROUNDS);
    let mut count = 0;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        count = ask().await;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let at = |part: usize| times[ROUNDS * part / 100].as_secs_f64() * 1e3;
    println!("{name:24} {:7.2}  {:8.2}  {count:6}", at(50), at(99));
}

async fn fill(store: &Arc<SqliteStore>, conversations: u128, messages: u128) {
    let domain = store.ensure_domain("bench.example").await.expect("a domain");
    for other in 0..conversations {
        let other = PrincipalId(Uuid::from_u128(2 + other));
        let founding =
            Kind::Direct.founding(SettingsChange::default(), &[(ME, Role::Member), (other, Role::Member)]);
        let create = Some(Create::new(domain, Kind::Direct));
        let append = Append { create, ..append(ConversationId::direct(ME, other), founding) };
        store.append(append).await.expect("a durable event");
    }
    for _ in 0..messages {
        let mut saying = JoinSet::new();
        for other in 0..conversations {
            let other = PrincipalId(Uuid::from_u128(2 + other));
            let append = Append { sender: other, ..append(ConversationId::direct(ME, other), vec![said()]) };
            let store = Arc::clone(store);
            saying.spawn(async move { store.append(append).await.map(drop) });
        }
        saying.join_all().await.into_iter().for_each(|answer| answer.expect("a durable event"));
    }
}

/// A group in which thousands of devices have written.
async fn busy_group(store: &Arc<SqliteStore>) -> ConversationId {
    let domain = store.ensure_domain("bench.example").await.expect("a domain");
    let group = ConversationId(Uuid::from_u128(7));
    let founding = Kind::Group.founding(SettingsChange::default(), &[(ME, Role::Owner)]);
    let create = Some(Create::new(domain, Kind::Group));
    store.append(Append { create, ..append(group, founding) }).await.expect("a durable event");
    let mut saying = JoinSet::new();
    for number in 0..5_000_u128 {
        let device = Some(DeviceId(Uuid::from_u128(number + 1)));
        let client_ref = ClientRef::new(&format!("of-{number}"));
        let append = Append { device, client_ref, ..append(group, vec![said()]) };
        let store = Arc::clone(store);
        saying.spawn(async move { store.append(append).await.map(drop) });
    }
    saying.join_all().await.into_iter().for_each(|answer| answer.expect("a durable event"));
    group
}

fn said() -> Content {
    Content::Message(Message::plain(Body::text("twenty bytes of text".repeat(10))))
}

/// One millisecond after another.
fn append(conversation: ConversationId, contents: Vec<Content>) -> Append {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let at = UnixMillis(NOON + MADE.fetch_add(1, Ordering::Relaxed));
    let draft = |content| Draft { id: SystemEntropy.event_id(at), content, extras: None };
    Append {
        conversation,
        create: None,
        rules_version: None,
        sender: ME,
        device: Some(DeviceId(Uuid::from_u128(1))),
        client_ref: None,
        at,
        events: contents.into_iter().map(draft).collect(),
        work: Vec::new(),
    }
}

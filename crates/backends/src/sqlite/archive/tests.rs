use super::{merge, personal};
use crate::sqlite::{SqliteOptions, SqliteStore, open};
use parlance_core::{
    body::Body,
    conversation::{Kind, Role, SettingsChange},
    event::{Content, EventKind, EventKinds, Message, Offset},
    id::{ConversationId, EventId, PrincipalId, UnixMillis},
};
use parlance_hub::ports::{
    Append, ArchiveRange, ArchiveSide, Create, Directory, Draft, Entropy, EventLog, SystemEntropy,
};
use rusqlite::{
    Connection,
    trace::{TraceEvent, TraceEventCodes},
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use uuid::Uuid;

const ME: PrincipalId = PrincipalId(Uuid::from_u128(1));
const CONVERSATIONS: u128 = 20;

fn append(other: u128, contents: Vec<Content>, create: Option<Create>) -> Append {
    let at = UnixMillis(1_800_000_000_000);
    let draft = |content| Draft { id: EventId(SystemEntropy.uuid_v7(at)), content, extras: None };
    Append {
        conversation: ConversationId::direct(ME, PrincipalId(Uuid::from_u128(other))),
        create,
        rules_version: None,
        sender: ME,
        device: None,
        client_ref: None,
        at,
        events: contents.into_iter().map(draft).collect(),
        work: Vec::new(),
    }
}

/// Direct conversations that take turns, each with so many messages.
async fn fill(path: &Path, messages: usize) -> u64 {
    let store = SqliteStore::open(path, SqliteOptions::default()).unwrap();
    let domain = store.ensure_domain("test.example").await.unwrap();
    for other in 2..2 + CONVERSATIONS {
        let members = [(ME, Role::Member), (PrincipalId(Uuid::from_u128(other)), Role::Member)];
        let founding = Kind::Direct.founding(SettingsChange::default(), &members);
        let create = Some(Create::new(domain, Kind::Direct));
        store.append(append(other, founding, create)).await.unwrap();
    }
    for _ in 0..messages / 10 {
        for other in 2..2 + CONVERSATIONS {
            let said = vec![Content::Message(Message::plain(Body::text("hello"))); 10];
            store.append(append(other, said, None)).await.unwrap();
        }
    }
    store.mark().await.unwrap().offset.0
}

/// How many rows SQLite hands out for ten places of the merged logs.
fn rows(connection: &mut Connection, range: ArchiveRange) -> u64 {
    let count = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&count);
    let on_row = move |event: TraceEvent<'_>| {
        if let TraceEvent::Row(_) = event {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_ROW, Some(on_row)).unwrap();
    let found = merge(connection, personal(connection, ME).unwrap(), &range).unwrap();
    assert_eq!(found.len(), 10);
    count.load(Ordering::Relaxed)
}

/// The rows of pages from the newest, the oldest, and from the middle in both directions.
async fn costs(messages: usize) -> [u64; 4] {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("parlance.db");
    let middle = Some(Offset(fill(&path, messages).await / 2));
    let mut connection = open::reader(&path).unwrap();
    let newest = ArchiveRange {
        after: None,
        before: None,
        start: None,
        end: None,
        kinds: EventKinds::of(&[EventKind::Message]),
        side: ArchiveSide::Newest,
        limit: 10,
    };
    let oldest = ArchiveRange { side: ArchiveSide::Oldest, ..newest };
    [newest, oldest, ArchiveRange { before: middle, ..newest }, ArchiveRange { after: middle, ..oldest }]
        .map(|range| rows(&mut connection, range))
}

#[tokio::test]
async fn a_page_costs_as_much_of_a_long_archive_as_of_a_short_one() {
    let (short, long) = (costs(50).await, costs(400).await);
    let conversations = CONVERSATIONS as u64;
    assert_eq!(short[..2], long[..2], "the ends are found without a search");
    assert!(long[0] <= conversations + 60, "{long:?}");
    // Three more steps of halving for eight times as many.
    for (short, long) in short.into_iter().zip(long).skip(2) {
        assert!(long <= short + 4 * conversations, "{short} rows became {long}");
    }
}

use super::*;
use crate::sqlite::{
    SqliteOptions, SqliteStore, codec,
    maintenance::{back_up, rebuild, restore, verify},
    open,
};
use parlance_core::{
    account::AccountChange,
    body::Body,
    conversation::{Kind, Role, SettingsChange},
    event::{Content, Event, Message},
    id::{ConversationId, DeviceId, EventId, PrincipalId, Seq, UnixMillis},
};
use parlance_hub::ports::{Append, Create, Directory, Draft, Entropy, EventLog, SystemEntropy};
use rusqlite::params;
use std::{path::PathBuf, sync::Arc};
use uuid::Uuid;

const NOON: UnixMillis = UnixMillis(1_800_000_000_000);
const KNOWN: u32 = MIGRATIONS.len() as u32;

/// What a release after this one might add.
const ADDITION: Migration = Migration {
    title: "lanterns",
    kind: MigrationKind::Expand,
    folds_anew: false,
    sql: "CREATE TABLE lanterns (place INTEGER PRIMARY KEY, lit INTEGER NOT NULL) STRICT;
          ALTER TABLE members ADD COLUMN lanterns INTEGER NOT NULL DEFAULT 7;
          ALTER TABLE conversations ADD COLUMN lanterns INTEGER NOT NULL DEFAULT 0;
          ALTER TABLE events ADD COLUMN lit INTEGER NOT NULL DEFAULT 0;",
};

/// What the release after that one might take away, which ours still needs.
const REMOVAL: Migration = Migration {
    title: "no more pins",
    kind: MigrationKind::Contract { compatible_from: KNOWN + 1 },
    folds_anew: false,
    sql: "DROP INDEX folds_pinned;",
};

fn after_ours(later: &[Migration]) -> Vec<Migration> {
    [MIGRATIONS, later].concat()
}

/// Starts a program that knows these migrations and no others, for a moment.
fn start(migrations: &[Migration], path: &Path) -> Result<(), OpenError> {
    migrate_to(migrations, &mut open::writer(path)?, path)
}

struct Place {
    _directory: tempfile::TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { path: directory.path().join("parlance.db"), _directory: directory }
    }

    /// A database of this program in which something was said.
    async fn lived_in() -> Self {
        let place = Self::new();
        let store = place.open();
        let domain = store.ensure_domain("test.example").await.unwrap();
        for (conversation, kind) in [(room(), Kind::Group), (account(), Kind::Account)] {
            let founding = kind.founding(SettingsChange::default(), &[(person(), Role::Owner)]);
            let create = Some(Create::new(domain, kind));
            store.append(Append { create, ..append(conversation, founding) }).await.unwrap();
        }
        say(&store, "before").await;
        place
    }

    fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.path, SqliteOptions::default()).unwrap()
    }

    fn connection(&self) -> Connection {
        Connection::open(&self.path).unwrap()
    }

    fn problems(&self) -> Vec<String> {
        verify(&self.path, &mut |_, _| {}).unwrap().problems
    }
}

fn person() -> PrincipalId {
    PrincipalId(Uuid::from_u128(1))
}

fn room() -> ConversationId {
    ConversationId(Uuid::from_u128(2))
}

fn account() -> ConversationId {
    ConversationId::account(person())
}

fn append(conversation: ConversationId, contents: Vec<Content>) -> Append {
    let draft = |content| Draft { id: EventId(SystemEntropy.uuid_v7(NOON)), content, extras: None };
    Append {
        conversation,
        create: None,
        rules_version: None,
        sender: person(),
        device: Some(DeviceId(Uuid::from_u128(1))),
        client_ref: None,
        at: NOON,
        events: contents.into_iter().map(draft).collect(),
        work: Vec::new(),
    }
}

async fn say(store: &SqliteStore, text: &str) {
    let message = Content::Message(Message::plain(Body::text(text)));
    store.append(append(room(), vec![message])).await.unwrap();
}

async fn log(store: &SqliteStore, conversation: ConversationId) -> Vec<Arc<Event>> {
    store.read_after(conversation, Seq::ZERO, 100).await.unwrap()
}

/// Appends what only a newer program can say.
fn write_as_newer(place: &Place, conversation: ConversationId, kind: i64, content: &str) {
    let connection = place.connection();
    let (key, seq): (i64, u32) = connection
        .query_row(
            "SELECT key, head + 1 FROM conversations WHERE id = ?1",
            [conversation.0.as_bytes()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let (offset, ordinal): (u32, i64) = connection
        .query_row(
            "SELECT max(offset) + 1, (SELECT ordinal FROM conversations WHERE key = ?1) FROM events",
            [key],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let id = *SystemEntropy.uuid_v7(NOON).as_bytes();
    let (sender, extras) = (*person().0.as_bytes(), None);
    let checksum = codec::checksum(&codec::Summed {
        key,
        offset: offset.into(),
        seq: seq.into(),
        id,
        sender,
        at: NOON.0,
        kind,
        content: Some(content),
        extras,
    });
    connection
        .execute(
            "INSERT INTO events (offset, conversation, seq, id, sender, at, kind, ordinal, run, checksum, content, lit)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?10, 1)",
            params![offset, key, seq, id, sender, NOON.0 as i64, kind, ordinal, checksum, content],
        )
        .unwrap();
    connection
        .execute(
            "UPDATE conversations SET head = ?2, head_offset = ?3 WHERE key = ?1",
            params![key, seq, offset],
        )
        .unwrap();
}

const LANTERN: &str = r#"{"lantern":{"lit":true}}"#;
const OWN_LANTERN: &str = r#"{"account":{"lantern":{"lit":true}}}"#;

/// A database to which a newer program has added, and in which it has said what only it knows.
async fn enlightened() -> Place {
    let place = Place::lived_in().await;
    start(&after_ours(&[ADDITION]), &place.path).unwrap();
    write_as_newer(&place, room(), 99, LANTERN);
    write_as_newer(&place, account(), 8, OWN_LANTERN);
    place
        .connection()
        .execute_batch(
            r#"INSERT INTO lanterns (place, lit) VALUES (1, 1);
               UPDATE conversations SET settings = replace(settings, '"name"', '"lantern":true,"name"')"#,
        )
        .unwrap();
    place
}

#[tokio::test]
async fn a_program_goes_on_where_a_newer_one_has_only_added() {
    let place = enlightened().await;
    assert_eq!(place.problems(), [""; 0]);
    let store = place.open();
    say(&store, "after").await;
    store.append(append(account(), vec![Content::Account(AccountChange::Devices)])).await.unwrap();
    for conversation in [room(), account()] {
        let events = log(&store, conversation).await;
        let seqs: Vec<u64> = events.iter().map(|event| event.seq.0).collect();
        assert_eq!(seqs, Vec::from_iter(1..=events.len() as u64), "no place is missing");
        assert!(events.iter().any(|event| event.content == Content::Unknown));
    }
    assert_eq!(store.load_state(room()).await.unwrap().unwrap().head, Seq(5));
    drop(store);
    assert_eq!(place.problems(), [""; 0]);
}

#[tokio::test]
async fn what_a_newer_program_has_written_stays_as_it_is() {
    let place = enlightened().await;
    drop(place.open());
    rebuild(&place.path, &mut |_, _| {}).unwrap();
    assert_eq!(place.problems(), [""; 0]);
    let backup = place.path.with_file_name("backup");
    back_up(&place.path, &backup, &mut |_, _| {}).unwrap();
    restore(&backup, &place.path, &mut |_, _| {}).unwrap();
    say(&place.open(), "after").await;
    assert_eq!(place.problems(), [""; 0]);
    let kept = |sql| place.connection().query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(kept("SELECT count(*) FROM lanterns"), 1);
    let sql =
        format!("SELECT count(*) FROM events WHERE content IN ('{LANTERN}', '{OWN_LANTERN}') AND lit = 1");
    assert_eq!(kept(&sql), 2);
    start(&after_ours(&[ADDITION]), &place.path).unwrap();
}

#[tokio::test]
async fn the_newer_program_folds_anew_what_an_older_one_has_written() {
    let place = enlightened().await;
    say(&place.open(), "after").await;
    place.connection().execute("DELETE FROM members", []).unwrap();
    start(&after_ours(&[ADDITION]), &place.path).unwrap();
    let standing = || Standing::read(&place.connection(), "main", &place.path, MIGRATIONS.len() + 1).unwrap();
    assert_eq!((standing().version, standing().written_by), (MIGRATIONS.len() + 1, MIGRATIONS.len() + 1));
    assert_eq!(place.problems(), [""; 0]);
    place.connection().execute("DELETE FROM members", []).unwrap();
    start(&after_ours(&[ADDITION]), &place.path).unwrap();
    assert_ne!(place.problems(), [""; 0], "once is enough");
}

#[tokio::test]
async fn a_program_whose_needs_were_taken_away_is_refused() {
    let place = Place::lived_in().await;
    start(&after_ours(&[REMOVAL]), &place.path).unwrap();
    let refused = SqliteStore::open(&place.path, SqliteOptions::default()).unwrap_err();
    assert!(
        matches!(refused, OpenError::Newer { found, compatible_from, known }
            if (found, compatible_from, known) == (KNOWN + 1, KNOWN + 1, KNOWN)),
        "{refused:?}"
    );
    let said = refused.to_string();
    assert!(
        said.contains(&format!("schema is {}", KNOWN + 1)) && said.contains(&format!("up to {KNOWN}")),
        "{said}"
    );
    assert!(pending_migrations(&place.path).is_err());
    assert!(verify(&place.path, &mut |_, _| {}).is_err());
    assert!(back_up(&place.path, &place.path.with_file_name("backup"), &mut |_, _| {}).is_err());
}

#[tokio::test]
async fn a_program_that_no_longer_needs_what_was_taken_away_goes_on() {
    let place = Place::lived_in().await;
    let removal = Migration { kind: MigrationKind::Contract { compatible_from: KNOWN }, ..REMOVAL };
    start(&after_ours(&[removal, ADDITION]), &place.path).unwrap();
    say(&place.open(), "after").await;
    assert_eq!(place.problems(), [""; 0]);
}

#[test]
fn what_a_start_would_change_says_whether_it_can_be_taken_back() {
    let pending = pending_migrations(Path::new("nowhere.db")).unwrap();
    assert_eq!(pending.iter().map(|one| one.version).collect::<Vec<_>>(), Vec::from_iter(1..=KNOWN));
    assert!(MigrationKind::Expand.to_string().starts_with("expand"));
    assert!(MigrationKind::Contract { compatible_from: 4 }.to_string().starts_with("contract"));
}

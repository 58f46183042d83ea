//! Backups, restores, and the search for damage.

mod support;

use parlance_backends::sqlite::{
    OpenError, SqliteOptions, SqliteStore,
    maintenance::{MaintenanceError, Verified, back_up, rebuild, restore, verify},
    pending_migrations,
};
use parlance_core::{
    account::{AccountChange, Contact},
    arrangement::Rearrangement,
    body::{Body, Mention, Mentioned},
    conversation::{Kind, SettingsChange},
    event::{Content, MembershipChange, Message},
    id::{ConversationId, Seq},
    subscription::{Direction, Subscription},
};
use parlance_hub::ports::{Append, Create, Directory, EventLog, Search, SearchRequest};
use rusqlite::Connection;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use support::*;
use tempfile::TempDir;
use tokio::task::JoinSet;

fn directory() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("parlance.db");
    (directory, path)
}

fn check(path: &Path) -> Verified {
    verify(path, &mut |_, _| {}).unwrap()
}

/// A bit of everything that is folded.
async fn live_through_a_day(store: &SqliteStore) {
    let (domain, group) = (store.ensure_domain("test.example").await.unwrap(), room(1));
    make_group(store, group, 4).await;
    let account = ConversationId::account(person(1));
    let create = Some(Create::new(domain, Kind::Account));
    let begin = append(account, vec![Content::Account(AccountChange::Devices)]);
    store.append(Append { create, ..begin }).await.unwrap();
    let mentions = vec![Mention { start: 0, end: 1, who: Mentioned::Principal(person(2)) }];
    let mentioning = Body::Text { text: "@b".into(), mentions };
    let first = add(store, group, Content::Message(Message::plain(mentioning))).await.unwrap();
    let root = say(store, group, "root").await;
    let all = vec![Mention { start: 0, end: 1, who: Mentioned::Everyone }];
    for content in [
        Content::Edit {
            target: root.as_target(),
            body: Body::Text { text: "@all".into(), mentions: all },
            expires_at: None,
        },
        Content::Reaction { target: root.as_target(), emoji: "👍".into(), added: true },
        Content::Pin { target: first.as_target(), pinned: true },
        Content::Membership { who: person(3), change: MembershipChange::Banned },
        Content::Membership { who: person(4), change: MembershipChange::Left },
        Content::Membership { who: person(5), change: MembershipChange::Requested },
        Content::Membership { who: person(4), change: MembershipChange::Joined(Kind::Group.joining_role()) },
    ] {
        add(store, group, content).await.unwrap();
    }
    let answer = |text: &str| {
        let thread = Some(root.as_target());
        Content::Message(Message { thread, ..Message::plain(Body::text(text)) })
    };
    let gone = add(store, group, answer("secret")).await.unwrap();
    add(
        store,
        group,
        Content::Edit { target: gone.as_target(), body: Body::text("secret too"), expires_at: None },
    )
    .await
    .unwrap();
    add(store, group, answer("kept")).await.unwrap();
    add(store, group, Content::Delete { target: gone.as_target() }).await.unwrap();
    let subscription = Subscription { outgoing: Direction::Granted, ..Subscription::default() };
    let contact =
        Contact { alias: "B".into(), groups: vec!["Friends".into()], subscription, ..Contact::nobody() };
    for change in [
        AccountChange::Read { conversation: group, seq: Seq(1_000) },
        AccountChange::Unread { conversation: group, from: Seq(4) },
        AccountChange::Draft { conversation: group, text: "so far".into() },
        AccountChange::Contact { who: person(2), contact, said: None },
        AccountChange::ContactRemoved { who: person(3), said: None },
        AccountChange::Arranged { change: Rearrangement::FavouritesOrdered { conversations: vec![group] } },
    ] {
        add(store, account, Content::Account(change)).await.unwrap();
    }
    say(store, group, "last").await;
}

#[tokio::test]
async fn what_is_stored_is_what_follows_from_the_log() {
    let (_guard, path) = directory();
    let store = open(&path);
    live_through_a_day(&store).await;
    let running = check(&path);
    assert_eq!(running.problems, [""; 0]);
    assert_eq!((running.conversations, running.events), (2, 26));
    drop(store);
    assert_eq!(check(&path), running);
}

#[tokio::test]
async fn rebuilt_rows_are_the_rows_that_were_there() {
    let (_guard, path) = directory();
    live_through_a_day(&open(&path)).await;
    let damage = Connection::open(&path).unwrap();
    damage
        .execute_batch(
            "DELETE FROM members; UPDATE folds SET replies = 99; DELETE FROM deleted; DELETE FROM contacts;
             DELETE FROM arrangements;
             UPDATE conversations SET head = 3, ordinal = 0, settings = '{}', members_count = 7;",
        )
        .unwrap();
    drop(damage);
    assert!(!check(&path).problems.is_empty());
    rebuild(&path, &mut |_, _| {}).unwrap();
    assert_eq!(check(&path).problems, [""; 0]);
    say(&open(&path), room(1), "goes on").await;
    assert_eq!(check(&path).problems, [""; 0]);
}

#[tokio::test]
async fn planted_damage_is_found() {
    for (damage, expected) in [
        ("DELETE FROM events WHERE seq = 7 AND conversation = 1", "place 8: the place after 6 was expected"),
        ("UPDATE events SET content = replace(content, 'root', 'rood')", "is not what was written"),
        ("UPDATE events SET at = at + 1 WHERE seq = 5", "is not what was written"),
        ("UPDATE events SET ordinal = ordinal + 1 WHERE seq = 6", "the ordinal"),
        ("UPDATE conversations SET head = head - 1", "conversations: "),
        ("UPDATE conversations SET rules_version = 1 WHERE key = 1", "conversations: "),
        ("UPDATE members SET read = 0", "members: "),
        ("UPDATE members SET furthest_read = 0", "members: "),
        ("DELETE FROM reactions", "reactions: "),
        ("DELETE FROM arrangements", "arrangements: "),
        ("INSERT INTO deleted (conversation, seq, sender) VALUES (1, 6, x'00')", "deleted: "),
        ("DELETE FROM conversations WHERE kind = 5", "belongs to no conversation"),
    ] {
        let (_guard, path) = directory();
        live_through_a_day(&open(&path)).await;
        Connection::open(&path).unwrap().execute_batch(damage).unwrap();
        let problems = check(&path).problems;
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{damage}: {problems:?}");
    }
}

#[tokio::test]
async fn damage_is_never_shown() {
    let (_guard, path) = directory();
    live_through_a_day(&open(&path)).await;
    let damage = Connection::open(&path).unwrap();
    damage.execute("UPDATE events SET content = replace(content, 'root', 'rood')", []).unwrap();
    drop(damage);
    let outcome = open(&path).read_after(room(1), Seq::ZERO, 100).await;
    assert!(matches!(outcome, Err(parlance_hub::ports::StoreError::Damaged(_))), "{outcome:?}");
}

#[tokio::test]
async fn nothing_of_what_was_deleted_or_has_disappeared_is_left_in_the_files() {
    let (guard, path) = directory();
    let store = open(&path);
    live_through_a_day(&store).await;
    let_messages_disappear(&store).await;
    assert_eq!(check(&path).problems, [""; 0]);
    let request = search("last");
    assert_eq!(store.search(request).await.unwrap().len(), 1);
    drop(store);
    for entry in std::fs::read_dir(guard.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let has = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        assert!(!has(b"secret"), "{path:?}");
    }
}

/// Messages with a timer, of which one is there when the time of the other has come.
async fn let_messages_disappear(store: &SqliteStore) {
    let group = room(1);
    let timer = |seconds| {
        Content::Settings(SettingsChange { expire_after_s: Some(seconds), ..SettingsChange::default() })
    };
    add(store, group, timer(60)).await.unwrap();
    let soon = say(store, group, "secret for a minute").await;
    let edit = Content::Edit { target: soon.as_target(), body: Body::text("secret still"), expires_at: None };
    add(store, group, edit).await.unwrap();
    add(store, group, timer(3_600)).await.unwrap();
    say(store, group, "here for an hour").await;
    assert_eq!(store.search(search("secret")).await.unwrap().len(), 1);
    let due = store.expired(soon.at.plus_ms(60_000), 9).await.unwrap();
    assert_eq!(due.iter().map(|expired| expired.target).collect::<Vec<_>>(), [soon.as_target()]);
    for expired in due {
        add(store, group, Content::Delete { target: expired.target }).await.unwrap();
    }
    assert_eq!(store.search(search("secret")).await.unwrap(), []);
}

fn search(word: &str) -> SearchRequest {
    SearchRequest {
        who: person(1),
        words: vec![word.to_owned()],
        last_is_prefix: false,
        from: None,
        within: Vec::new(),
        has: Vec::new(),
        before: None,
        after: None,
        older_than: None,
        limit: 10,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_made_while_others_write_is_one_moment_of_the_store() {
    let (guard, path) = directory();
    let store = std::sync::Arc::new(open(&path));
    make_group(&store, room(1), 2).await;
    let mut writing = JoinSet::new();
    let writer = store.clone();
    writing.spawn(async move {
        for number in 0..1_000 {
            say(&writer, room(1), &format!("message {number}")).await;
        }
    });
    let mut backups = Vec::new();
    while writing.try_join_next().is_none() {
        let to = guard.path().join(format!("{}.backup", backups.len()));
        let from = path.clone();
        let made = to.clone();
        tokio::task::spawn_blocking(move || back_up(&from, &made, &mut |_, _| {})).await.unwrap().unwrap();
        backups.push(to);
    }
    let events: Vec<u64> = backups
        .iter()
        .map(|backup| {
            let verified = check(backup);
            assert_eq!(verified.problems, [""; 0], "{backup:?}");
            verified.events
        })
        .collect();
    assert!(events.is_sorted());
    assert!(backups.iter().all(|backup| !backup.with_extension("backup-wal").exists()));
    let again = back_up(&path, &backups[0], &mut |_, _| {});
    assert!(matches!(again, Err(MaintenanceError::Exists(_))));
}

#[tokio::test]
async fn a_backup_of_which_any_byte_changed_or_is_missing_is_not_restored() {
    let (guard, path) = directory();
    let backup = guard.path().join("backup");
    live_through_a_day(&open(&path)).await;
    back_up(&path, &backup, &mut |_, _| {}).unwrap();
    let whole = std::fs::read(&backup).unwrap();
    let kept = std::fs::read(&path).unwrap();
    let mut damaged = vec![whole[..whole.len() - 1].to_vec(), whole[..whole.len() / 2].to_vec()];
    // The checksum, pages, the size of pages, a byte that SQLite does not use.
    for place in [whole.len() - 1, whole.len() - 33, whole.len() / 2, 17, 72] {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        damaged.push(bytes);
    }
    for (number, bytes) in damaged.into_iter().enumerate() {
        std::fs::write(&backup, bytes).unwrap();
        let refused = restore(&backup, &path, &mut |_, _| {});
        assert!(matches!(refused, Err(MaintenanceError::Damaged(_))), "{number}: {refused:?}");
        let found = verify(&backup, &mut |_, _| {});
        assert!(found.is_err() || found.is_ok_and(|found| !found.problems.is_empty()), "{number}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), kept);
    std::fs::write(&backup, whole).unwrap();
    restore(&backup, &path, &mut |_, _| {}).unwrap();
    assert_eq!(check(&path).problems, [""; 0]);
}

#[tokio::test]
async fn a_copy_of_a_stopped_store_can_be_restored_like_a_backup() {
    let (guard, path) = directory();
    let copy = guard.path().join("copy");
    live_through_a_day(&open(&path)).await;
    std::fs::copy(&path, &copy).unwrap();
    restore(&copy, &path, &mut |_, _| {}).unwrap();
    assert_eq!(log(&open(&path), room(1)).await.len(), 19);
}

#[tokio::test]
async fn a_store_that_was_closed_leaves_whole_files_and_no_logs() {
    let (guard, path) = directory();
    let store = open(&path);
    live_through_a_day(&store).await;
    store.search(search("last")).await.unwrap();
    drop(store);
    let left = std::fs::read_dir(guard.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut left: Vec<_> = left.map(|name| name.into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, ["parlance.db", "parlance.db-search", "parlance.db.lock"]);
}

#[tokio::test]
async fn a_restore_begins_a_new_life() {
    let (guard, path) = directory();
    let backup = guard.path().join("backup");
    let store = open(&path);
    live_through_a_day(&store).await;
    let (before, saved) = (store.mark().await.unwrap(), log(&store, room(1)).await);
    let mut last = (0, 0);
    back_up(&path, &backup, &mut |done, total| last = (done, total)).unwrap();
    assert!(last.0 > 0 && last.0 == last.1);
    say(&store, room(1), "lost").await;
    make_group(&store, room(2), 1).await;
    let in_use = restore(&backup, &path, &mut |_, _| {});
    assert!(matches!(in_use, Err(MaintenanceError::Open(OpenError::InUse(_)))), "{in_use:?}");
    drop(store);

    let restored = restore(&backup, &path, &mut |_, _| {}).unwrap();
    assert_eq!(restored.life, 2);
    assert_eq!(check(&restored.replaced.unwrap()).events, before.offset.0 + 3);
    let store = open(&path);
    assert_eq!(store.mark().await.unwrap().life, 2);
    assert_eq!(store.mark().await.unwrap().offset, before.offset);
    let read = log(&store, room(1)).await;
    assert!(read.iter().all(|event| event.epoch.0 == 2));
    assert_eq!(
        read.iter().map(|event| event.id).collect::<Vec<_>>(),
        saved.iter().map(|event| event.id).collect::<Vec<_>>()
    );
    assert_eq!(store.search(search("lost")).await.unwrap(), []);
    make_group(&store, room(2), 1).await;
    assert_eq!(
        log(&store, room(2)).await[0].epoch.0,
        2,
        "the first life of this conversation was another one"
    );
    drop(store);

    assert_eq!(restore(&backup, &path, &mut |_, _| {}).unwrap().life, 3, "once more from the same backup");
    assert_eq!(log(&open(&path), room(1)).await[0].epoch.0, 3);
    assert_eq!(check(&path).problems, [""; 0]);
}

#[tokio::test]
async fn a_store_that_cannot_be_read_any_more_can_be_restored() {
    let (guard, path) = directory();
    let backup = guard.path().join("backup");
    live_through_a_day(&open(&path)).await;
    back_up(&path, &backup, &mut |_, _| {}).unwrap();
    std::fs::write(&path, "no database any more").unwrap();
    std::fs::write(path.with_extension("db-wal"), "nor a log").unwrap();
    let restored = restore(&backup, &path, &mut |_, _| {}).unwrap();
    assert_eq!(std::fs::read(restored.replaced.unwrap()).unwrap(), b"no database any more");
    assert_eq!(log(&open(&path), room(1)).await.len(), 19);
    std::fs::write(&backup, "no backup either").unwrap();
    assert!(restore(&backup, &path, &mut |_, _| {}).is_err());
    assert_eq!(log(&open(&path), room(1)).await.len(), 19, "a backup that is none changes nothing");
}

#[test]
fn a_database_from_a_newer_program_is_refused_in_words() {
    let (_guard, path) = directory();
    drop(open(&path));
    Connection::open(&path)
        .unwrap()
        .execute_batch("PRAGMA user_version = 99; UPDATE store SET compatible_from = 98")
        .unwrap();
    let refused = SqliteStore::open(&path, SqliteOptions::default()).unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 99, compatible_from: 98, .. }), "{refused:?}");
    assert!(refused.to_string().contains("newer Parlance"), "{refused}");
    assert!(pending_migrations(&path).is_err());
}

#[test]
fn another_programs_database_is_left_alone() {
    let (_guard, path) = directory();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (a)").unwrap();
    let refused = SqliteStore::open(&path, SqliteOptions::default()).unwrap_err();
    assert!(matches!(refused, OpenError::NotParlance(_)), "{refused:?}");
}

#[test]
fn what_a_start_would_change_is_said_before() {
    let (_guard, path) = directory();
    assert!(!pending_migrations(&path).unwrap().is_empty());
    assert!(!path.exists(), "asking makes nothing");
    drop(open(&path));
    assert_eq!(pending_migrations(&path).unwrap(), []);
}

#[tokio::test]
async fn a_database_of_the_program_before_is_brought_up_to_date() {
    let (_guard, path) = directory();
    let store = open(&path);
    live_through_a_day(&store).await;
    drop(store);
    make_first_schema(&path).unwrap();
    assert!(!pending_migrations(&path).unwrap().is_empty());
    say(&open(&path), room(1), "after").await;
    assert_eq!(check(&path).problems, [""; 0]);
}

/// Brings a database back to the first schema, with the rows it has.
fn make_first_schema(path: &Path) -> rusqlite::Result<()> {
    let newest = path.with_file_name("newest.db");
    std::fs::rename(path, &newest).unwrap();
    let first = Connection::open(path)?;
    first.execute_batch(include_str!("../src/sqlite/schema/0001_first.sql"))?;
    first.execute("ATTACH ?1 AS newest", [newest.to_str()])?;
    let application_id: i64 = first.pragma_query_value(Some("newest"), "application_id", |row| row.get(0))?;
    first.pragma_update(None, "application_id", application_id)?;
    first.pragma_update(None, "user_version", 1)?;
    let tables: Vec<(String, String)> = first
        .prepare(
            "SELECT t.name, group_concat(c.name) FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' GROUP BY t.name",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (table, columns) in tables {
        first.execute_batch(&format!(
            "DELETE FROM main.{table};
             INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newest.{table};"
        ))?;
    }
    Ok(())
}

#[test]
fn a_store_is_open_once() {
    let (_guard, path) = directory();
    let first = open(&path);
    let second = SqliteStore::open(&path, SqliteOptions::default()).unwrap_err();
    assert!(matches!(second, OpenError::InUse(_)), "{second:?}");
    drop(first);
    open(&path);
}

#[tokio::test]
async fn an_index_that_is_gone_or_damaged_or_of_another_life_is_made_again() {
    let (_guard, path) = directory();
    let index = path.with_file_name("parlance.db-search");
    live_through_a_day(&open(&path)).await;
    for damage in [
        "",
        "no database",
        "UPDATE standing SET life = 7",
        "UPDATE standing SET cursor = 1000000",
        "PRAGMA user_version = 99",
    ] {
        match damage {
            "" => std::fs::remove_file(&index).unwrap(),
            "no database" => std::fs::write(&index, damage).unwrap(),
            sql => Connection::open(&index).unwrap().execute_batch(sql).unwrap(),
        }
        let store = open(&path);
        assert_eq!(store.search(search("last")).await.unwrap().len(), 1, "{damage}");
        assert_eq!(store.search(search("secret")).await.unwrap(), [], "{damage}");
    }
}

#[tokio::test]
async fn in_a_quiet_moment_nothing_is_left_in_the_write_ahead_log() {
    let (_guard, path) = directory();
    let store = open(&path);
    live_through_a_day(&store).await;
    let wal = path.with_file_name("parlance.db-wal");
    assert!(std::fs::metadata(&wal).unwrap().len() > 0);
    let emptied = async {
        let mut looks = tokio::time::interval(Duration::from_millis(20));
        while std::fs::metadata(&wal).unwrap().len() > 0 {
            looks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), emptied).await.expect("an empty log");
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"secret"));
}

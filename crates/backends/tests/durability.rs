//! What was answered is there: after the process was killed, and after the disk was full.

mod support;

use parlance_backends::sqlite::{SqliteOptions, SqliteStore, maintenance::verify};
use parlance_hub::ports::{Append, AppendError, EventLog, StoreError};
use rusqlite::ErrorCode;
use std::{
    collections::HashMap,
    ffi::OsString,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};
use support::*;
use tokio::task::JoinSet;

const WRITERS: u128 = 8;

/// The variable that makes this test binary write until it is killed.
const VICTIM: &str = "PARLANCE_TEST_VICTIM";

/// Writes to the store that the variable names and says what was answered. Alone it has nothing to
/// do: it is a program that the test below runs and kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_victim_writes_until_it_is_killed() {
    let Some(path) = victims_store() else { return };
    let store = Arc::new(open(Path::new(&path)));
    let mut writers = JoinSet::new();
    for writer in 1..=WRITERS {
        let store = store.clone();
        writers.spawn(async move {
            let first = log(&store, room(writer)).await.len();
            for number in first.. {
                let text = format!("w{writer}-{number}");
                let post = append(room(writer), vec![message(&text)]);
                let event = store.append(Append { client_ref: reference(&text), ..post }).await.unwrap();
                let mut out = std::io::stdout().lock();
                writeln!(out, "answered {writer} {text} {}", event.events[0].seq).unwrap();
            }
        });
    }
    writers.join_all().await;
}

#[allow(
    clippy::disallowed_methods,
    reason = "the only way to tell a test of this binary which store is meant"
)]
fn victims_store() -> Option<OsString> {
    std::env::var_os(VICTIM)
}

/// Runs the victim until it has said so many answers, and kills it.
fn run_victim(path: &Path, answers: usize) -> Vec<String> {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_victim_writes_until_it_is_killed", "--nocapture"])
        .env(VICTIM, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let mut said: Vec<String> = Vec::new();
    while said.len() < answers {
        said.extend(lines.next().unwrap().ok().filter(|line| line.starts_with("answered")));
    }
    victim.kill().unwrap();
    // What was said between the last line that was read and the end counts too.
    said.extend(
        lines
            .map_while(Result::ok)
            .filter(|line| line.starts_with("answered") && line.split(' ').count() == 4),
    );
    victim.wait().unwrap();
    said
}

#[tokio::test]
async fn what_was_answered_before_a_kill_is_there_once_and_in_place() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("parlance.db");
    let store = open(&path);
    for writer in 1..=WRITERS {
        make_group(&store, room(writer), 2).await;
    }
    drop(store);
    let mut answered = Vec::new();
    for kill in 1..=12 {
        answered.extend(run_victim(&path, kill * 37 % 101));
    }
    let store = open(&path);
    for writer in 1..=WRITERS {
        let events = log(&store, room(writer)).await;
        let dense: Vec<u64> = (1..=events.len() as u64).collect();
        assert_eq!(events.iter().map(|event| event.seq.0).collect::<Vec<_>>(), dense);
        let mut places = HashMap::new();
        for event in &events {
            if let Some(client_ref) = &event.client_ref {
                let before = places.insert(client_ref.as_str().to_owned(), event.seq.0);
                assert_eq!(before, None, "{client_ref:?} stands there twice");
            }
        }
        for line in answered.iter().filter(|line| line.starts_with(&format!("answered {writer} "))) {
            let words: Vec<&str> = line.split(' ').collect();
            assert_eq!(places.get(words[2]).map(u64::to_string).as_deref(), Some(words[3]), "{line}");
        }
    }
    assert!(answered.len() > 500, "{}", answered.len());
    drop(store);
    assert_eq!(verify(&path, &mut |_, _| {}).unwrap().problems, [""; 0]);
}

#[tokio::test]
async fn a_full_disk_ends_the_store_and_loses_nothing_that_was_answered() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("parlance.db");
    let options = SqliteOptions { database_bytes_max: Some(600_000), ..SqliteOptions::default() };
    let store = SqliteStore::open(&path, options).unwrap();
    make_group(&store, room(1), 2).await;
    let failed = store.failed();
    let mut answered = Vec::new();
    let error = loop {
        match add(&store, room(1), message(&"x".repeat(1_000))).await {
            Ok(event) => answered.push(event.id),
            Err(error) => break error,
        }
        assert!(answered.len() < 10_000);
    };
    assert!(matches!(error, AppendError::Store(StoreError::Fatal(_))), "{error:?}");
    assert!(*failed.borrow());
    let after = add(&store, room(1), message("small")).await;
    assert!(matches!(after, Err(AppendError::Store(StoreError::Fatal(_)))), "{after:?}");
    assert_eq!(log(&store, room(1)).await.len(), answered.len() + 3, "what is there can still be read");
    drop(store);
    let store = open(&path);
    assert!(!*store.failed().borrow());
    let stored: Vec<_> = log(&store, room(1)).await[3..].iter().map(|event| event.id).collect();
    assert_eq!(stored, answered);
    say(&store, room(1), "goes on").await;
    drop(store);
    assert_eq!(verify(&path, &mut |_, _| {}).unwrap().problems, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_cannot_be_made_does_not_disturb_those_beside_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&directory.path().join("parlance.db")));
    make_group(&store, room(1), 2).await;
    let taken = append(room(1), vec![message("first")]);
    store.append(taken.clone()).await.unwrap();
    let mut tasks = JoinSet::new();
    for number in 0..100 {
        let (store, again) = (store.clone(), taken.clone());
        tasks.spawn(async move {
            if number % 10 == 0 {
                // The same event id in another append: nothing can be done about it.
                store.append(Append { client_ref: None, ..again }).await.is_err()
            } else {
                store.append(append(room(1), vec![message("beside")])).await.is_ok()
            }
        });
    }
    assert!(tasks.join_all().await.into_iter().all(|as_expected| as_expected));
    let seqs: Vec<u64> = log(&store, room(1)).await.iter().map(|event| event.seq.0).collect();
    assert_eq!(seqs, (1..=94).collect::<Vec<_>>());
    assert!(!*store.failed().borrow());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_instead_of_growing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("parlance.db");
    make_group(&open(&path), room(1), 2).await;
    let queue_wait = std::time::Duration::ZERO;
    let options = SqliteOptions { queue_jobs_max: 1, queue_wait, ..SqliteOptions::default() };
    let store = Arc::new(SqliteStore::open(path, options).unwrap());
    let mut tasks = JoinSet::new();
    for _ in 0..200 {
        let store = store.clone();
        tasks.spawn(async move { add(&store, room(1), message("hello")).await });
    }
    let mut stored = 0;
    for outcome in tasks.join_all().await {
        match outcome {
            Ok(_) => stored += 1,
            Err(error) => {
                assert!(matches!(error, AppendError::Store(StoreError::Unavailable(_))), "{error:?}");
            }
        }
    }
    assert!((1..200).contains(&stored), "{stored}");
    assert_eq!(log(&store, room(1)).await.len(), stored + 3);
}

const MOVES: usize = 40;

/// Moves the log into the database in every way there is, again and again.
fn move_the_log(path: &Path, moves: &AtomicUsize) {
    let connection = rusqlite::Connection::open(path).unwrap();
    while moves.fetch_add(1, Ordering::SeqCst) < MOVES {
        for mode in ["NOOP", "PASSIVE", "FULL", "RESTART", "TRUNCATE"] {
            let moved = connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()));
            let is_busy =
                |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy);
            assert!(moved.as_ref().err().is_none_or(is_busy), "{moved:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_read_while_the_log_is_moved_is_whole_and_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("parlance.db");
    let store = Arc::new(open(&path));
    make_group(&store, room(1), 2).await;
    let moves = Arc::new(AtomicUsize::new(0));
    let moved = moves.clone();
    let mover = std::thread::spawn(move || move_the_log(&path, &moved));
    let newest = Arc::new(AtomicU64::new(0));
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let (store, newest, moves) = (store.clone(), newest.clone(), moves.clone());
        writers.spawn(async move {
            for number in 1.. {
                newest.fetch_max(say(&store, room(1), "hello").await.seq.0, Ordering::SeqCst);
                if number >= MOVES && moves.load(Ordering::SeqCst) >= MOVES {
                    break;
                }
            }
        });
    }
    while !writers.is_empty() {
        let answered = newest.load(Ordering::SeqCst);
        let seqs: Vec<u64> = log(&store, room(1)).await.iter().map(|event| event.seq.0).collect();
        assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
        assert!(seqs.len() as u64 >= answered, "{answered} was answered before {} were read", seqs.len());
        while let Some(ended) = writers.try_join_next() {
            ended.unwrap();
        }
    }
    mover.join().unwrap();
}

use super::*;
use crate::model::{Action, OutboxEntry, OutboxState};
use parlance_api::{
    error::{ErrorCode, Problem},
    event::{Body, Content, Event, Message},
    ops,
};

fn event(seq: u64, words: &str) -> Event {
    let body = Body::Text { text: words.into(), mentions: Vec::new() };
    let message = Message {
        body,
        reply_to: None,
        thread: None,
        forwarded: None,
        sent_at: None,
        expires_at: None,
        poll: None,
        needs_acknowledgement: false,
    };
    Event {
        conversation: "c".into(),
        epoch: 1,
        seq,
        event_id: format!("e{seq}"),
        at: "2024-01-01T00:00:00.000Z".into(),
        sender: "juliet@localhost".into(),
        client_ref: None,
        content: Content::Message(message),
        fold: None,
    }
}

fn unsent(client_ref: &str, state: OutboxState) -> OutboxEntry {
    let body = Body::Text { text: client_ref.into(), mentions: Vec::new() };
    let action = Action::Send(ops::Send {
        conversation: "c".into(),
        client_ref: client_ref.into(),
        body,
        reply_to: None,
        thread: None,
        poll: None,
        needs_acknowledgement: false,
        forward: None,
    });
    OutboxEntry { client_ref: client_ref.into(), action, state, delays: 0 }
}

#[test]
fn unsent_messages_are_there_in_order_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.db");
    let failed = OutboxState::Failed { problem: Problem::new(ErrorCode::ConversationForbidden) };
    let entries = [unsent("b", OutboxState::Sending), unsent("a", failed), unsent("c", OutboxState::Queued)];
    let store = Store::open(&path).unwrap();
    entries.iter().for_each(|entry| store.save_outbox(entry).unwrap());
    store.save_outbox(&entries[0]).unwrap();
    // As after kill -9: nothing is closed, nothing is flushed.
    std::mem::forget(store);
    assert_eq!(Store::open(&path).unwrap().load_outbox().unwrap(), entries);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep").join("account.db");
    drop(Store::open(&path).unwrap());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn an_overwritten_event_leaves_nothing_of_its_words_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.db");
    let store = Store::open(&path).unwrap();
    store.save_event(&event(1, "canary-words")).unwrap();
    store.save_event(&Event { content: Content::Deleted {}, ..event(1, "") }).unwrap();
    store.database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(store);
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(12).any(|window| window == b"canary-words"));
}

#[test]
fn events_come_back_oldest_first() {
    let store = Store::in_memory().unwrap();
    (1..=9).rev().for_each(|seq| store.save_event(&event(seq, "x")).unwrap());
    let places = |events: Vec<Event>| events.iter().map(|event| event.seq).collect::<Vec<_>>();
    assert_eq!(places(store.load_events_before("c", u64::MAX, 3).unwrap()), [7, 8, 9]);
    assert_eq!(places(store.load_events_before("c", 3, 9).unwrap()), [1, 2]);
    assert_eq!(places(store.load_events_between("c", 4, 6).unwrap()), [4, 5, 6]);
    assert_eq!(store.load_newest_places().unwrap()["c"], 9);
}

#[test]
fn what_was_said_meanwhile_does_not_take_back_something_newer() {
    let store = Store::in_memory().unwrap();
    store.save_unsaid("c", &Unsaid::Read(4)).unwrap();
    store.save_unsaid("c", &Unsaid::Read(7)).unwrap();
    store.remove_unsaid("c", &Unsaid::Read(4)).unwrap();
    assert_eq!(store.load_unsaid().unwrap(), [("c".to_owned(), Unsaid::Read(7))]);
    store.remove_unsaid("c", &Unsaid::Read(7)).unwrap();
    assert!(store.load_unsaid().unwrap().is_empty());
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.db");
    Store::open(&path).unwrap().database.execute_batch("PRAGMA user_version = 99").unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::TooNew(99))));
}

#[test]
fn a_reset_keeps_what_is_not_sent() {
    let store = Store::in_memory().unwrap();
    store.save_event(&event(1, "x")).unwrap();
    store.save_mark("m").unwrap();
    store.save_outbox(&unsent("a", OutboxState::Queued)).unwrap();
    store.reset().unwrap();
    assert_eq!(store.load_mark().unwrap(), None);
    assert!(store.load_events_before("c", 9, 9).unwrap().is_empty());
    assert_eq!(store.load_outbox().unwrap().len(), 1);
}

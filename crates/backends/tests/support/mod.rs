//! People and conversations to try a store with.

#![allow(dead_code, reason = "each test file uses what it needs")]

use parlance_backends::sqlite::{SqliteOptions, SqliteStore};
use parlance_core::{
    body::Body,
    conversation::{Kind, Role, SettingsChange},
    event::{Content, Event, Message},
    id::{ClientRef, ConversationId, DeviceId, EventId, PrincipalId, Seq, UnixMillis},
};
use parlance_hub::ports::{Append, AppendError, Create, Directory, Draft, Entropy, EventLog, SystemEntropy};
use std::{path::Path, sync::Arc};
use uuid::Uuid;

pub(crate) const NOON: UnixMillis = UnixMillis(1_800_000_000_000);

pub(crate) fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, SqliteOptions::default()).unwrap()
}

pub(crate) fn person(number: u128) -> PrincipalId {
    PrincipalId(Uuid::from_u128(number))
}

pub(crate) fn room(number: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(1_000_000 + number))
}

pub(crate) fn message(text: &str) -> Content {
    Content::Message(Message::plain(Body::text(text)))
}

/// An append by the first person, with one device.
pub(crate) fn append(conversation: ConversationId, contents: Vec<Content>) -> Append {
    let draft = |content| Draft { id: EventId(SystemEntropy.uuid_v7(NOON)), content, extras: None };
    Append {
        conversation,
        create: None,
        rules_version: None,
        sender: person(1),
        device: Some(DeviceId(Uuid::from_u128(1))),
        client_ref: None,
        at: NOON,
        events: contents.into_iter().map(draft).collect(),
        work: Vec::new(),
    }
}

/// Makes a group of the first so many people.
pub(crate) async fn make_group(store: &SqliteStore, conversation: ConversationId, members: u128) {
    let domain = store.ensure_domain("test.example").await.unwrap();
    let members: Vec<_> = (1..=members).map(|number| (person(number), Role::Member)).collect();
    let founding = Kind::Group.founding(SettingsChange::default(), &members);
    let create = Some(Create::new(domain, Kind::Group));
    store.append(Append { create, ..append(conversation, founding) }).await.unwrap();
}

pub(crate) async fn add(
    store: &SqliteStore,
    conversation: ConversationId,
    content: Content,
) -> Result<Arc<Event>, AppendError> {
    let appended = store.append(append(conversation, vec![content])).await?;
    Ok(appended.events[0].clone())
}

pub(crate) async fn say(store: &SqliteStore, conversation: ConversationId, text: &str) -> Arc<Event> {
    add(store, conversation, message(text)).await.unwrap()
}

pub(crate) async fn log(store: &SqliteStore, conversation: ConversationId) -> Vec<Arc<Event>> {
    store.read_after(conversation, Seq::ZERO, usize::MAX >> 1).await.unwrap()
}

pub(crate) fn reference(text: &str) -> Option<ClientRef> {
    ClientRef::new(text)
}

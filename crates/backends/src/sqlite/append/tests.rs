use super::AppendJob;
use crate::sqlite::{
    heads::Heads,
    job::{Batch, Job},
    open, schema,
};
use parlance_core::{
    body::Body,
    conversation::{Kind, Role, SettingsChange},
    event::{Content, Message},
    id::{ConversationId, DeviceId, DomainId, EventId, PrincipalId, UnixMillis},
};
use parlance_hub::ports::{Append, Create, Draft, Entropy, SystemEntropy};
use rusqlite::{
    Connection,
    trace::{TraceEvent, TraceEventCodes},
};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;
use uuid::Uuid;

fn person(number: u128) -> PrincipalId {
    PrincipalId(Uuid::from_u128(number))
}

fn append(contents: Vec<Content>, create: Option<Create>) -> Append {
    let at = UnixMillis(1_800_000_000_000);
    let draft = |content| Draft { id: EventId(SystemEntropy.uuid_v7(at)), content, extras: None };
    Append {
        conversation: ConversationId(Uuid::from_u128(1)),
        create,
        rules_version: None,
        sender: person(1),
        device: Some(DeviceId(Uuid::from_u128(1))),
        client_ref: parlance_core::id::ClientRef::new(&Uuid::from_u128(contents.len() as u128).to_string()),
        at,
        events: contents.into_iter().map(draft).collect(),
        work: Vec::new(),
    }
}

/// Runs an append in a transaction of its own, with nothing known before.
fn run(connection: &mut Connection, append: Append, next_offset: &mut u64) {
    let transaction = connection.transaction().unwrap();
    let mut heads = Heads::default();
    let mut batch = Batch { connection: &transaction, heads: &mut heads, next_offset };
    let mut job = AppendJob::new(append, oneshot::channel().0).unwrap();
    job.run(&mut batch).unwrap();
    assert!(job.outcome.is_some_and(|outcome| outcome.is_ok()));
    heads.flush(&transaction).unwrap();
    transaction.commit().unwrap();
}

/// The statements and the changed rows of one post to a group of so many.
fn cost(members: u128) -> (Vec<String>, u64) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("parlance.db");
    let mut connection = open::writer(&path).unwrap();
    schema::migrate(&mut connection, &path).unwrap();
    let members: Vec<_> = (1..=members).map(|number| (person(number), Role::Member)).collect();
    let founding = Kind::Group.founding(SettingsChange::default(), &members);
    let mut next_offset = 1;
    let create = Some(Create::new(DomainId(1), Kind::Group));
    run(&mut connection, append(founding, create), &mut next_offset);
    let statements = Arc::new(Mutex::new(Vec::new()));
    let seen = statements.clone();
    connection
        .trace_v2(
            TraceEventCodes::SQLITE_TRACE_STMT,
            Some(move |event: TraceEvent<'_>| {
                if let TraceEvent::Stmt(statement, _) = event {
                    seen.lock().unwrap().push(statement.sql().into_owned());
                }
            }),
        )
        .unwrap();
    let before = connection.total_changes();
    run(
        &mut connection,
        append(vec![Content::Message(Message::plain(Body::text("hello")))], None),
        &mut next_offset,
    );
    let changes = connection.total_changes() - before;
    let statements = statements.lock().unwrap().clone();
    (statements, changes)
}

#[test]
fn posting_to_five_hundred_costs_what_posting_to_two_costs() {
    let (statements, changes) = cost(2);
    assert_eq!(cost(500), (statements.clone(), changes));
    // BEGIN, head, reference, event, head, COMMIT: one row for the event and one for the conversation.
    assert_eq!((statements.len(), changes), (6, 2), "{statements:#?}");
}

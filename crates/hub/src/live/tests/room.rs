use super::conversation;
use crate::live::room::{Room, Tail};
use parlance_core::{
    body::Body,
    conversation::{Kind, State},
    event::{Content, Event, Message, Offset, Target},
    id::{DomainId, Epoch, EventId, PrincipalId, Seq, UnixMillis},
};
use std::sync::Arc;
use uuid::Uuid;

fn room() -> Room {
    Room::new(State::new(conversation(1), DomainId(1), Kind::Group, Epoch(1)))
}

fn id(seq: u64) -> EventId {
    EventId(Uuid::from_u128(u128::from(seq)))
}

fn event(seq: u64, content: Content) -> Arc<Event> {
    Arc::new(Event {
        conversation: conversation(1),
        epoch: Epoch(1),
        seq: Seq(seq),
        id: id(seq),
        sender: PrincipalId(Uuid::nil()),
        device: None,
        client_ref: None,
        at: UnixMillis(seq),
        content,
        extras: None,
        offset: Offset(10 * seq),
    })
}

fn message(seq: u64) -> Arc<Event> {
    event(seq, Content::Message(Message::plain(Body::text(format!("message {seq}")))))
}

fn seqs_after(room: &Room, cursor: u64) -> Option<Vec<u64>> {
    match room.after(Seq(cursor), usize::MAX) {
        Tail::Events(entries) => Some(entries.iter().map(|entry| entry.event.seq.0).collect()),
        Tail::TooOld => None,
    }
}

#[test]
fn what_comes_too_early_waits_for_what_comes_before_it() {
    let room = room();
    room.offer(message(3));
    room.offer(message(2));
    assert_eq!(seqs_after(&room, 0), Some(vec![]));
    room.offer(message(1));
    assert_eq!(seqs_after(&room, 0), Some(vec![1, 2, 3]));
    assert_eq!(seqs_after(&room, 2), Some(vec![3]));
}

#[test]
fn what_is_known_is_ignored() {
    let room = room();
    (1..=2).for_each(|seq| room.offer(message(seq)));
    (1..=2).for_each(|seq| room.offer(message(seq)));
    assert_eq!(seqs_after(&room, 0), Some(vec![1, 2]));
}

#[test]
fn memory_keeps_the_newest_events_and_says_when_it_does_not_reach_back() {
    let room = room();
    (1..=200).for_each(|seq| room.offer(message(seq)));
    assert_eq!(seqs_after(&room, 0), None);
    assert_eq!(seqs_after(&room, 71), None);
    assert_eq!(seqs_after(&room, 72).map(|seqs| seqs.len()), Some(128));
}

#[test]
fn an_offset_is_found_as_far_back_as_memory_reaches() {
    let room = room();
    (1..=3).for_each(|seq| room.offer(message(seq)));
    let at = |offset| room.seq_at(Offset(offset));
    assert_eq!([at(9), at(10), at(25), at(99)], [None, Some(Seq(1)), Some(Seq(2)), Some(Seq(3))]);
}

#[test]
fn what_was_deleted_is_gone_from_memory_too() {
    let room = room();
    let target = Target { seq: Seq(1), id: id(1) };
    room.offer(message(1));
    room.offer(event(2, Content::Edit { target, body: Body::text("better"), expires_at: None }));
    room.offer(event(3, Content::Delete { target }));
    let Tail::Events(entries) = room.after(Seq(0), usize::MAX) else { panic!("memory reaches back") };
    assert_eq!(entries[0].event.content, Content::Deleted);
    assert_eq!(entries[1].event.content, Content::Deleted);
}

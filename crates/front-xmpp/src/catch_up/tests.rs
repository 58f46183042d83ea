use super::CatchingUp;
use parlance_core::{
    event::{Content, Event, Offset},
    id::{ConversationId, Epoch, EventId, PrincipalId, Seq, UnixMillis},
};
use uuid::Uuid;

const TALK: ConversationId = ConversationId(Uuid::from_u128(1));

fn event(seq: u64) -> Event {
    Event {
        conversation: TALK,
        epoch: Epoch(1),
        seq: Seq(seq),
        id: EventId(Uuid::from_u128(u128::from(seq))),
        sender: PrincipalId(Uuid::nil()),
        device: None,
        client_ref: None,
        at: UnixMillis(seq),
        content: Content::Deleted,
        extras: None,
        offset: Offset(10 * seq),
    }
}

#[test]
fn what_was_told_from_the_log_is_not_told_live_even_when_its_news_come_late() {
    let mut catching_up = CatchingUp::default();
    catching_up.begin();
    catching_up.note(Seq(2), &event(5));
    assert_eq!(catching_up.take_missed(), []);
    catching_up.forget(Offset(40));
    assert!(catching_up.covers(&event(5), true), "its news come only now");
    assert!(!catching_up.covers(&event(6), true));
    catching_up.forget(Offset(50));
    assert!(catching_up.told.is_empty());
}

#[test]
fn what_another_device_has_received_meanwhile_is_told_all_the_same() {
    let mut catching_up = CatchingUp::default();
    catching_up.begin();
    assert!(catching_up.covers(&event(3), true), "it waits");
    catching_up.note(Seq(3), &event(4));
    assert_eq!(catching_up.take_missed(), [(TALK, Seq(2))]);
    catching_up.note(Seq(2), &event(3));
    assert_eq!(catching_up.take_missed(), []);
    for seq in [3, 4] {
        assert!(catching_up.covers(&event(seq), true), "{seq}");
    }
}

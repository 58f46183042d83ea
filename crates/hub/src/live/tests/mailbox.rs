use super::conversation;
use crate::live::{
    CloseReason, News, Signal,
    mailbox::{Cursor, Mailbox},
};
use parlance_core::{
    event::Offset,
    id::{DeviceId, PrincipalId, Seq},
};
use uuid::Uuid;

fn mailbox() -> Mailbox {
    let mailbox = Mailbox::new();
    mailbox.begin(Offset(10));
    mailbox
}

fn typing(number: u128, active: bool) -> Signal {
    let (who, device) = (PrincipalId(Uuid::nil()), DeviceId(Uuid::nil()));
    Signal::Typing { conversation: conversation(number), who, device, active }
}

fn sent(mailbox: &Mailbox, seq: u64, offset: u64) {
    let cursor = Cursor { seq: Seq(seq), offset: Offset(offset) };
    mailbox.sent(conversation(1), cursor, false);
}

#[test]
fn closing_comes_before_signals_and_signals_before_news() {
    let mailbox = mailbox();
    mailbox.news(conversation(1));
    mailbox.signal(typing(1, true));
    assert_eq!(mailbox.take(), Some(News::Signal(typing(1, true))));
    assert_eq!(mailbox.take(), Some(News::Conversation(conversation(1))));
    assert_eq!(mailbox.take(), None);
    mailbox.news(conversation(1));
    mailbox.close(CloseReason::Draining);
    assert_eq!(mailbox.take(), Some(News::Closed(CloseReason::Draining)));
}

#[test]
fn a_conversation_waits_once_however_much_happens_in_it() {
    let mailbox = mailbox();
    (0..5).for_each(|_| mailbox.news(conversation(1)));
    mailbox.news(conversation(2));
    assert_eq!(mailbox.take(), Some(News::Conversation(conversation(1))));
    assert_eq!(mailbox.take(), Some(News::Conversation(conversation(2))));
    assert_eq!(mailbox.take(), None);
}

#[test]
fn a_newer_signal_takes_the_place_of_the_older_and_the_oldest_are_dropped() {
    let mailbox = mailbox();
    mailbox.signal(typing(1, true));
    mailbox.signal(typing(1, false));
    assert_eq!(mailbox.take(), Some(News::Signal(typing(1, false))));
    (0..300).for_each(|number| mailbox.signal(typing(number, true)));
    assert_eq!(mailbox.take(), Some(News::Signal(typing(44, true))));
}

#[test]
fn a_mark_is_given_when_nothing_waits() {
    let mailbox = mailbox();
    mailbox.news(conversation(1));
    mailbox.swept(Offset(20));
    assert_eq!(mailbox.take(), Some(News::Conversation(conversation(1))));
    sent(&mailbox, 3, 15);
    assert_eq!(mailbox.take(), Some(News::Mark(Offset(20))));
    assert_eq!((mailbox.floor(), mailbox.cursor(conversation(1))), (Offset(20), None));
    assert_eq!(mailbox.take(), None);
}

#[test]
fn what_was_sent_beyond_the_mark_is_remembered() {
    let mailbox = mailbox();
    sent(&mailbox, 3, 25);
    mailbox.swept(Offset(20));
    assert_eq!(mailbox.take(), Some(News::Mark(Offset(20))));
    assert_eq!(mailbox.cursor(conversation(1)).map(|cursor| cursor.seq), Some(Seq(3)));
    mailbox.swept(Offset(25));
    assert_eq!(mailbox.take(), Some(News::Mark(Offset(25))));
    assert_eq!(mailbox.cursor(conversation(1)), None);
}

#[test]
fn who_has_no_news_follows_the_sweep_silently() {
    let mailbox = mailbox();
    mailbox.swept(Offset(20));
    assert_eq!(mailbox.take(), None);
    assert_eq!(mailbox.floor(), Offset(20));
}

#[test]
fn one_sweep_gives_one_mark_however_much_is_sent_before_the_next() {
    let mailbox = mailbox();
    sent(&mailbox, 3, 15);
    mailbox.swept(Offset(20));
    assert_eq!(mailbox.take(), Some(News::Mark(Offset(20))));
    sent(&mailbox, 4, 25);
    assert_eq!(mailbox.take(), None);
    mailbox.swept(Offset(25));
    assert_eq!(mailbox.take(), Some(News::Mark(Offset(25))));
}

#[test]
fn a_connection_whose_client_came_back_goes_on_unless_it_was_ended_for_good() {
    let mailbox = Mailbox::new();
    mailbox.close(CloseReason::Superseded);
    assert_eq!(mailbox.take(), Some(News::Closed(CloseReason::Superseded)));
    mailbox.reopen();
    assert_eq!(mailbox.take(), None);
    mailbox.close(CloseReason::Superseded);
    mailbox.close(CloseReason::Revoked);
    mailbox.reopen();
    assert_eq!(mailbox.take(), Some(News::Closed(CloseReason::Revoked)));
}

#[tokio::test]
async fn a_closing_that_was_taken_back_closes_nothing_later() {
    let mailbox = Mailbox::new();
    mailbox.close(CloseReason::Superseded);
    mailbox.reopen();
    let mut waiting = std::pin::pin!(mailbox.wait_for_closing());
    assert!(futures_util::future::poll_immediate(&mut waiting).await.is_none());
    mailbox.close(CloseReason::Revoked);
    waiting.await;
}

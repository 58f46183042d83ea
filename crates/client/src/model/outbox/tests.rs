use super::*;
use parlance_api::error::ErrorCode;

fn message(conversation: &str, text: &str) -> Action {
    Action::Send(ops::Send {
        conversation: conversation.into(),
        client_ref: text.into(),
        body: Body::Text { text: text.into(), mentions: Vec::new() },
        reply_to: None,
        thread: None,
        poll: None,
        needs_acknowledgement: false,
        forward: None,
    })
}

fn outbox(messages: &[(&str, &str)]) -> Outbox {
    let mut outbox = Outbox::default();
    for (conversation, text) in messages {
        outbox.push((*text).into(), message(conversation, text));
    }
    outbox
}

fn done(seq: u64) -> Verdict {
    Verdict::Done(ops::Sent {
        event_id: format!("e{seq}"),
        epoch: 1,
        seq,
        at: "2024-01-01T00:00:00.000Z".into(),
    })
}

#[test]
fn one_message_per_conversation_is_on_its_way() {
    let mut outbox = outbox(&[("a", "a1"), ("a", "a2"), ("b", "b1")]);
    assert_eq!(outbox.due(0), ["a1", "b1"]);
    outbox.begin("a1");
    assert_eq!(outbox.due(0), ["b1"]);
    outbox.settle("a1", &done(1), 0);
    assert_eq!(outbox.due(0), ["a2", "b1"]);
}

#[test]
fn a_lost_answer_means_trying_the_same_again_first() {
    let mut outbox = outbox(&[("a", "a1"), ("a", "a2")]);
    outbox.begin("a1");
    outbox.settle("a1", &Verdict::Unknown, 0);
    assert_eq!(outbox.due(0), ["a1"]);
}

#[test]
fn a_refusal_for_good_steps_aside_with_its_reason_until_retried() {
    let mut outbox = outbox(&[("a", "a1"), ("a", "a2")]);
    outbox.begin("a1");
    outbox.settle("a1", &Verdict::Refused(ErrorCode::ConversationForbidden.into()), 0);
    assert!(matches!(&outbox.find("a1").unwrap().state,
        OutboxState::Failed { problem } if problem.code == "conversation.forbidden"));
    assert_eq!(outbox.due(0), ["a2"]);
    assert!(outbox.retry("a1"));
    assert_eq!(outbox.due(0), ["a1"]);
}

#[test]
fn patience_lasts_as_long_as_the_server_says_and_holds_back_what_follows() {
    let mut outbox = outbox(&[("a", "a1"), ("a", "a2")]);
    outbox.begin("a1");
    let problem = Problem::new(ErrorCode::ConversationSlowMode).with_retry_after_ms(4_000);
    outbox.settle("a1", &Verdict::Refused(problem), 1_000);
    assert!(outbox.due(4_999).is_empty());
    assert_eq!(outbox.next_due_ms(), Some(5_000));
    assert_eq!(outbox.due(5_000), ["a1"]);
}

#[test]
fn waits_without_advice_grow_up_to_a_bound() {
    let mut outbox = outbox(&[("a", "a1")]);
    let waits: Vec<u64> = (0..12)
        .map(|_| {
            outbox.begin("a1");
            outbox.settle("a1", &Verdict::Refused(ErrorCode::ServerUnavailable.into()), 0);
            outbox.next_due_ms().unwrap()
        })
        .collect();
    assert_eq!(waits[..3], [500, 1_000, 2_000]);
    assert_eq!(waits[11], WAIT_MAX_MS);
}

#[test]
fn what_an_earlier_run_was_sending_is_queued_again_in_the_same_order() {
    let mut before = outbox(&[("a", "a1"), ("a", "a2")]);
    before.begin("a1");
    let after = Outbox::restore(before.entries().to_vec());
    assert_eq!(after.due(0), ["a1"]);
    assert_eq!(after.entries()[1].client_ref, "a2");
}

use proptest::prelude::*;

use super::*;
use crate::{Framed, Limits, StanzaCondition};

const LIMITS: SmLimits = SmLimits { stanzas_max: 4, bytes_max: 40, request_stanzas: 2, request_bytes: 25 };

fn with(stanzas: u32) -> StreamManagement<u32> {
    let mut sm = StreamManagement::new(LIMITS);
    (0..stanzas).for_each(|tag| sm.push(Bytes::from_static(b"<a/>"), tag).unwrap());
    sm
}

fn tags(sm: &StreamManagement<u32>) -> Vec<u32> {
    sm.waiting().map(|(_, tag)| *tag).collect()
}

#[test]
fn what_is_acknowledged_is_told_and_forgotten() {
    let mut sm = with(3);
    assert_eq!((sm.sent(), sm.waiting_bytes()), (3, 12));
    assert_eq!(sm.acknowledge(2), Ok(vec![0, 1]));
    assert_eq!(sm.acknowledge(2), Ok(vec![]));
    assert_eq!((sm.sent(), sm.acknowledged(), sm.waiting_bytes(), tags(&sm)), (3, 2, 4, vec![2]));
}

#[test]
fn acknowledging_too_much_or_less_than_before_is_an_error_that_changes_nothing() {
    let mut sm = with(3);
    assert_eq!(sm.acknowledge(4), Err(AckError { h: 4, sent: 3 }));
    sm.acknowledge(2).unwrap();
    assert_eq!(sm.acknowledge(1), Err(AckError { h: 1, sent: 3 }));
    assert_eq!(tags(&sm), [2]);
    let mut out = String::new();
    AckError { h: 10, sent: 8 }.write(OnStream::Default(ns::CLIENT), &mut out);
    assert_eq!(
        out,
        "<stream:error><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
         <text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>\
         the peer acknowledged 10 stanzas and was sent 8</text>\
         <handled-count-too-high xmlns='urn:xmpp:sm:3' h='10' send-count='8'/></stream:error>"
    );
}

#[test]
fn counters_wrap_at_2_to_the_32() {
    let waiting = (0..3).map(|tag| (Bytes::from_static(b"<a/>"), tag));
    let mut sm = StreamManagement::restore(LIMITS, u32::MAX, u32::MAX - 1, waiting);
    sm.count_handled();
    assert_eq!((sm.handled(), sm.sent()), (0, 1));
    assert_eq!(sm.acknowledge(0), Ok(vec![0, 1]));
    assert_eq!(sm.acknowledge(2), Err(AckError { h: 2, sent: 1 }));
    assert_eq!(sm.acknowledge(1), Ok(vec![2]));
}

#[test]
fn the_queue_is_bounded_by_count_and_by_bytes() {
    let mut sm = with(4);
    assert_eq!(sm.push(Bytes::from_static(b"<a/>"), 9), Err(QueueFull));
    assert_eq!((sm.sent(), tags(&sm)), (4, vec![0, 1, 2, 3]));
    sm.acknowledge(4).unwrap();
    assert_eq!(sm.push(Bytes::from(vec![0; 41]), 9), Err(QueueFull));
    assert_eq!(sm.push(Bytes::from(vec![0; 40]), 4), Ok(()));
    assert_eq!(sm.push(Bytes::from_static(b"<"), 9), Err(QueueFull));
}

#[test]
fn an_acknowledgement_is_asked_for_when_enough_was_sent_and_once_at_a_time() {
    let mut sm = with(1);
    assert!(!sm.wants_request());
    sm.push(Bytes::from_static(b"<b/>"), 1).unwrap();
    assert!(sm.wants_request());
    sm.requested();
    sm.push(Bytes::from(vec![0; 26]), 2).unwrap();
    assert!(!sm.wants_request() && sm.is_requested());
    sm.acknowledge(2).unwrap();
    assert!(sm.wants_request() && !sm.is_requested());
    sm.acknowledge(3).unwrap();
    assert!(!sm.wants_request());
}

#[test]
fn a_resumed_stream_sends_again_what_was_not_handled() {
    let mut sm = with(3);
    sm.requested();
    sm.count_handled();
    assert_eq!(sm.clone().resume(4), Err(AckError { h: 4, sent: 3 }));
    assert_eq!(sm.resume(1), Ok(vec![0]));
    assert_eq!((tags(&sm), sm.handled()), (vec![1, 2], 1));
    assert!(sm.wants_request());
    let waiting = sm.waiting().cloned();
    let mut elsewhere = StreamManagement::restore(LIMITS, sm.handled(), sm.acknowledged(), waiting);
    assert_eq!(elsewhere.resume(3), Ok(vec![1, 2]));
}

fn read(element: &str) -> Option<Result<Command, CommandError>> {
    let mut framed = Framed::new(Limits::default());
    let stanza = framed.read(element.as_bytes()).unwrap();
    let command = Command::read(&stanza);
    assert_eq!(Command::of_element(&stanza.parse()), command);
    command
}

fn sm(element: &str) -> Result<Command, CommandError> {
    read(&element.replace("%", "xmlns='urn:xmpp:sm:3'")).unwrap()
}

#[test]
fn elements_are_read_as_the_schema_says() {
    assert_eq!(sm("<enable %/>"), Ok(Command::Enable { resume: false, max_seconds: None }));
    assert_eq!(
        sm("<enable % resume='1' max='60'/>"),
        Ok(Command::Enable { resume: true, max_seconds: Some(60) })
    );
    assert_eq!(sm("<resume % h='3' previd='a'/>"), Ok(Command::Resume { h: 3, previd: "a".into() }));
    assert_eq!(sm("<r %/>"), Ok(Command::Request));
    assert_eq!(sm("<a % h='4294967295'/>"), Ok(Command::Answer { h: u32::MAX }));
    assert_eq!(sm("<enabled % id='x' resume='true'/>"), Ok(Command::Enabled { id: Some("x".into()) }));
    assert_eq!(sm("<resumed % h='0' previd='a'/>"), Ok(Command::Resumed { h: 0, previd: "a".into() }));
    assert_eq!(sm("<failed % h='1'/>"), Ok(Command::Failed { h: Some(1) }));
    for wrong in [
        "<a %/>",
        "<a % h='4294967296'/>",
        "<a % h='-1'/>",
        "<a % h=''/>",
        "<enable % resume='yes'/>",
        "<enable % max='x'/>",
        "<resume % h='1'/>",
        "<resume % previd='1'/>",
        "<x %/>",
    ] {
        assert_eq!(sm(wrong), Err(CommandError), "{wrong}");
    }
    assert_eq!(read("<r xmlns='urn:xmpp:sm:2'/>"), None);
}

fn written(write: impl FnOnce(&mut Writer<'_>)) -> String {
    let mut xml = Writer::new();
    write(&mut xml);
    xml.finish()
}

#[test]
fn the_server_answers_as_in_the_examples() {
    let enabled = Enabled { id: Some("x"), max_seconds: Some(300), location: Some("[::1]:5222") };
    assert_eq!(
        written(|xml| enabled.write(xml)),
        "<enabled xmlns='urn:xmpp:sm:3' id='x' resume='true' max='300' location='[::1]:5222'/>"
    );
    assert_eq!(written(|xml| Enabled::default().write(xml)), "<enabled xmlns='urn:xmpp:sm:3'/>");
    assert_eq!(
        written(|xml| write_resumed(7, "x", xml)),
        "<resumed xmlns='urn:xmpp:sm:3' h='7' previd='x'/>"
    );
    assert_eq!(
        written(|xml| write_failed(StanzaCondition::ItemNotFound, Some(2), xml)),
        "<failed xmlns='urn:xmpp:sm:3' h='2'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"
    );
    let mut out = String::new();
    Command::write_request(&mut out);
    Command::write_answer(5, &mut out);
    assert_eq!(out, "<r xmlns='urn:xmpp:sm:3'/><a xmlns='urn:xmpp:sm:3' h='5'/>");
}

proptest! {
    /// Whatever two peers do, the sender knows what arrived: each tag is told once and in order, and what
    /// is left is what the receiver has not handled.
    #[test]
    fn nothing_is_lost_or_told_twice(steps in prop::collection::vec(0_u8..4, 0..200), start: u32) {
        let mut sender = StreamManagement::restore(LIMITS, 0, start, []);
        let mut receiver = StreamManagement::<()>::restore(LIMITS, start, 0, []);
        let (mut next, mut told) = (0_u32, Vec::new());
        for step in steps {
            match step {
                0 | 1 if sender.push(Bytes::from_static(b"<a/>"), next).is_ok() => {
                    next += 1;
                    if step == 0 {
                        receiver.count_handled();
                    }
                }
                2 => told.extend(sender.acknowledge(receiver.handled()).unwrap()),
                3 => told.extend(sender.resume(receiver.handled()).unwrap()),
                _ => {}
            }
        }
        prop_assert!(told.iter().copied().eq(0..told.len() as u32));
        prop_assert_eq!(sender.sent(), start.wrapping_add(next));
        prop_assert!(tags(&sender).into_iter().eq(told.len() as u32..next));
    }
}

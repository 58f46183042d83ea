use super::{
    Direction::{Granted, None, Pending},
    Request::{Subscribe, Subscribed, Unsubscribe, Unsubscribed},
    *,
};

/// The nine states, in the order and with the words of the tables.
const STATES: [&str; 9] =
    ["None", "None+PO", "None+PI", "None+PO+PI", "To", "To+PI", "From", "From+PO", "Both"];

fn state(words: &str) -> Subscription {
    let has = |word: &str| words.split('+').any(|part| part == word);
    let direction = |granted: &str, pending: &str| match (has(granted) || has("Both"), has(pending)) {
        (true, _) => Granted,
        (false, true) => Pending,
        (false, false) => None,
    };
    Subscription { outgoing: direction("To", "PO"), incoming: direction("From", "PI"), is_approved: false }
}

/// One table: for each state whether the request passes, and the new state where it changes.
type Table = [(bool, Option<&'static str>); 9];

fn check(name: &str, table: Table, step: impl Fn(Subscription) -> Step) {
    for (before, (passes, after)) in STATES.into_iter().zip(table) {
        let step = step(state(before));
        assert_eq!(step.passes, passes, "{name} in {before}");
        let expected = state(after.unwrap_or(before));
        assert_eq!(
            (step.after.outgoing, step.after.incoming),
            (expected.outgoing, expected.incoming),
            "{name} in {before}"
        );
    }
}

#[test]
fn who_asks_follows_table_a_2_1() {
    let table = [
        (true, Some("None+PO")),
        (true, Option::None),
        (true, Some("None+PO+PI")),
        (true, Option::None),
        (true, Option::None),
        (true, Option::None),
        (true, Some("From+PO")),
        (true, Option::None),
        (true, Option::None),
    ];
    check("outbound subscribe", table, |state| state.outbound(Subscribe));
}

#[test]
fn who_no_longer_wants_it_follows_table_a_2_2() {
    let table = [
        (true, Option::None),
        (true, Some("None")),
        (true, Option::None),
        (true, Some("None+PI")),
        (true, Some("None")),
        (true, Some("None+PI")),
        (true, Option::None),
        (true, Some("From")),
        (true, Some("From")),
    ];
    check("outbound unsubscribe", table, |state| state.outbound(Unsubscribe));
}

#[test]
fn who_grants_it_follows_table_a_2_3() {
    let table = [
        (false, Option::None),
        (false, Option::None),
        (true, Some("From")),
        (true, Some("From+PO")),
        (false, Option::None),
        (true, Some("Both")),
        (false, Option::None),
        (false, Option::None),
        (false, Option::None),
    ];
    check("outbound subscribed", table, |state| state.outbound(Subscribed));
}

#[test]
fn who_refuses_it_follows_table_a_2_4() {
    let table = [
        (false, Option::None),
        (false, Option::None),
        (true, Some("None")),
        (true, Some("None+PO")),
        (false, Option::None),
        (true, Some("To")),
        (true, Some("None")),
        (true, Some("None+PO")),
        (true, Some("To")),
    ];
    check("outbound unsubscribed", table, |state| state.outbound(Unsubscribed));
}

#[test]
fn who_is_asked_follows_table_a_3_1() {
    let table = [
        (true, Some("None+PI")),
        (true, Some("None+PO+PI")),
        (false, Option::None),
        (false, Option::None),
        (true, Some("To+PI")),
        (false, Option::None),
        (false, Option::None),
        (false, Option::None),
        (false, Option::None),
    ];
    check("inbound subscribe", table, |state| state.inbound(Subscribe));
}

#[test]
fn whose_presence_is_no_longer_wanted_follows_table_a_3_2() {
    let table = [
        (false, Option::None),
        (false, Option::None),
        (true, Some("None")),
        (true, Some("None+PO")),
        (false, Option::None),
        (true, Some("To")),
        (true, Some("None")),
        (true, Some("None+PO")),
        (true, Some("To")),
    ];
    check("inbound unsubscribe", table, |state| state.inbound(Unsubscribe));
}

#[test]
fn to_whom_it_is_granted_follows_table_a_3_3() {
    let table = [
        (false, Option::None),
        (true, Some("To")),
        (false, Option::None),
        (true, Some("To+PI")),
        (false, Option::None),
        (false, Option::None),
        (false, Option::None),
        (true, Some("Both")),
        (false, Option::None),
    ];
    check("inbound subscribed", table, |state| state.inbound(Subscribed));
}

#[test]
fn to_whom_it_is_refused_follows_table_a_3_4() {
    let table = [
        (false, Option::None),
        (true, Some("None")),
        (false, Option::None),
        (true, Some("None+PI")),
        (true, Some("None")),
        (true, Some("None+PI")),
        (false, Option::None),
        (true, Some("From")),
        (true, Some("From")),
    ];
    check("inbound unsubscribed", table, |state| state.inbound(Unsubscribed));
}

#[test]
fn what_was_approved_before_it_was_asked_for_is_granted_at_once() {
    for before in ["None", "None+PO", "To"] {
        let approved = state(before).outbound(Subscribed);
        assert!(approved.after.is_approved && approved.is_pushed && !approved.passes, "{before}");
        let asked = approved.after.inbound(Subscribe);
        assert_eq!(asked.after.incoming, Granted, "{before}");
        assert!(asked.is_answered && asked.is_pushed && !asked.passes, "{before}");
        let taken_back = approved.after.outbound(Unsubscribed);
        assert!(!taken_back.after.is_approved && taken_back.is_pushed && !taken_back.passes, "{before}");
        assert!(taken_back.after.inbound(Subscribe).passes, "{before}");
    }
}

#[test]
fn who_asks_for_what_they_have_is_answered_by_the_server() {
    for (before, is_answered) in
        [("None", false), ("None+PI", false), ("From", true), ("From+PO", true), ("Both", true)]
    {
        assert_eq!(state(before).inbound(Subscribe).is_answered, is_answered, "{before}");
    }
}

#[test]
fn devices_are_told_what_they_are_shown_and_not_of_requests_that_wait() {
    assert!(!state("None").inbound(Subscribe).is_pushed);
    assert!(!state("None+PI").outbound(Unsubscribed).is_pushed);
    assert!(state("None").outbound(Subscribe).is_pushed);
    assert!(!state("None+PO").outbound(Subscribe).is_pushed);
    assert!(state("None+PI").outbound(Subscribed).is_pushed);
    assert!(state("None+PO").inbound(Subscribed).is_pushed);
    assert!(state("Both").inbound(Unsubscribe).is_pushed);
    assert!(!state("None+PI").is_shown() && state("None+PO").is_shown() && state("From").is_shown());
}

#[test]
fn two_sides_agree_after_every_exchange() {
    let says = |one: &mut Subscription, other: &mut Subscription, request| {
        let sent = one.outbound(request);
        *one = sent.after;
        if sent.passes {
            let received = other.inbound(request);
            *other = received.after;
            if received.is_answered {
                *one = one.inbound(Subscribed).after;
            }
        }
    };
    let agree = |one: Subscription, other: Subscription| {
        one.outgoing == other.incoming && one.incoming == other.outgoing
    };
    let requests = [Subscribe, Subscribed, Unsubscribe, Unsubscribed];
    for number in 0..8_usize.pow(4) {
        let (mut romeo, mut juliet) = (Subscription::default(), Subscription::default());
        for step in 0..4 {
            let choice = number / 8_usize.pow(step) % 8;
            let request = requests[choice / 2];
            match choice % 2 {
                0 => says(&mut romeo, &mut juliet, request),
                _ => says(&mut juliet, &mut romeo, request),
            }
            assert!(agree(romeo, juliet), "{number}: {romeo:?} {juliet:?}");
        }
    }
}

use super::*;
use crate::{
    fold::{Fold, Folds},
    poll::{AnswerBefore, Poll},
};

fn poll() -> Poll {
    Poll {
        question: "Where?".to_owned(),
        options: vec!["here".to_owned(), "there".to_owned()],
        multiple: false,
        anonymous: false,
        closes_at: None,
    }
}

/// An event at the newest place.
fn event(state: &State, sender: PrincipalId, content: Content) -> Event {
    Event {
        conversation: state.id,
        epoch: state.epoch,
        seq: state.head,
        id: EventId(Uuid::from_u128(u128::from(state.head.0))),
        sender,
        device: None,
        client_ref: None,
        at: NOON,
        content,
        extras: None,
        offset: Offset(state.head.0),
    }
}

fn asked(state: &State, poll: Poll) -> Event {
    event(state, MODERATOR, Content::Message(poll.into_message(Body::text("Where?")).unwrap()))
}

fn vote(state: &State, who: PrincipalId, poll: Poll, options: &[u16]) -> Result<Content, Rejection> {
    state.decide_vote(asking(who), &asked(state, poll), None, options.to_vec())
}

#[test]
fn a_poll_is_readable_without_knowing_polls() {
    let message = poll().into_message(Body::text(" Where?\n")).unwrap();
    assert_eq!(message.body, Body::text(" Where?\n\n1. here\n2. there"));
    assert_eq!(message.poll.unwrap().question, "Where?");
    assert_eq!(poll().into_message(Body::text(" ")), Err(Rejection::BodyEmpty));
}

#[test]
fn a_poll_has_options_to_choose_from() {
    let state = group();
    let with = |options: &[&str]| Poll {
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        ..poll()
    };
    let post = |poll: Poll| {
        let message = poll.into_message(Body::text("Where?")).unwrap();
        state.decide_post(asking(MEMBER), &BOUNDS, PostFacts::default(), message)
    };
    for options in [&["a", "b"][..], &["a", "b", "c"]] {
        assert!(post(with(options)).is_ok(), "{options:?}");
    }
    for options in [&["a"][..], &["a", "b", "c", "d"], &["a", " "], &["a", "b\nc"], &["a", "a"]] {
        assert!(matches!(post(with(options)), Err(Rejection::InvalidValue(_))), "{options:?}");
    }
    let until = |closes_at| post(Poll { closes_at: Some(closes_at), ..poll() });
    assert!(until(NOON.plus_ms(1)).is_ok());
    assert!(matches!(until(NOON), Err(Rejection::InvalidValue(_))));
}

#[test]
fn a_poll_stays_as_it_was_asked() {
    let state = group();
    let target = TargetFacts { is_poll: true, ..message_of(&state, MEMBER) };
    let edit = state.decide_edit(asking(MEMBER), &BOUNDS, &target, Body::text("other"));
    assert_eq!(edit, Err(Rejection::WrongEventKind));
}

#[test]
fn who_may_react_may_vote() {
    for (state, least) in [(group(), Role::Member), (channel(), Role::Reader)] {
        for (who, role) in BY_ROLE {
            assert_eq!(vote(&state, who, poll(), &[1]).is_ok(), role >= least, "{role:?}");
        }
        assert_eq!(vote(&state, STRANGER, poll(), &[1]), Err(Rejection::ConversationNotFound));
    }
    let mut state = group();
    archive(&mut state);
    assert_eq!(vote(&state, MEMBER, poll(), &[1]), Err(Rejection::Archived));
}

#[test]
fn a_vote_names_options_of_the_poll() {
    let state = group();
    let several = Poll { multiple: true, ..poll() };
    let chosen = |answer: Result<Content, Rejection>| match answer {
        Ok(Content::Vote { vote, .. }) => Ok(vote.options),
        Ok(other) => panic!("{other:?}"),
        Err(rejection) => Err(rejection),
    };
    assert_eq!(chosen(vote(&state, MEMBER, several, &[1, 0, 1])), Ok(vec![0, 1]));
    assert_eq!(chosen(vote(&state, MEMBER, poll(), &[])), Ok(vec![]));
    for options in [&[2][..], &[u16::MAX], &[0, 1]] {
        let answer = chosen(vote(&state, MEMBER, poll(), options));
        assert!(matches!(answer, Err(Rejection::InvalidValue(_))), "{options:?}");
    }
    let plain = event(&state, OWNER, Content::Message(text("hello")));
    assert_eq!(state.decide_vote(asking(MEMBER), &plain, None, vec![0]), Err(Rejection::WrongEventKind));
}

#[test]
fn a_closed_poll_takes_no_votes() {
    let state = group();
    let closed = Fold { is_closed: true, ..Fold::default() };
    let answer = state.decide_vote(asking(MEMBER), &asked(&state, poll()), Some(&closed), vec![0]);
    assert_eq!(answer, Err(Rejection::PollClosed));
    let timed = |closes_at| vote(&state, MEMBER, Poll { closes_at: Some(closes_at), ..poll() }, &[0]);
    assert_eq!(timed(NOON), Err(Rejection::PollClosed));
    assert!(timed(NOON.plus_ms(1)).is_ok());
}

#[test]
fn a_poll_is_closed_by_its_author_or_a_moderator() {
    let state = group();
    let mine = event(&state, MEMBER, asked(&state, poll()).content);
    for (who, expected) in [
        (MEMBER, Ok(())),
        (MODERATOR, Ok(())),
        (READER, Err(Rejection::NotYours)),
        (STRANGER, Err(Rejection::ConversationNotFound)),
    ] {
        assert_eq!(state.decide_close_poll(asking(who), &mine, None).map(drop), expected);
    }
    let closed = Fold { is_closed: true, ..Fold::default() };
    let again = state.decide_close_poll(asking(MEMBER), &mine, Some(&closed));
    assert_eq!(again, Err(Rejection::PollClosed));
}

#[test]
fn others_confirm_a_message_that_asks_for_it() {
    let state = channel();
    let needing = Message { needs_acknowledgement: true, ..text("read this") };
    let asks = event(&state, MODERATOR, Content::Message(needing));
    let plain = event(&state, MODERATOR, Content::Message(text("hello")));
    for (who, expected) in [
        (READER, Ok(())),
        (OWNER, Ok(())),
        (MODERATOR, Err(Rejection::WrongEventKind)),
        (STRANGER, Err(Rejection::ConversationNotFound)),
    ] {
        assert_eq!(state.decide_acknowledge(asking(who), &asks).map(drop), expected);
    }
    assert_eq!(state.decide_acknowledge(asking(READER), &plain), Err(Rejection::WrongEventKind));
}

#[test]
fn its_author_and_who_moderates_see_who_has_not_confirmed() {
    let state = group();
    let needing = Message { needs_acknowledgement: true, ..text("read this") };
    let asks = event(&state, MEMBER, Content::Message(needing));
    let fold = Fold { acknowledged: vec![OWNER], ..Fold::default() };
    for who in [MEMBER, MODERATOR, OWNER] {
        assert_eq!(state.unacknowledged(who, &asks, Some(&fold)), Ok(vec![MODERATOR, READER]));
    }
    assert_eq!(state.unacknowledged(READER, &asks, None), Err(Rejection::NotYours));
    assert_eq!(state.unacknowledged(STRANGER, &asks, None), Err(Rejection::ConversationNotFound));
}

#[test]
fn what_is_answered_is_folded() {
    let state = group();
    let poll = asked(&state, poll());
    let mut folds = Folds::default();
    let mut place = poll.seq;
    let mut answer = |folds: &mut Folds, who, content| {
        place = place.next();
        folds.apply(&Event { seq: place, ..event(&state, who, content) });
    };
    let vote = |options: &[u16]| {
        let vote = crate::poll::Vote { options: options.to_vec(), ..crate::poll::Vote::default() };
        Content::Vote { target: poll.as_target(), vote }
    };
    folds.apply(&poll);
    answer(&mut folds, MEMBER, vote(&[0]));
    answer(&mut folds, OWNER, vote(&[0]));
    answer(&mut folds, MEMBER, vote(&[1]));
    answer(&mut folds, OWNER, vote(&[]));
    answer(&mut folds, OWNER, Content::PollClosed { target: poll.as_target() });
    answer(&mut folds, READER, vote(&[0]));
    for _ in 0..2 {
        answer(&mut folds, READER, Content::Acknowledgement { target: poll.as_target(), again: false });
    }
    let fold = folds.get(poll.seq).unwrap();
    assert_eq!(
        fold.votes.iter().map(|ballot| (ballot.who, &ballot.options[..])).collect::<Vec<_>>(),
        [(MEMBER, &[1][..])]
    );
    assert!(fold.is_closed);
    assert_eq!(fold.acknowledged, [READER]);
    let before = AnswerBefore { chosen: vec![1], has_acknowledged: false };
    assert_eq!(fold.answer_of(MEMBER), before);
}

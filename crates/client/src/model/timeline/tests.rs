use super::*;
use crate::model::{MessageView, What};
use parlance_api::event::{Acknowledged, Choice, Fold, MembershipChange, Message, Poll};
use proptest::prelude::*;

const ME: &str = "romeo@localhost";
const PEOPLE: [&str; 3] = [ME, "juliet@localhost", "nurse@localhost"];

fn event(seq: u64, sender: &str, content: Content) -> Event {
    Event {
        conversation: "c".into(),
        epoch: 1,
        seq,
        event_id: format!("e{seq}"),
        at: format!("2024-01-01T00:00:{:02}.000Z", seq % 60),
        sender: sender.into(),
        client_ref: None,
        content,
        fold: None,
    }
}

fn text(text: &str) -> Body {
    Body::Text { text: text.into(), mentions: Vec::new() }
}

fn message(seq: u64) -> Event {
    said(seq, &format!("message {seq}"), None)
}

fn said(seq: u64, words: &str, thread: Option<String>) -> Event {
    let message = Message {
        body: text(words),
        reply_to: None,
        thread,
        forwarded: None,
        sent_at: None,
        expires_at: None,
        poll: None,
        needs_acknowledgement: false,
    };
    event(seq, PEOPLE[seq as usize % 3], Content::Message(message))
}

fn timeline(events: impl IntoIterator<Item = Event>) -> Timeline {
    let mut timeline = Timeline::new(ME, 1);
    for event in events {
        timeline.apply(event);
    }
    timeline
}

fn view(timeline: &Timeline, seq: u64) -> MessageView {
    match timeline.entry(seq).expect("the entry is known").what {
        What::Message(view) => *view,
        other => panic!("{seq} is {other:?}"),
    }
}

#[test]
fn an_edit_a_reaction_and_a_pin_are_seen_on_their_message() {
    let edit = event(2, PEOPLE[1], Content::Edit { target: "e1".into(), body: text("better") });
    let put = |seq, user| {
        event(seq, user, Content::Reaction { target: "e1".into(), emoji: "👍".into(), added: true })
    };
    let pin = event(5, ME, Content::Pin { target: "e1".into(), pinned: true });
    let timeline = timeline([message(1), edit, put(3, ME), put(4, PEOPLE[1]), pin]);
    let view = view(&timeline, 1);
    assert_eq!(view.body, text("better"));
    assert_eq!(view.edited_at.as_deref(), Some("2024-01-01T00:00:02.000Z"));
    assert!(view.pinned && view.reactions[0].mine);
    assert_eq!(view.reactions[0].users, [ME, PEOPLE[1]]);
    assert_eq!(timeline.lines(1, 5).len(), 2, "the message and the notice of the pin");
}

#[test]
fn taking_the_last_reaction_away_removes_it() {
    let reaction =
        |seq, added| event(seq, ME, Content::Reaction { target: "e1".into(), emoji: "👍".into(), added });
    let timeline = timeline([message(1), reaction(2, true), reaction(3, false)]);
    assert!(view(&timeline, 1).reactions.is_empty());
}

fn poll(seq: u64, anonymous: bool) -> Event {
    let options = vec!["here".to_owned(), "there".to_owned()];
    let poll = Poll { question: "Where?".into(), options, multiple: true, anonymous, closes_at: None };
    let mut asked = message(seq);
    if let Content::Message(message) = &mut asked.content {
        message.poll = Some(poll);
    }
    asked
}

fn vote(seq: u64, who: &str, was: &[u32], options: &[u32]) -> Event {
    event(seq, who, Content::Vote { target: "e1".into(), options: options.into(), was: was.into() })
}

#[test]
fn votes_are_counted_until_the_poll_is_closed() {
    let close = event(6, PEOPLE[1], Content::PollClosed { target: "e1".into() });
    let votes = [
        vote(2, ME, &[], &[0]),
        vote(3, PEOPLE[1], &[], &[0, 1]),
        vote(4, ME, &[0], &[1]),
        vote(5, PEOPLE[1], &[0, 1], &[]),
    ];
    let view =
        view(&timeline([poll(1, false)].into_iter().chain(votes).chain([close, vote(7, ME, &[1], &[0])])), 1);
    assert!(view.tally.closed);
    assert_eq!(view.tally.voters, 1);
    let there = Choice { count: 1, users: vec![ME.into()], mine: true };
    assert_eq!(view.tally.options, [Choice::default(), there]);
}

#[test]
fn an_anonymous_poll_names_nobody() {
    let timeline =
        timeline([poll(1, true), vote(2, "", &[], &[0]), vote(3, ME, &[], &[0]), vote(4, "", &[0], &[1])]);
    let tally = view(&timeline, 1).tally;
    let choice = |mine| Choice { count: 1, users: Vec::new(), mine };
    assert_eq!((tally.options, tally.voters), (vec![choice(true), choice(false)], 2));
}

#[test]
fn who_acknowledges_twice_counts_once() {
    let acknowledged =
        |seq, who, again| event(seq, who, Content::Acknowledgement { target: "e1".into(), again });
    let timeline = timeline([
        message(1),
        acknowledged(2, ME, false),
        acknowledged(3, PEOPLE[1], false),
        acknowledged(4, ME, true),
    ]);
    assert_eq!(view(&timeline, 1).acknowledged, Acknowledged { count: 2, mine: true });
}

#[test]
fn a_deleted_poll_takes_its_votes_along() {
    let delete = event(3, PEOPLE[1], Content::Delete { target: "e1".into() });
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let events = [poll(1, false), vote(2, ME, &[], &[1]), delete.clone()];
        let timeline = timeline(order.map(|index| events[index].clone()));
        assert_eq!(timeline.event(2).map(|event| &event.content), Some(&vote(2, ME, &[], &[]).content));
    }
}

#[test]
fn nothing_of_a_deleted_message_is_kept_whatever_came_first() {
    let edit = event(2, PEOPLE[1], Content::Edit { target: "e1".into(), body: text("secret") });
    let delete = event(3, PEOPLE[1], Content::Delete { target: "e1".into() });
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let events = [message(1), edit.clone(), delete.clone()];
        let timeline = timeline(order.map(|index| events[index].clone()));
        assert_eq!(timeline.entry(1).map(|entry| entry.what), Some(What::Deleted));
        let kept = serde_json::to_string(&timeline.events().collect::<Vec<_>>()).expect("events are JSON");
        assert!(!kept.contains("secret") && !kept.contains("message 1"), "{kept}");
    }
}

#[test]
fn a_deletion_names_every_stored_copy_that_changed() {
    let mut timeline = timeline([
        message(1),
        event(2, PEOPLE[1], Content::Edit { target: "e1".into(), body: text("secret") }),
    ]);
    let delete = event(3, PEOPLE[1], Content::Delete { target: "e1".into() });
    assert_eq!(timeline.apply(delete.clone()), [3, 1, 2]);
    assert!(timeline.apply(delete).is_empty());
}

#[test]
fn what_is_missing_stands_as_a_hole() {
    let mut timeline = timeline([message(3), message(4), message(8)]);
    timeline.set_bounds(1, 10, 2);
    assert_eq!(timeline.holes(), [Hole { from: 5, to: 7 }, Hole { from: 9, to: 10 }]);
    assert_eq!(timeline.hole_below(8), Some(Hole { from: 5, to: 7 }));
    assert_eq!(timeline.hole_below(3), Some(Hole { from: 2, to: 2 }));
    assert_eq!(timeline.hole_below(4), None);
    assert!(timeline.has_older());
    let places: Vec<String> = timeline
        .lines(3, 10)
        .iter()
        .map(|line| match line {
            Line::Entry(entry) => entry.seq.to_string(),
            Line::Hole(hole) => format!("{}-{}", hole.from, hole.to),
        })
        .collect();
    assert_eq!(places, ["3", "4", "5-7", "8", "9-10"]);
}

#[test]
fn another_epoch_means_starting_over() {
    let mut timeline = timeline([message(1), message(2)]);
    let restored = Event { epoch: 2, ..message(1) };
    timeline.apply(restored);
    assert_eq!((timeline.epoch(), timeline.head()), (2, 1));
    assert!(!timeline.knows(2));
}

#[test]
fn a_membership_change_is_a_line_of_its_own() {
    let content =
        Content::Membership { user: PEOPLE[2].into(), change: MembershipChange::Joined, role: None };
    let timeline = timeline([event(1, ME, content)]);
    assert!(matches!(timeline.entry(1).map(|entry| entry.what), Some(What::Membership { .. })));
}

/// A random history in which every event makes sense where it stands.
fn history() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec((0u8..8, 0usize..3, any::<prop::sample::Index>(), 0usize..3), 1..40).prop_map(
        |steps| {
            let mut log: Vec<Event> = Vec::new();
            for (kind, who, index, emoji) in steps {
                let next = make_event(&log, kind, PEOPLE[who], index, ["👍", "🎉", "😢"][emoji]);
                log.push(next);
            }
            log
        },
    )
}

fn make_event(log: &[Event], kind: u8, who: &str, index: prop::sample::Index, emoji: &str) -> Event {
    let seq = log.len() as u64 + 1;
    let told = timeline(log.iter().cloned());
    let alive: Vec<&str> = log
        .iter()
        .filter(|event| matches!(event.content, Content::Message(_)))
        .filter(|event| matches!(told.entry(event.seq).map(|entry| entry.what), Some(What::Message(_))))
        .map(|event| event.event_id.as_str())
        .collect();
    if alive.is_empty() || kind < 3 {
        let root = (kind == 2 && !alive.is_empty()).then(|| index.get(&alive).to_string());
        return said(seq, &format!("words {seq}"), root);
    }
    let target = index.get(&alive).to_string();
    let content = match kind {
        3 => Content::Edit { target, body: text(&format!("edited {seq}")) },
        4 => Content::Delete { target },
        5 => Content::Pin { target, pinned: index.index(2) == 0 },
        _ => react(&told, target, emoji, who),
    };
    event(seq, who, content)
}

/// Nobody puts the same emoji on a message twice: the second time takes it away.
fn react(told: &Timeline, target: String, emoji: &str, who: &str) -> Content {
    let place = told.place(&target).expect("the target is in the log");
    let is_on = view(told, place)
        .reactions
        .iter()
        .any(|reaction| reaction.emoji == emoji && reaction.users.iter().any(|user| user == who));
    Content::Reaction { target, emoji: emoji.into(), added: !is_on }
}

/// The event at `seq` as the server's history tells it when the log ends at `as_of`.
fn as_history_tells(log: &[Event], seq: u64, as_of: u64) -> Event {
    let told = timeline(log.iter().filter(|event| event.seq <= as_of).cloned());
    let mut event = told.event(seq).expect("the event is in the log").clone();
    if let (Some(What::Message(view)), Content::Message(message)) =
        (told.entry(seq).map(|entry| entry.what), &mut event.content)
    {
        message.body = view.body.clone();
        let changes = told.effects.get(&event.event_id).into_iter().chain(told.threads.get(&event.event_id));
        let changed_seq = changes.flatten().max().copied();
        event.fold = changed_seq.map(|changed_seq| Fold {
            edited_at: view.edited_at,
            reactions: view.reactions,
            replies: view.replies,
            pinned: view.pinned,
            changed_seq,
            ..Fold::default()
        });
    }
    event
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn folding_does_not_depend_on_order_duplicates_or_batches(
        log in history(),
        tellings in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..60),
        shuffle in any::<prop::sample::Selector>(),
    ) {
        let head = log.len() as u64;
        let mut told: Vec<Event> = log.clone();
        for (which, when) in tellings {
            let seq = which.index(log.len()) as u64 + 1;
            let as_of = seq + when.index((head - seq + 1) as usize) as u64;
            told.push(as_history_tells(&log, seq, as_of));
        }
        let mut order: Vec<usize> = (0..told.len()).collect();
        order.sort_by_key(|index| shuffle.select([index * 7919 % 31, index * 104_729 % 37, *index]));
        let in_order = timeline(log.clone());
        let shuffled = timeline(order.into_iter().map(|index| told[index].clone()));
        for seq in 1..=head {
            let (left, right) = (in_order.entry(seq), shuffled.entry(seq));
            prop_assert_eq!(without_replies(left), without_replies(right));
        }
        prop_assert!(shuffled.holes().is_empty());
    }

    #[test]
    fn a_snapshot_and_what_follows_equal_a_fresh_snapshot(log in history(), cut in any::<prop::sample::Index>()) {
        let head = log.len() as u64;
        let cut = cut.index(log.len()) as u64 + 1;
        let snapshot = (1..=cut).map(|seq| as_history_tells(&log, seq, cut));
        let followed = timeline(snapshot.chain(log[cut as usize..].iter().cloned()));
        let fresh = timeline((1..=head).map(|seq| as_history_tells(&log, seq, head)));
        for seq in 1..=head {
            prop_assert_eq!(without_replies(followed.entry(seq)), without_replies(fresh.entry(seq)));
        }
    }
}

/// Deletions inside a thread are counted by the server only; see [`MessageView::replies`].
fn without_replies(entry: Option<Entry>) -> Option<Entry> {
    entry.map(|mut entry| {
        if let What::Message(view) = &mut entry.what {
            view.replies = 0;
        }
        entry
    })
}

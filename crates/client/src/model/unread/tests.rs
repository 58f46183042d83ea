use super::*;
use parlance_api::event::Event;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Vectors {
    me: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Event(Value),
    Read(u64),
    Unread(u64),
    Expect { unread: u64, mentions: u64 },
}

fn vectors() -> Vectors {
    let text = include_str!("../../../../api/vectors/unread.json");
    serde_json::from_str(text).expect("the vectors are JSON of this shape")
}

fn event(mut fields: Value) -> Event {
    fields["conversation"] = json!("c");
    fields["epoch"] = json!(1);
    fields["at"] = json!("2024-01-01T00:00:00.000Z");
    serde_json::from_value(fields).expect("each event is one of the protocol")
}

#[test]
fn the_published_histories_are_counted_as_they_say() {
    let vectors = vectors();
    for case in vectors.cases {
        let mut timeline = Timeline::new(&vectors.me, 1);
        let mut read_seq = 0;
        for step in case.steps {
            match step {
                Step::Event(fields) => drop(timeline.apply(event(fields))),
                Step::Read(seq) => read_seq = read_seq.max(seq),
                Step::Unread(from) => read_seq = read_seq.min(from.saturating_sub(1)),
                Step::Expect { unread, mentions } => {
                    assert_eq!(count(&timeline, read_seq), Counts { unread, mentions }, "{}", case.name);
                }
            }
        }
    }
}

/// Counting on top of the server's count, taken at any moment of a history, gives the same or asks.
#[test]
fn a_certain_count_on_top_of_the_servers_is_the_count_of_the_whole_log() {
    let vectors = vectors();
    let mut certain = 0;
    for case in &vectors.cases {
        let events: Vec<Event> = case
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Event(fields) => Some(event(fields.clone())),
                _ => None,
            })
            .collect();
        for cut in 0..=events.len() {
            let mut whole = Timeline::new(&vectors.me, 1);
            events[..cut].iter().for_each(|event| drop(whole.apply(event.clone())));
            let baseline = Baseline { counts: count(&whole, 0), head: cut as u64, read_seq: 0 };
            let mut rest = Timeline::new(&vectors.me, 1);
            rest.set_bounds(1, cut as u64, 1);
            for event in &events[cut..] {
                whole.apply(event.clone());
                rest.apply(event.clone());
                if let Tally::Exact(counts) = tally(&rest, &baseline, 0) {
                    certain += 1;
                    assert_eq!(counts, count(&whole, 0), "{} cut at {cut}", case.name);
                }
            }
        }
    }
    assert!(certain > 100, "{certain}");
}

#[test]
fn a_read_position_that_moved_over_unknown_events_is_asked_for() {
    let mut timeline = Timeline::new("romeo@localhost", 1);
    timeline.set_bounds(1, 100, 1);
    let baseline = Baseline { counts: Counts { unread: 40, mentions: 2 }, head: 100, read_seq: 60 };
    assert_eq!(tally(&timeline, &baseline, 60), Tally::Exact(baseline.counts));
    assert!(matches!(tally(&timeline, &baseline, 70), Tally::Stale(_)));
    assert_eq!(tally(&timeline, &baseline, 100), Tally::Exact(Counts::default()));
}

//! Plays the histories of `vectors/unread.json` that every implementation of counting passes.

use parlance_core::{
    body::{Body, Mention, Mentioned},
    conversation::SettingsChange,
    count::{Counter, Counts},
    event::{Content, Event, MembershipChange, Message, Offset, Target},
    id::{ConversationId, Epoch, EventId, PrincipalId, Seq, UnixMillis},
};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

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

#[test]
fn the_published_histories_are_counted_as_they_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/vectors/unread.json");
    let text = std::fs::read_to_string(path).expect("the vectors are there");
    let vectors: Vectors = serde_json::from_str(&text).expect("the vectors are well-formed");
    for case in vectors.cases {
        let mut counter = Counter::new(person(&vectors.me));
        for step in case.steps {
            match step {
                Step::Event(fields) => counter.apply(&event(&fields)),
                Step::Read(seq) => counter.mark_read(Seq(seq)),
                Step::Unread(from) => counter.mark_unread(Seq(from)),
                Step::Expect { unread, mentions } => {
                    assert_eq!(counter.counts(), Counts { unread, mentions }, "{}", case.name);
                }
            }
        }
    }
}

fn uuid(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::nil(), name.as_bytes())
}

fn person(address: &str) -> PrincipalId {
    PrincipalId(uuid(address))
}

fn event(fields: &Value) -> Event {
    let event_id = fields["event_id"].as_str().expect("an id");
    Event {
        conversation: ConversationId(Uuid::nil()),
        epoch: Epoch(1),
        seq: Seq(fields["seq"].as_u64().expect("a place")),
        id: EventId(uuid(event_id)),
        sender: person(fields["sender"].as_str().expect("an address")),
        device: None,
        client_ref: None,
        at: UnixMillis(0),
        content: content(fields["kind"].as_str().expect("a kind"), &fields["content"]),
        extras: None,
        offset: Offset(0),
    }
}

fn content(kind: &str, content: &Value) -> Content {
    match kind {
        "message" => Content::Message(Message::plain(body(&content["body"]))),
        "edit" => Content::Edit { target: target(content), body: body(&content["body"]), expires_at: None },
        "delete" => Content::Delete { target: target(content) },
        "deleted" => Content::Deleted,
        "reaction" => Content::Reaction { target: target(content), emoji: "👍".into(), added: true },
        "pin" => Content::Pin { target: target(content), pinned: true },
        "membership" => Content::Membership { who: person("nurse"), change: MembershipChange::Left },
        "settings" => Content::Settings(SettingsChange::default()),
        other => panic!("unknown kind {other}"),
    }
}

/// The ids in the vectors are the letter `e` and the place.
fn target(content: &Value) -> Target {
    let id = content["target"].as_str().expect("a target");
    let seq = id.trim_start_matches('e').parse().expect("an id made of the place");
    Target { seq: Seq(seq), id: EventId(uuid(id)) }
}

fn body(body: &Value) -> Body {
    let text = |field: &str| body[field].as_str().unwrap_or_default();
    if body["type"] == "opaque" {
        return Body::Opaque { scheme: text("scheme").into(), payload: text("payload").to_owned() };
    }
    let mentions = body["mentions"].as_array().into_iter().flatten().map(mention).collect();
    Body::Text { text: text("text").to_owned(), mentions }
}

fn mention(mention: &Value) -> Mention {
    let place = |field: &str| mention[field].as_u64().expect("a place in the text") as u32;
    let who = match mention["who"].as_str().expect("somebody") {
        "everyone" => Mentioned::Everyone,
        "here" => Mentioned::Here,
        address => Mentioned::Principal(person(address)),
    };
    Mention { start: place("start"), end: place("end"), who }
}

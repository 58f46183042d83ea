//! The line mode as a program of its own, against a server in memory.
#![allow(missing_docs)]

#[path = "../../client/tests/world/mod.rs"]
#[allow(dead_code, reason = "shared with the tests of the SDK")]
mod world;

use parlance_client::{Client, api::event::Content};
use serde_json::{Value, json};
use std::{path::Path, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};
use world::{JULIET, ROMEO, World};

/// A running `parlance-chat --script`.
struct Program {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    events: Vec<Value>,
}

impl Program {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_parlance-chat"))
            .args([ROMEO, "--script", "--data"])
            .arg(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, input, output, events: Vec::new() }
    }

    /// Says a command and waits for its answer.
    async fn ask(&mut self, mut command: Value) -> Value {
        command["id"] = json!(1);
        self.input.write_all(format!("{command}\n").as_bytes()).await.unwrap();
        loop {
            let line = tokio::time::timeout(Duration::from_secs(20), self.output.next_line()).await;
            let line = line.expect("an answer in time").unwrap().expect("the program runs");
            let line: Value = serde_json::from_str(&line).unwrap();
            match line.get("event") {
                Some(_) => self.events.push(line),
                None => return line,
            }
        }
    }

    async fn ok(&mut self, command: Value) -> Value {
        let answer = self.ask(command.clone()).await;
        assert!(answer.get("error").is_none(), "{command}: {answer}");
        answer["ok"].clone()
    }
}

/// A data folder in which Romeo is signed in at this server.
fn data(world: &World) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    world.signed_in(Client::open_store(folder.path(), ROMEO).unwrap());
    folder
}

fn log_texts(world: &World) -> Vec<String> {
    let log = world.log("c");
    let texts = log.iter().filter_map(|event| match &event.content {
        Content::Message(message) => {
            serde_json::to_value(&message.body).unwrap()["text"].as_str().map(str::to_owned)
        }
        _ => None,
    });
    texts.collect()
}

#[tokio::test]
async fn a_message_written_before_kill_9_is_sent_once_by_the_next_run() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let folder = data(&world);
    let mut program = Program::start(folder.path());
    program.ok(json!({"do": "wait_for", "connection": "online"})).await;
    world.close();
    program.ok(json!({"do": "wait_for", "connection": "offline"})).await;
    for text in ["a", "b", "c"] {
        program.ok(json!({"do": "send", "conversation": "c", "text": text})).await;
    }
    program.child.kill().await.unwrap();
    world.reopen();
    let mut program = Program::start(folder.path());
    program.ok(json!({"do": "wait_for", "connection": "online", "unsent": 0})).await;
    assert_eq!(log_texts(&world), ["one", "a", "b", "c"]);
}

#[tokio::test]
async fn killed_in_the_middle_of_sending_nothing_is_lost_or_doubled() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let folder = data(&world);
    let mut sent = vec!["one".to_owned()];
    for round in 0..4 {
        let mut program = Program::start(folder.path());
        program.ok(json!({"do": "wait_for", "connection": "online"})).await;
        for number in 0..10 {
            let text = format!("{round}-{number}");
            program.ok(json!({"do": "send", "conversation": "c", "text": text})).await;
            sent.push(text);
        }
        program.child.kill().await.unwrap();
    }
    let mut program = Program::start(folder.path());
    program.ok(json!({"do": "wait_for", "connection": "online", "unsent": 0})).await;
    assert_eq!(log_texts(&world), sent);
}

#[tokio::test]
async fn a_script_sees_what_others_say_and_answers() {
    let world = World::start().await;
    world.say("c", JULIET, "hello");
    let folder = data(&world);
    let mut program = Program::start(folder.path());
    let hello = program.ok(json!({"do": "wait_for", "conversation": "c", "text": "hello"})).await;
    assert_eq!((&hello["seq"], &hello["sender"]), (&json!(1), &json!(JULIET)));
    let reply =
        json!({"do": "send", "conversation": "c", "text": "hi", "reply_to": hello["event_id"], "wait": true});
    let sent = program.ok(reply).await;
    assert_eq!(sent["seq"], 2);
    program.ok(json!({"do": "wait_for", "connection": "online"})).await;
    world.say("c", JULIET, "how are you?");
    program.ok(json!({"do": "wait_for", "conversation": "c", "seq": 3, "unread": 2})).await;
    program.ok(json!({"do": "mark_read", "conversation": "c"})).await;
    program.ok(json!({"do": "wait_for", "conversation": "c", "unread": 0})).await;
    program.ok(json!({"do": "mark_unread", "conversation": "c", "seq": 3})).await;
    program.ok(json!({"do": "wait_for", "conversation": "c", "unread": 1})).await;
    program.ok(json!({"do": "react", "conversation": "c", "event": 3, "emoji": "👍"})).await;
    program.ok(json!({"do": "delete", "conversation": "c", "event": 2})).await;
    program.ok(json!({"do": "wait_for", "unsent": 0})).await;
    let timeline = program.ok(json!({"do": "timeline", "conversation": "c"})).await;
    assert_eq!(timeline["lines"][1]["kind"], "deleted");
    assert_eq!(timeline["lines"][2]["reactions"][0]["mine"], true);
    let texts: Vec<&Value> = program.events.iter().map(|event| &event["message"]["text"]).collect();
    assert!(texts.contains(&&json!("how are you?")), "{texts:?}");
}

#[tokio::test]
async fn what_cannot_be_done_is_answered_with_a_code() {
    let world = World::start().await;
    let folder = data(&world);
    let mut program = Program::start(folder.path());
    let unknown = program.ask(json!({"do": "timeline", "conversation": "nowhere"})).await;
    assert_eq!(unknown["error"]["code"], "client.unknown_conversation");
    let malformed = program.ask(json!({"do": "dance"})).await;
    assert_eq!((&malformed["id"], &malformed["error"]["code"]), (&json!(1), &json!("script.malformed")));
    let late = program.ask(json!({"do": "wait_for", "unsent": 7, "timeout_ms": 1})).await;
    assert_eq!(late["error"]["code"], "script.failed");
}

#[tokio::test]
async fn a_search_without_a_connection_finds_what_is_stored_and_says_so() {
    let world = World::start().await;
    world.say("c", JULIET, "What light through yonder window breaks?");
    world.say("c", JULIET, "It is the east");
    let folder = data(&world);
    let mut program = Program::start(folder.path());
    program.ok(json!({"do": "wait_for", "connection": "online"})).await;
    world.close();
    program.ok(json!({"do": "wait_for", "connection": "offline"})).await;
    let found = program.ok(json!({"do": "search", "query": "WINDOW light"})).await;
    assert_eq!((&found["is_from_server"], &found["hits"][0]["seq"]), (&json!(false), &json!(1)));
    assert_eq!(found["hits"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn holes_of_a_long_absence_are_filled_on_demand() {
    let world = World::start().await;
    world.say("c", JULIET, "first");
    let folder = data(&world);
    let mut program = Program::start(folder.path());
    program.ok(json!({"do": "wait_for", "connection": "online"})).await;
    world.close();
    program.ok(json!({"do": "wait_for", "connection": "offline"})).await;
    for number in 0..250 {
        world.store("c", JULIET, None, world::message(&number.to_string()));
    }
    world.reopen();
    program.ok(json!({"do": "wait_for", "conversation": "c", "seq": 251})).await;
    program.ok(json!({"do": "fill", "conversation": "c"})).await;
    let timeline = program.ok(json!({"do": "timeline", "conversation": "c"})).await;
    let places: Vec<u64> =
        timeline["lines"].as_array().unwrap().iter().filter_map(|line| line["seq"].as_u64()).collect();
    assert_eq!(places, (1..=251).collect::<Vec<u64>>());
}

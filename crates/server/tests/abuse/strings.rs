//! Strings that have broken other programs, in every field that takes text.

use crate::{
    client::{PASSWORD, Site, text},
    socket::Socket,
};
use parlance_core::principal::tidy_display_name;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, timeout};

fn naughty() -> Vec<String> {
    let listed: Vec<String> =
        serde_json::from_str(include_str!("vectors/naughty_strings.json")).expect("a list of strings");
    let own = [
        "\u{0}",
        "a\u{0}b",
        "\u{feff}x",
        "\u{202e}gnp.exe",
        "\u{fffd}",
        "\u{10ffff}",
        "%00",
        "$conversation",
    ];
    listed.into_iter().chain(own.map(str::to_owned)).chain(["x".repeat(300), "\u{301}".repeat(500)]).collect()
}

/// Asks for many things without waiting in between.
async fn ask_all(socket: &mut Socket, requests: Vec<(&str, Value)>) -> Vec<Result<Value, String>> {
    let mut answers = Vec::with_capacity(requests.len());
    for some in requests.chunks(60) {
        let mut ids = Vec::new();
        for (operation, args) in some {
            ids.push(socket.ask(operation, args.clone()).await);
        }
        for id in ids {
            let answer = socket.answer_only(id).await;
            assert!(answer.status() < 500, "{answer:?}");
            answers.push(match answer.code() {
                "ok" => Ok(answer.ok()),
                code => Err(code.to_owned()),
            });
        }
    }
    answers
}

#[tokio::test]
async fn h06_every_message_comes_back_as_it_was_sent() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let group = owner.group(&[]).await;
    let mut socket = owner.connect().await;
    let strings = naughty();
    let send = |(number, text): (usize, &String)| {
        let body = json!({ "type": "text", "text": text });
        ("event.send", json!({ "conversation": group, "client_ref": format!("r{number}"), "body": body }))
    };
    let sent = ask_all(&mut socket, strings.iter().enumerate().map(send).collect()).await;
    let mut events = Vec::new();
    for (text, answer) in strings.iter().zip(&sent) {
        match answer {
            Ok(sent) => events.push((sent["event_id"].clone(), text)),
            Err(code) => {
                let expected =
                    if text.contains('\0') { "request.invalid_value" } else { "conversation.body_empty" };
                assert_eq!(code, expected, "{text:?}");
            }
        }
    }
    assert!(events.len() > 500);
    let of = |event: &Value| json!({ "conversation": group, "event": event });
    let read: Vec<_> = events.iter().map(|(event, _)| ("event.get", of(event))).collect();
    for (answer, (_, text)) in ask_all(&mut socket, read.clone()).await.into_iter().zip(&events) {
        assert_eq!(answer.expect("an event")["content"]["body"]["text"], **text);
    }
    let edit = |(event, text): &(Value, &String)| {
        let mut args = of(event);
        args["body"] = json!({ "type": "text", "text": text.chars().rev().collect::<String>() });
        ("event.edit", args)
    };
    let edited = ask_all(&mut socket, events.iter().map(edit).collect()).await;
    let seen = ask_all(&mut socket, read).await;
    for ((seen, edited), (_, text)) in seen.into_iter().zip(edited).zip(&events) {
        edited.unwrap_or_else(|code| panic!("{text:?}: {code}"));
        assert_eq!(
            seen.expect("an event")["content"]["body"]["text"],
            text.chars().rev().collect::<String>()
        );
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn h06_names_topics_drafts_and_the_like_come_back_or_are_refused() {
    let site = Site::open().await;
    let (owner, other) = (site.person("owner").await, site.person("other").await);
    let group = owner.group(&[&other]).await;
    let event = owner.say(&group, "hello").await;
    let mut socket = owner.connect().await;
    let place = json!({ "conversation": group });
    let fields: [(&str, &str, Value, &str); 7] = [
        ("conversation.change_settings", "name", place.clone(), "/settings/name"),
        ("conversation.change_settings", "topic", place.clone(), "/settings/topic"),
        ("conversation.set_draft", "text", place, ""),
        ("me.update", "display_name", json!({}), "/display_name"),
        ("contact.set", "alias", json!({ "user": other.address }), "/alias"),
        ("presence.set", "status", json!({ "availability": "away" }), ""),
        ("event.react", "emoji", json!({ "conversation": group, "event": event }), ""),
    ];
    for (operation, field, args, shown_at) in fields {
        let mut taken = 0;
        for text in naughty() {
            let mut args = args.clone();
            args[field] = json!(text);
            let answer = socket.call(operation, args).await;
            assert!(answer.status() < 500, "{operation} {field} {text:?}: {answer:?}");
            if answer.code() == "ok" {
                taken += 1;
                let shown = answer.ok();
                let tidy = tidy_display_name(&text).filter(|_| field == "display_name");
                let expected = tidy.unwrap_or(text);
                if !shown_at.is_empty() {
                    assert_eq!(self::text(&shown, shown_at), expected, "{operation} {field}");
                }
            }
        }
        assert!(taken > 25, "{operation} {field}: only {taken}");
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn h06_what_is_looked_up_by_a_strange_name_is_not_found_or_refused() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let group = owner.group(&[]).await;
    let event = owner.say(&group, "hello").await;
    let mut socket = owner.connect().await;
    let body = json!({ "type": "text", "text": "x" });
    let fields = [
        ("conversation.get", "conversation", json!({})),
        ("event.get", "event", json!({ "conversation": group })),
        ("event.send", "client_ref", json!({ "conversation": group, "body": body })),
        ("event.send", "reply_to", json!({ "conversation": group, "client_ref": "a", "body": body })),
        ("event.list", "from_time", json!({ "conversation": group })),
        ("event.unreact", "emoji", json!({ "conversation": group, "event": event })),
        ("member.add", "user", json!({ "conversation": group })),
        ("member.list", "cursor", json!({ "conversation": group })),
        ("user.get", "user", json!({})),
        ("user.find", "query", json!({})),
        ("contact.get", "user", json!({})),
        ("contact.set", "user", json!({})),
        ("report.send", "user", json!({ "reason": "spam" })),
        ("directory.list", "query", json!({})),
        ("directory.list", "cursor", json!({})),
        ("directory.join", "conversation", json!({})),
        ("device.revoke", "device", json!({})),
        ("invitation.look", "code", json!({})),
        ("invitation.revoke", "code", json!({})),
        ("link.look", "code", json!({})),
        ("link.join", "code", json!({})),
        ("sync", "since", json!({})),
        ("sync", "cursor", json!({})),
        ("conversation.list", "cursor", json!({})),
        ("search", "cursor", json!({ "query": "hello" })),
        ("search", "query", json!({})),
    ];
    for (operation, field, args) in fields {
        let request = |text: String| {
            let mut args = args.clone();
            args[field] = json!(text);
            (operation, args)
        };
        ask_all(&mut socket, naughty().into_iter().map(request).collect()).await;
    }
    for text in naughty() {
        for (operation, args) in [
            ("user.get", json!({ "user": text })),
            ("user.find", json!({ "query": text })),
            ("search", json!({ "query": text })),
            ("event.unreact", json!({ "conversation": group, "event": event, "emoji": text })),
        ] {
            // What a client of HTTP takes for a step upwards is no part of an address.
            if !matches!(text.as_str(), "" | "." | "..") {
                let answer = owner.call(operation, args).await;
                assert!(answer.status < 500, "{operation} {text:?}: {}", answer.text());
            }
        }
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn h06_strange_names_and_passwords_make_working_accounts_or_are_refused() {
    let site = Site::open().await;
    for (number, strange) in naughty().into_iter().enumerate().filter(|(number, _)| number % 16 == 3) {
        let named = json!({ "name": strange, "password": PASSWORD, "device_name": strange });
        let answer = site.nobody().call("auth.register", named).await;
        assert!(answer.status == 200 || answer.status == 422, "{strange:?}: {}", answer.text());
        let name = format!("person{number}");
        let request = json!({ "name": name, "password": strange });
        let registered = site.nobody().call("auth.register", request).await;
        let again = site.nobody().call("auth.sign_in", json!({ "user": name, "password": strange })).await;
        let expected = if registered.status == 200 { "ok" } else { "auth.wrong_credentials" };
        assert_eq!(again.code(), expected, "{strange:?}");
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn h20_no_search_takes_long() {
    let site = Site::open().await;
    let owner = site.person("owner").await;
    let group = owner.group(&[]).await;
    let words = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! ".repeat(100);
    for _ in 0..200 {
        owner.say(&group, &words).await;
    }
    let prefixes: String = ('a'..='p').map(|letter| format!("{letter} ")).collect();
    let queries = [
        "a*".repeat(200),
        format!("{}b", "a".repeat(500)),
        "(a+)+$".to_owned(),
        "a OR a NOT a NEAR(a a, 10)".to_owned(),
        "\"a\" AND \"".to_owned(),
        "^a {x y} : - + *".to_owned(),
        "'; DROP TABLE events; --".to_owned(),
        "%_%_%_%".to_owned(),
        prefixes,
        "字".repeat(60),
        "from:a in:b has:link before:2026-01-01 after:2020-01-01 a".to_owned(),
        format!("in:{} a", "a".repeat(400)),
        "from:".repeat(100),
        "\u{202e}\u{200d}\u{feff}a".to_owned(),
    ];
    for query in queries {
        let started = Instant::now();
        for operation in ["search", "user.find"] {
            let answer = timeout(Duration::from_secs(5), owner.call(operation, json!({ "query": query })));
            let answer = answer.await.unwrap_or_else(|_| panic!("{query:?} takes too long"));
            assert!(answer.status < 500, "{query:?}: {}", answer.text());
        }
        assert!(started.elapsed() < Duration::from_secs(1), "{query:?}");
    }
    site.check_is_well().await;
}

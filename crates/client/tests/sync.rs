//! The whole client against a server in memory that fails where networks and servers fail.
#![allow(missing_docs)]

mod world;

use parlance_client::{
    Client, ConnectionState, Draft,
    api::{
        error::{ErrorCode, Problem},
        event::{Content, Event},
        frame::Push,
        model::AccountChange,
    },
    model::{OutboxState, Progress},
    store::Store,
};
use world::{Fault, JULIET, ROMEO, World, message, until, until_words, words};

async fn until_online(client: &Client) {
    until(client, "online", |client| async move {
        (client.connection_state().await.unwrap() == ConnectionState::Online).then_some(())
    })
    .await;
}

async fn unread(client: &Client, conversation: &str) -> Option<u64> {
    let conversations = client.conversations().await.unwrap();
    conversations.iter().find(|view| view.info.conversation == conversation).map(|view| view.info.unread)
}

async fn until_unread(client: &Client, expected: u64) {
    until(client, &format!("{expected} unread"), |client| async move {
        (unread(&client, "c").await == Some(expected)).then_some(())
    })
    .await;
}

async fn until_sent(client: &Client) {
    until(client, "an empty outbox", |client| async move {
        client.unsent().await.unwrap().is_empty().then_some(())
    })
    .await;
}

fn log_words(world: &World) -> Vec<String> {
    let text = |event: &Event| match &event.content {
        Content::Message(message) => format!("{:?}", message.body),
        other => format!("{other:?}"),
    };
    world.log("c").iter().map(text).collect()
}

#[tokio::test]
async fn a_first_sync_shows_what_is_there_and_pushes_follow() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let client = world.client();
    until_words(&client, "c", &["one"]).await;
    until_online(&client).await;
    world.say("c", JULIET, "two");
    until_words(&client, "c", &["one", "two"]).await;
    until_unread(&client, 2).await;
}

#[tokio::test]
async fn pushes_that_come_twice_are_shown_once() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let client = world.client();
    until_online(&client).await;
    let two = world.say("c", JULIET, "two");
    world.push_again(&two);
    world.say("c", JULIET, "three");
    world.push_again(&two);
    world.say("c", JULIET, "four");
    until_words(&client, "c", &["one", "two", "three", "four"]).await;
    until_unread(&client, 4).await;
}

#[tokio::test]
async fn a_jump_in_the_numbers_is_filled() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let client = world.client();
    until_online(&client).await;
    for words in ["two", "three", "four"] {
        world.store("c", JULIET, None, message(words));
    }
    world.say("c", JULIET, "five");
    until_words(&client, "c", &["one", "two", "three", "four", "five"]).await;
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_message() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let client = world.client();
    until_online(&client).await;
    for fault in [Fault::DoneThenCut, Fault::Cut, Fault::DoneThenSilent] {
        world.fault("event.send", fault);
    }
    for words in ["a", "b", "c", "d"] {
        client.send("c", Draft::text(words)).await.unwrap();
    }
    until_sent(&client).await;
    until_words(&client, "c", &["one", "a", "b", "c", "d"]).await;
    assert_eq!(log_words(&world).len(), 5, "{:?}", log_words(&world));
}

#[tokio::test]
async fn each_try_says_the_same_reference() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let client = world.client();
    until_online(&client).await;
    world.fault("event.send", Fault::Cut);
    world.fault("event.send", Fault::DoneThenCut);
    let client_ref = client.send("c", Draft::text("a")).await.unwrap();
    until_sent(&client).await;
    let tries = world.requests("event.send");
    assert!(
        tries.len() >= 2 && tries.iter().all(|args| args["client_ref"] == client_ref.as_str()),
        "{tries:?}"
    );
}

#[tokio::test]
async fn what_was_written_without_a_connection_is_sent_by_the_next_run_in_order() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.db");
    let client = world.client_on(Store::open(&path).unwrap());
    until_online(&client).await;
    world.close();
    for words in ["a", "b", "c"] {
        client.send("c", Draft::text(words)).await.unwrap();
    }
    // Nothing is said good-bye to, as after kill -9.
    std::mem::forget(client);
    let later = Client::start(Store::open(&path).unwrap()).unwrap();
    assert_eq!(words(&later, "c").await, ["one"], "the cache needs no connection");
    assert_eq!(later.unsent().await.unwrap().len(), 3);
    drop(later);
    world.reopen();
    let later = world.client_on(Store::open(&path).unwrap());
    until_words(&later, "c", &["one", "a", "b", "c"]).await;
    until_sent(&later).await;
    assert_eq!(world.log("c").len(), 4);
}

#[tokio::test]
async fn a_refusal_for_good_is_shown_with_its_reason_and_holds_nothing_back() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let client = world.client();
    until_online(&client).await;
    world.fault("event.send", Fault::Refuse(ErrorCode::ConversationBodyTooLong.into()));
    let refused = client.send("c", Draft::text("too long")).await.unwrap();
    client.send("c", Draft::text("short")).await.unwrap();
    until_words(&client, "c", &["one", "short"]).await;
    let unsent = client.unsent().await.unwrap();
    assert!(matches!(&unsent[..], [entry] if entry.client_ref == refused && matches!(&entry.state,
        OutboxState::Failed { problem } if problem.code == "conversation.body_too_long")));
    assert!(client.retry(&refused).await.unwrap());
    until_words(&client, "c", &["one", "short", "too long"]).await;
}

#[tokio::test]
async fn a_server_that_asks_for_patience_is_asked_again() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let client = world.client();
    until_online(&client).await;
    let problem = Problem::new(ErrorCode::ConversationSlowMode).with_retry_after_ms(30);
    world.fault("event.send", Fault::Refuse(problem));
    client.send("c", Draft::text("a")).await.unwrap();
    client.send("c", Draft::text("b")).await.unwrap();
    until_words(&client, "c", &["one", "a", "b"]).await;
}

#[tokio::test]
async fn what_happened_while_away_is_there_after_reconnecting() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let client = world.client();
    until_online(&client).await;
    world.close();
    until(&client, "offline", |client| async move {
        matches!(client.connection_state().await.unwrap(), ConnectionState::Offline { .. }).then_some(())
    })
    .await;
    world.store("c", JULIET, None, message("two"));
    world.store("d", JULIET, None, message("new place"));
    world.reopen();
    until_words(&client, "c", &["one", "two"]).await;
    until_words(&client, "d", &["new place"]).await;
    let asked = world.requests("sync");
    let last = asked.last().unwrap();
    assert_eq!(last["positions"]["c"]["seq"], 1, "only what is missing is asked for: {asked:?}");
}

#[tokio::test]
async fn a_connection_cut_in_the_middle_of_catching_up_starts_over_and_misses_nothing() {
    let world = World::start().await;
    let names: Vec<String> = (0..120).map(|number| format!("room{number:03}")).collect();
    for name in &names {
        world.store(name, JULIET, None, message("hello"));
    }
    world.fault("sync", Fault::DoneThenCut);
    let client = world.client();
    world.fault("sync", Fault::DoneThenSilent);
    until_online(&client).await;
    assert_eq!(client.conversations().await.unwrap().len(), names.len());
}

#[tokio::test]
async fn a_long_absence_leaves_a_hole_that_is_filled_when_looked_at() {
    let world = World::start().await;
    world.say("c", JULIET, "first");
    let client = world.client();
    until_online(&client).await;
    world.close();
    for number in 0..100 {
        world.store("c", JULIET, None, message(&format!("missed {number}")));
    }
    world.reopen();
    until_unread(&client, 101).await;
    let hole =
        until(
            &client,
            "a hole",
            |client| async move { client.log("c").await.unwrap().holes().first().copied() },
        )
        .await;
    assert_eq!(hole.from, 2);
    while let Some(hole) = client.log("c").await.unwrap().holes().pop() {
        client.fill("c", hole).await.unwrap();
    }
    assert_eq!(words(&client, "c").await.len(), 101);
    until_unread(&client, 101).await;
}

#[tokio::test]
async fn scrolling_back_reaches_the_first_message() {
    let world = World::start().await;
    for number in 0..150 {
        world.store("c", JULIET, None, message(&number.to_string()));
    }
    let client = world.client();
    until_online(&client).await;
    while client.timeline("c").await.unwrap().has_older {
        client.load_older("c").await.unwrap();
    }
    let expected: Vec<String> = (0..150).map(|number| number.to_string()).collect();
    assert_eq!(words(&client, "c").await, expected);
}

#[tokio::test]
async fn jumping_to_an_old_place_leaves_a_hole_between() {
    let world = World::start().await;
    for number in 0..300 {
        world.store("c", JULIET, None, message(&number.to_string()));
    }
    let client = world.client();
    until_online(&client).await;
    client.load_around("c", 50).await.unwrap();
    let log = client.log("c").await.unwrap();
    assert!(log.knows(50) && log.knows(300) && !log.knows(150));
    assert_eq!(log.holes().len(), 1);
}

#[tokio::test]
async fn reading_is_told_to_the_server_even_when_it_happened_offline() {
    let world = World::start().await;
    for words in ["one", "two", "three"] {
        world.say("c", JULIET, words);
    }
    let client = world.client();
    until_unread(&client, 3).await;
    world.close();
    client.mark_read("c", 2).await.unwrap();
    until_unread(&client, 1).await;
    world.reopen();
    until(&client, "the server to know", |_| async { (world.read_seq("c") == 2).then_some(()) }).await;
    until_online(&client).await;
    assert_eq!(unread(&client, "c").await, Some(1));
}

#[tokio::test]
async fn what_is_marked_as_unread_stays_so_until_it_is_read_again() {
    let world = World::start().await;
    for words in ["one", "two", "three", "four"] {
        world.say("c", JULIET, words);
    }
    let client = world.client();
    until_unread(&client, 4).await;
    client.mark_read("c", 4).await.unwrap();
    client.mark_unread("c", 2).await.unwrap();
    assert_eq!(unread(&client, "c").await, Some(3));
    until(&client, "the server to know", |_| async { (world.read_seq("c") == 1).then_some(()) }).await;
    client.mark_unread("c", 3).await.unwrap();
    assert_eq!(unread(&client, "c").await, Some(3), "marking as unread reads nothing");
    client.mark_read("c", 3).await.unwrap();
    assert_eq!(unread(&client, "c").await, Some(1));
    until(&client, "the server to know", |_| async { (world.read_seq("c") == 3).then_some(()) }).await;
}

#[tokio::test]
async fn marking_and_reading_without_a_connection_are_told_in_their_order() {
    let world = World::start().await;
    for words in ["one", "two", "three", "four"] {
        world.say("c", JULIET, words);
    }
    let client = world.client();
    until_unread(&client, 4).await;
    client.mark_read("c", 4).await.unwrap();
    until(&client, "the server to know", |_| async { (world.read_seq("c") == 4).then_some(()) }).await;
    world.close();
    client.mark_unread("c", 2).await.unwrap();
    client.mark_read("c", 3).await.unwrap();
    assert_eq!(unread(&client, "c").await, Some(1));
    world.reopen();
    until(&client, "the server to know", |_| async { (world.read_seq("c") == 3).then_some(()) }).await;
    until_online(&client).await;
    assert_eq!(unread(&client, "c").await, Some(1));
}

#[tokio::test]
async fn another_device_marks_as_unread_and_reads_again() {
    let world = World::start().await;
    for words in ["one", "two", "three"] {
        world.say("c", JULIET, words);
    }
    let client = world.client();
    until_unread(&client, 3).await;
    client.mark_read("c", 3).await.unwrap();
    until(&client, "the server to know", |_| async { (world.read_seq("c") == 3).then_some(()) }).await;
    let conversation = || "c".to_owned();
    world.push(&Push::Account {
        change: AccountChange::Unread { conversation: conversation(), unread_from: 2 },
    });
    until_unread(&client, 2).await;
    world.push(&Push::Account { change: AccountChange::Read { conversation: conversation(), read_seq: 3 } });
    until_unread(&client, 0).await;
}

#[tokio::test]
async fn receipts_are_gathered() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let client = world.client();
    until_online(&client).await;
    for number in 0..50 {
        world.say("c", JULIET, &number.to_string());
    }
    until(&client, "a receipt for the newest", |_| async {
        world.requests("conversation.mark_delivered").iter().any(|args| args["seq"] == 51).then_some(())
    })
    .await;
    assert!(world.requests("conversation.mark_delivered").len() < 20);
}

#[tokio::test]
async fn a_mark_that_was_pushed_is_said_next_time() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let client = world.client();
    until_online(&client).await;
    world.say("c", JULIET, "two");
    world.push(&Push::Mark { mark: "2".into() });
    until_words(&client, "c", &["one", "two"]).await;
    world.cut();
    until(&client, "a second sync", |_| async { (world.requests("sync").len() == 2).then_some(()) }).await;
    assert_eq!(world.requests("sync")[1]["since"], "2");
}

#[tokio::test]
async fn a_conversation_one_was_just_added_to_appears() {
    let world = World::start().await;
    let client = world.client();
    until_online(&client).await;
    world.say("new", JULIET, "welcome");
    world.say("new", JULIET, "again");
    until_words(&client, "new", &["welcome", "again"]).await;
}

#[tokio::test]
async fn a_conversation_one_was_removed_from_is_forgotten() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let client = world.client();
    until_words(&client, "c", &["one"]).await;
    world.close();
    world.remove_reader("c");
    world.reopen();
    until(
        &client,
        "gone",
        |client| async move { client.conversations().await.unwrap().is_empty().then_some(()) },
    )
    .await;
}

#[tokio::test]
async fn a_restored_server_makes_the_client_start_over() {
    let world = World::start().await;
    for words in ["one", "two", "three"] {
        world.say("c", JULIET, words);
    }
    let client = world.client();
    until_words(&client, "c", &["one", "two", "three"]).await;
    until_online(&client).await;
    world.close();
    world.restore("c", 1);
    world.store("c", JULIET, None, message("another second"));
    world.reopen();
    until_words(&client, "c", &["one", "another second"]).await;
}

#[tokio::test]
async fn a_deleted_message_is_gone_from_the_cache_as_well() {
    let world = World::start().await;
    let secret = world.say("c", JULIET, "secret");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.db");
    let client = world.client_on(Store::open(&path).unwrap());
    until_words(&client, "c", &["secret"]).await;
    until_online(&client).await;
    world.append("c", JULIET, None, Content::Delete { target: secret.event_id });
    until_words(&client, "c", &["deleted"]).await;
    drop(client);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"secret"));
    }
}

#[tokio::test]
async fn a_revoked_sign_in_is_said_so_and_the_cache_stays() {
    let world = World::start().await;
    world.say("c", JULIET, "one");
    let client = world.client();
    until_online(&client).await;
    world.push(&Push::Closing { error: ErrorCode::AuthTokenInvalid.into() });
    until(&client, "signed out", |client| async move {
        matches!(client.connection_state().await.unwrap(), ConnectionState::SignedOut { .. }).then_some(())
    })
    .await;
    assert_eq!(words(&client, "c").await, ["one"]);
}

#[tokio::test]
async fn own_messages_written_elsewhere_are_not_unread() {
    let world = World::start().await;
    world.say("c", ROMEO, "from my telephone");
    let client = world.client();
    until_unread(&client, 0).await;
}

#[tokio::test]
async fn what_others_have_read_is_known_without_a_connection_too() {
    let world = World::start().await;
    world.say("c", ROMEO, "one");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.db");
    let client = world.client_on(Store::open(&path).unwrap());
    until_online(&client).await;
    world.store_receipt("c", JULIET, 1);
    world.cut();
    until(&client, "the receipt", |client| async move {
        let view = client.timeline("c").await.unwrap();
        (view.receipts.progress(1, ROMEO) == Progress::Read).then_some(())
    })
    .await;
    drop(client);
    world.close();
    let later = Client::start(Store::open(&path).unwrap()).unwrap();
    assert_eq!(later.timeline("c").await.unwrap().receipts.progress(1, ROMEO), Progress::Read);
}

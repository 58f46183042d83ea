use super::world::*;
use crate::ports::{SearchRequest, Store};
use parlance_core::{
    body::Body,
    conversation::{HistoryVisibility, SettingsChange},
    event::{Content, MembershipChange, Message},
    search::{Has, Query},
};
use std::sync::Arc;

/// A search for what somebody typed, without the filters that name somebody or something.
fn typed(who: Person, text: &str) -> SearchRequest {
    let query = Query::parse(text).unwrap();
    SearchRequest {
        who: who.id,
        words: query.words,
        last_is_prefix: query.last_is_prefix,
        from: None,
        within: Vec::new(),
        has: query.has,
        before: query.before,
        after: query.after,
        older_than: None,
        limit: 50,
    }
}

/// The first bodies of the hits.
async fn run(world: &World, request: SearchRequest) -> Vec<String> {
    let hits = world.store.search(request).await.unwrap();
    let text = |content: &Content| match content {
        Content::Message(Message { body: Body::Text { text, .. }, .. }) => text.clone(),
        other => panic!("not a message: {other:?}"),
    };
    hits.iter().map(|hit| text(&hit.event.content)).collect()
}

async fn find(world: &World, who: Person, text: &str) -> Vec<String> {
    run(world, typed(who, text)).await
}

pub async fn all_words_have_to_be_there_in_any_order(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    for text in ["red apple", "green apple pie", "red pear"] {
        room.say(alice, text).await;
    }
    assert_eq!(find(&world, alice, "apple ").await, ["green apple pie", "red apple"]);
    assert_eq!(find(&world, alice, "apple red ").await, ["red apple"]);
    assert_eq!(find(&world, alice, "apple blue ").await, [""; 0]);
}

pub async fn the_last_word_may_be_a_beginning(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    room.say(alice, "meeting tomorrow").await;
    assert_eq!(find(&world, alice, "meet").await.len(), 1);
    assert_eq!(find(&world, alice, "meeting tom").await.len(), 1);
    assert_eq!(find(&world, alice, "meet ").await.len(), 0);
    assert_eq!(find(&world, alice, "meet tomorrow").await.len(), 0);
    assert_eq!(find(&world, alice, "eeting").await.len(), 0);
}

pub async fn spellings_of_the_same_word_are_the_same(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    for text in ["Café", "cafe\u{301}", "CAFE", "ﬁne", "Ｈｅｌｌｏ"] {
        room.say(alice, text).await;
    }
    assert_eq!(find(&world, alice, "café ").await.len(), 3);
    assert_eq!(find(&world, alice, "fine ").await, ["ﬁne"]);
    assert_eq!(find(&world, alice, "hello ").await, ["Ｈｅｌｌｏ"]);
}

pub async fn two_characters_are_found_inside_a_text_without_spaces(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    room.say(alice, "明日は東京駅で会いましょう").await;
    room.say(alice, "내일 서울역에서 만나요").await;
    assert_eq!(find(&world, alice, "東京").await.len(), 1);
    assert_eq!(find(&world, alice, "東京駅").await.len(), 1);
    assert_eq!(find(&world, alice, "京東").await.len(), 0);
    assert_eq!(find(&world, alice, "서울").await.len(), 1);
}

pub async fn punctuation_is_not_an_instruction(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    room.say(alice, "it's 100% \"done\" AND dusted").await;
    for text in ["it's", "\"done\"", "100%", "done AND dusted", "(done)", "done*", "dust"] {
        assert_eq!(find(&world, alice, text).await.len(), 1, "{text:?}");
    }
    for text in ["done OR missing", "done NOT missing", "dusted NEAR done"] {
        assert_eq!(find(&world, alice, text).await.len(), 0, "{text:?}");
    }
}

pub async fn a_search_can_be_narrowed_to_a_sender_and_to_conversations(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let (one, other) = (world.group(&[alice, bob]).await, world.group(&[alice, bob]).await);
    one.say(alice, "word alice one").await;
    one.say(bob, "word bob one").await;
    other.say(bob, "word bob other").await;
    let word = || typed(alice, "word ");
    let from_bob = SearchRequest { from: Some(bob.id), ..word() };
    assert_eq!(run(&world, from_bob.clone()).await, ["word bob other", "word bob one"]);
    let within_one = SearchRequest { within: vec![one.id], ..word() };
    assert_eq!(run(&world, within_one).await, ["word bob one", "word alice one"]);
    let both = SearchRequest { within: vec![one.id], ..from_bob };
    assert_eq!(run(&world, both).await, ["word bob one"]);
    let all = SearchRequest { within: vec![one.id, other.id], ..word() };
    assert_eq!(run(&world, all).await.len(), 3);
    let only_sender = SearchRequest { words: Vec::new(), from: Some(alice.id), ..word() };
    assert_eq!(run(&world, only_sender).await, ["word alice one"]);
}

pub async fn a_search_can_be_narrowed_to_what_is_in_a_message(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    room.say(alice, "link https://example.org/x").await;
    let pinned = room.say(alice, "pinned").await;
    let reacted = room.say(alice, "reacted").await;
    let both = room.say(alice, "both").await;
    for event in [&pinned, &both] {
        room.pin(alice, event, true).await;
    }
    for event in [&reacted, &both] {
        room.react(alice, event, "👍", true).await;
    }
    let has = async |has: &[Has]| {
        let nothing = typed(alice, "has:link");
        run(&world, SearchRequest { has: has.to_vec(), ..nothing }).await
    };
    assert_eq!(has(&[Has::Link]).await, ["link https://example.org/x"]);
    assert_eq!(has(&[Has::Pin]).await, ["both", "pinned"]);
    assert_eq!(has(&[Has::Reaction]).await, ["both", "reacted"]);
    assert_eq!(has(&[Has::Pin, Has::Reaction]).await, ["both"]);
    room.pin(alice, &pinned, false).await;
    room.react(alice, &reacted, "👍", false).await;
    assert_eq!(has(&[Has::Pin]).await, ["both"]);
    assert_eq!(has(&[Has::Reaction]).await, ["both"]);
}

pub async fn a_search_can_be_narrowed_to_a_time(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    for ms in [10, 20, 30] {
        room.say_at(alice, &format!("tick {ms}"), NOON.plus_ms(ms)).await;
    }
    let within = async |after: Option<u64>, before: Option<u64>| {
        let at = |ms: u64| NOON.plus_ms(ms);
        let request = SearchRequest { after: after.map(at), before: before.map(at), ..typed(alice, "tick ") };
        run(&world, request).await
    };
    assert_eq!(within(None, Some(20)).await, ["tick 10"]);
    assert_eq!(within(Some(20), None).await, ["tick 30", "tick 20"]);
    assert_eq!(within(Some(20), Some(30)).await, ["tick 20"]);
}

pub async fn nothing_is_found_where_one_is_not_a_member(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, eve] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    room.say(alice, "word").await;
    assert_eq!(find(&world, bob, "word").await.len(), 1);
    assert_eq!(find(&world, eve, "word").await.len(), 0);
    let within = SearchRequest { within: vec![room.id], ..typed(eve, "word") };
    assert_eq!(run(&world, within).await.len(), 0);
    room.member(alice, bob, MembershipChange::Removed).await;
    assert_eq!(find(&world, bob, "word").await.len(), 0);
    room.join(bob).await;
    assert_eq!(find(&world, bob, "word").await.len(), 1);
}

pub async fn nothing_is_found_from_before_one_may_see(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice]).await;
    room.say(alice, "word before").await;
    let history = Some(HistoryVisibility::SinceJoined);
    room.add(alice, Content::Settings(SettingsChange { history, ..SettingsChange::default() })).await;
    room.join(bob).await;
    room.say(alice, "word after").await;
    assert_eq!(find(&world, bob, "word").await, ["word after"]);
    assert_eq!(find(&world, alice, "word").await, ["word after", "word before"]);
}

pub async fn an_edited_message_is_found_by_its_newest_text(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let event = room.say(alice, "first").await;
    room.edit(alice, &event, Body::text("second https://example.org")).await;
    room.edit(alice, &event, Body::text("third")).await;
    assert_eq!(find(&world, alice, "first").await.len(), 0);
    assert_eq!(find(&world, alice, "second").await.len(), 0);
    assert_eq!(find(&world, alice, "has:link").await.len(), 0);
    let hits = world.store.search(typed(alice, "third")).await.unwrap();
    assert_eq!(hits.iter().map(|hit| hit.event.id).collect::<Vec<_>>(), [event.id]);
    assert_eq!(hits[0].fold.as_ref().unwrap().edited.as_ref().unwrap().0, Body::text("third"));
}

pub async fn sealed_and_deleted_messages_have_no_words(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let sealed = Body::Opaque { scheme: "mls".into(), payload: "word".to_owned() };
    room.add(alice, Content::Message(Message::plain(sealed))).await;
    let event = room.say(alice, "word").await;
    room.edit(alice, &event, Body::text("word again")).await;
    room.delete(alice, &event).await;
    assert_eq!(find(&world, alice, "word").await.len(), 0);
    assert_eq!(find(&world, alice, "mls").await.len(), 0);
}

pub async fn hits_come_newest_first_and_in_pages(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let (one, other) = (world.group(&[alice]).await, world.group(&[alice]).await);
    for number in 0..7 {
        let room = if number % 2 == 0 { &one } else { &other };
        room.say(alice, &format!("word {number}")).await;
    }
    let mut request = SearchRequest { limit: 3, ..typed(alice, "word ") };
    let mut found = Vec::new();
    loop {
        let hits = world.store.search(request.clone()).await.unwrap();
        found.extend(run(&world, request.clone()).await);
        let Some(last) = hits.last() else { break };
        request.older_than = Some(last.event.offset);
    }
    assert_eq!(found, (0..7).rev().map(|number| format!("word {number}")).collect::<Vec<_>>());
}

pub async fn what_was_just_said_is_found_at_once(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    for number in 0..30 {
        room.say(alice, &format!("word{number}")).await;
        assert_eq!(find(&world, alice, &format!("word{number} ")).await.len(), 1);
    }
}

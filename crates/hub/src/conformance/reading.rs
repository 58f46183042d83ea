use super::world::*;
use crate::ports::{Append, Draft, Store};
use parlance_core::{
    account::{AccountChange, Contact, Preferences},
    arrangement::Rearrangement,
    body::{Body, Mentioned},
    conversation::{HistoryVisibility, Permission, Role, SettingsChange, State, ThreadDisplay},
    event::{Content, Extras, Forwarded, Imported, MembershipChange, Message},
    id::{ConversationId, EventId, Seq},
    poll::Vote,
    principal::Privacy,
    subscription::Request,
};
use std::{collections::BTreeMap, sync::Arc};

pub async fn events_are_read_after_a_place(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    for number in 0..5 {
        room.say(alice, &number.to_string()).await;
    }
    let read = async |after, limit| {
        let events = world.store.read_after(room.id, Seq(after), limit).await.unwrap();
        events.iter().map(|event| event.seq.0).collect::<Vec<_>>()
    };
    assert_eq!(read(0, 3).await, [1, 2, 3]);
    assert_eq!(read(3, 10).await, [4, 5, 6, 7]);
    assert_eq!(read(7, 10).await, [0; 0]);
    assert_eq!(read(99, 10).await, [0; 0]);
    assert!(world.store.read_after(ConversationId(fresh_uuid()), Seq(0), 10).await.unwrap().is_empty());
}

pub async fn an_event_is_found_by_its_id_in_its_own_conversation_only(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let (room, other) = (world.group(&[alice]).await, world.group(&[alice]).await);
    let event = room.say(alice, "hello").await;
    assert_eq!(world.store.find_event(room.id, event.id).await.unwrap(), Some(Arc::clone(&event)));
    assert_eq!(world.store.find_event(other.id, event.id).await.unwrap(), None);
    assert_eq!(world.store.find_event(room.id, EventId(fresh_uuid())).await.unwrap(), None);
    assert!(world.store.find_target(other.id, event.id, None).await.unwrap().is_none());
}

pub async fn every_kind_of_content_comes_back_as_it_was(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice]).await;
    let target = room.say(alice, "target").await;
    for content in contents(alice, bob, &target) {
        let appended = room.add(alice, content.clone()).await;
        assert_eq!(appended.content, content);
        assert_eq!(room.log().await.last(), Some(&appended));
    }
    for change in account_changes(bob, room.id) {
        let appended = world.account(alice, change.clone()).await;
        let found = world.store.find_event(ConversationId::account(alice.id), appended.id).await.unwrap();
        assert_eq!(found.unwrap().content, Content::Account(change));
    }
}

fn contents(alice: Person, bob: Person, event: &parlance_core::event::Event) -> Vec<Content> {
    let target = event.as_target();
    let message = Message {
        body: mentioning(Mentioned::Principal(bob.id)),
        reply_to: Some(target),
        thread: Some(target),
        forwarded: Some(Forwarded { sender: bob.id, at: NOON }),
        imported: Some(Imported { id: "28482-98726".into(), at: NOON }),
        expires_at: None,
        poll: None,
        needs_acknowledgement: true,
    };
    let sealed = Body::Opaque { scheme: "mls".into(), payload: "AAAA".to_owned() };
    let settings = SettingsChange {
        name: Some("Ünïcode \"quotes\"".to_owned()),
        topic: Some(String::new()),
        history: Some(HistoryVisibility::SinceJoined),
        slow_mode_s: Some(30),
        archived: Some(false),
        permissions: Some(BTreeMap::from([(Permission::Post, Role::Moderator)])),
        open: Some(true),
        listed: Some(true),
        destroyed: Some(false),
        expire_after_s: Some(0),
        thread_display: Some(ThreadDisplay::Topics),
    };
    let changes = [
        MembershipChange::Requested,
        MembershipChange::RequestClosed,
        MembershipChange::Joined(Role::Reader),
        MembershipChange::Role(Role::Moderator),
        MembershipChange::Removed,
        MembershipChange::Banned,
        MembershipChange::Unbanned,
        MembershipChange::Joined(Role::Member),
        MembershipChange::Left,
    ];
    let memberships = changes.map(|change| Content::Membership { who: bob.id, change });
    let mut contents = vec![
        Content::Message(message),
        Content::Message(Message::plain(sealed.clone())),
        Content::Message(Message::plain(mentioning(Mentioned::Everyone))),
        Content::Message(Message::plain(mentioning(Mentioned::Here))),
        Content::Edit { target, body: mentioning(Mentioned::Principal(alice.id)), expires_at: None },
        Content::Edit { target, body: sealed, expires_at: None },
        Content::Reaction { target, emoji: "👩‍👩‍👧".into(), added: true },
        Content::Reaction { target, emoji: "👩‍👩‍👧".into(), added: false },
        Content::Pin { target, pinned: true },
        Content::Pin { target, pinned: false },
        Content::Vote { target, vote: Vote { options: vec![0, 2], was: Vec::new(), secret: true } },
        Content::PollClosed { target },
        Content::Acknowledgement { target, again: false },
        Content::Delete { target },
        Content::Foreign,
        Content::Settings(settings),
    ];
    contents.extend(memberships);
    contents
}

fn account_changes(bob: Person, conversation: ConversationId) -> Vec<AccountChange> {
    let privacy = Privacy { show_last_seen: false, show_read: true };
    let preferences =
        Preferences { muted: true, hidden: true, hidden_at: Seq(1), mentions_only: true, favourite: false };
    let contact = Contact { alias: "B".to_owned(), blocked: true, ..Contact::nobody() };
    vec![
        AccountChange::Read { conversation, seq: Seq(1) },
        AccountChange::Unread { conversation, from: Seq(1) },
        AccountChange::Draft { conversation, text: "so\nfar".to_owned() },
        AccountChange::Preferences { conversation, preferences },
        AccountChange::Contact { who: bob.id, contact, said: Some(Request::Subscribe) },
        AccountChange::ContactRemoved { who: bob.id, said: None },
        AccountChange::Profile { display_name: "Alice A.".to_owned(), privacy },
        AccountChange::Devices,
        AccountChange::Scheduled { conversation },
        AccountChange::Arranged {
            change: Rearrangement::FavouritesOrdered { conversations: vec![conversation] },
        },
    ]
}

pub async fn extras_come_back_unchanged(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let extras = Some(Extras { front: "xmpp".into(), payload: "<x a='\u{e9}'/>".to_owned() });
    let events = vec![Draft { extras: extras.clone(), ..draft(message("hello")) }];
    let appended = only(room.append(Append { events, ..append(room.id, alice, Vec::new()) }).await.unwrap());
    assert_eq!(appended.extras, extras);
    assert_eq!(room.log().await.last(), Some(&appended));
}

pub async fn a_loaded_state_is_the_fold_of_the_log(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol, dan, eve] = world.people().await;
    let room = world.group(&[alice, bob, carol]).await;
    let permissions = Some(BTreeMap::from([(Permission::Pin, Role::Owner)]));
    let history = Some(HistoryVisibility::SinceJoined);
    room.add(alice, Content::Settings(SettingsChange { permissions, history, ..SettingsChange::default() }))
        .await;
    for (who, change) in [
        (dan, MembershipChange::Requested),
        (eve, MembershipChange::Requested),
        (dan, MembershipChange::Joined(Role::Moderator)),
        (bob, MembershipChange::Banned),
        (carol, MembershipChange::Role(Role::Owner)),
        (alice, MembershipChange::Left),
        (alice, MembershipChange::Joined(Role::Member)),
    ] {
        room.member(alice, who, change).await;
    }
    let loaded = room.state().await;
    let mut folded = State::new(loaded.id, world.domain, loaded.kind, loaded.epoch);
    for event in room.log().await {
        folded.apply(&event);
    }
    folded.departed.clear();
    assert_eq!(State { departed: Default::default(), ..loaded }, folded);
    assert!(world.store.load_state(ConversationId(fresh_uuid())).await.unwrap().is_none());
}

pub async fn what_a_decision_needs_of_its_target_is_known(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let event = room.say(alice, "hello").await;
    room.react(alice, &event, "👍", true).await;
    let reaction = room.react(bob, &event, "🎉", true).await;
    room.react(bob, &event, "👍", true).await;
    let find = async |id, emoji| world.store.find_target(room.id, id, emoji).await.unwrap().unwrap();
    let facts = find(event.id, Some("👍")).await;
    assert_eq!((facts.seq, facts.id, facts.sender), (event.seq, event.id, alice.id));
    assert_eq!((facts.is_live_message, facts.emoji_count, facts.has_emoji), (true, 2, true));
    let answer = room.answer(bob, &event, "hello yourself").await;
    assert_eq!([facts.is_in_thread, find(answer.id, None).await.is_in_thread], [false, true]);
    assert!(!find(event.id, Some("🤔")).await.has_emoji);
    assert!(!find(event.id, None).await.has_emoji);
    assert!(!find(reaction.id, None).await.is_live_message);
    room.react(bob, &event, "🎉", false).await;
    assert_eq!(find(event.id, Some("🎉")).await.emoji_count, 1);
    room.delete(alice, &event).await;
    let facts = find(event.id, Some("👍")).await;
    assert_eq!((facts.is_live_message, facts.emoji_count, facts.has_emoji), (false, 0, false));
}

pub async fn the_last_post_is_remembered_even_when_it_was_deleted(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let last = async |who: Person| world.store.last_post_at(room.id, who.id).await.unwrap();
    assert_eq!(last(alice).await, None);
    room.say_at(alice, "1", NOON.plus_ms(1)).await;
    let second = room.say_at(alice, "2", NOON.plus_ms(2)).await;
    room.react(bob, &second, "👍", true).await;
    assert_eq!((last(alice).await, last(bob).await), (Some(NOON.plus_ms(2)), None));
    room.delete(alice, &second).await;
    assert_eq!(last(alice).await, Some(NOON.plus_ms(2)));
}

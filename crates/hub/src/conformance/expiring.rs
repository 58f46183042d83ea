use super::world::*;
use crate::ports::{Append, Expired, Place, Store};
use parlance_core::{
    body::Body,
    conversation::SettingsChange,
    event::{Content, Event, Imported, Message},
    id::{Seq, UnixMillis},
};
use std::sync::Arc;

const HOUR_MS: u64 = 3_600_000;

impl Room {
    async fn set_timer(&self, by: Person, seconds: u32) {
        let change = SettingsChange { expire_after_s: Some(seconds), ..SettingsChange::default() };
        self.add(by, Content::Settings(change)).await;
    }
}

fn expired(event: &Event) -> Expired {
    Expired { conversation: event.conversation, sender: event.sender, target: event.as_target() }
}

pub async fn a_message_gets_its_time_when_it_is_appended(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let before = room.say(alice, "before").await;
    room.set_timer(alice, 3_600).await;
    let late = room.say_at(alice, "late", NOON.plus_ms(5)).await;
    let early = room.say_at(alice, "early", UnixMillis(0)).await;
    room.set_timer(alice, 0).await;
    let after = room.say(alice, "after").await;
    for event in [&before, &after] {
        assert_eq!(event.content.expires_at(), None);
    }
    for event in [&late, &early] {
        assert_eq!(event.content.expires_at(), Some(event.at.plus_ms(HOUR_MS)));
    }
    let log = room.log().await;
    assert_eq!(log[log.len() - 4..][..2].iter().map(|event| event.seq).max(), Some(early.seq));
    assert!(log.contains(&late) && log.contains(&early), "what was answered is what is stored");
}

pub async fn what_the_sender_says_of_the_time_does_not_matter(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let mut forged = message("forever");
    forged.set_expires_at(Some(NOON));
    assert_eq!(room.add(alice, forged).await.content.expires_at(), None);
    room.set_timer(alice, 3_600).await;
    let imported = Some(Imported { id: "1".into(), at: NOON });
    let imported = Content::Message(Message { imported, ..Message::plain(Body::text("old")) });
    assert_eq!(room.add(alice, imported).await.content.expires_at(), None);
    assert_eq!(world.store.expired(UnixMillis(u64::MAX >> 1), 9).await.unwrap(), []);
}

pub async fn an_edit_disappears_with_its_message(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    room.set_timer(alice, 3_600).await;
    let said = room.say(alice, "first").await;
    room.set_timer(alice, 7_200).await;
    let edit = Content::Edit { target: said.as_target(), body: Body::text("second"), expires_at: None };
    let edit = Append { at: NOON.plus_ms(60_000), ..append(room.id, alice, vec![edit]) };
    let edit = only(room.append(edit).await.unwrap());
    assert_eq!(edit.content.expires_at(), said.content.expires_at());
    let due = world.store.expired(said.at.plus_ms(HOUR_MS), 9).await.unwrap();
    assert_eq!(due, [expired(&said)]);
}

pub async fn messages_are_due_in_order_until_they_are_deleted(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let (one, other) = (world.group(&[alice, bob]).await, world.direct(alice, bob).await);
    one.set_timer(alice, 7_200).await;
    other.set_timer(bob, 3_600).await;
    let late = one.say(alice, "late").await;
    let first = other.say(bob, "secret first").await;
    let second = other.say_at(alice, "secret second", NOON.plus_ms(1)).await;
    let due = async |at: UnixMillis, limit| world.store.expired(at, limit).await.unwrap();
    let hour = NOON.plus_ms(HOUR_MS);
    assert_eq!(due(UnixMillis(hour.0 - 1), 9).await, []);
    assert_eq!(due(hour, 9).await, [expired(&first)]);
    assert_eq!(due(hour.plus_ms(HOUR_MS), 2).await, [expired(&first), expired(&second)]);
    for event in [&first, &second] {
        other.delete(alice, event).await;
    }
    assert_eq!(due(hour.plus_ms(HOUR_MS), 9).await, [expired(&late)]);
    let page = world.store.page(other.id, Seq(1), Place::Newest, 100).await.unwrap();
    assert!(!format!("{page:?}").contains("secret"));
}

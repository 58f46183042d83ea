use super::world::*;
use crate::ports::{Delivered, ReceiptRow, Store};
use parlance_core::{
    account::{AccountChange, Preferences},
    body::Mentioned,
    conversation::{HistoryVisibility, SettingsChange},
    count::Counts,
    event::{Content, MembershipChange, Message},
    id::{DeviceId, Seq},
};
use std::sync::Arc;

async fn counts(room: &Room, who: Person) -> (u64, u64) {
    let Counts { unread, mentions } = room.row(who).await.counts;
    (unread, mentions)
}

async fn mention(room: &Room, by: Person, who: Mentioned) -> Arc<parlance_core::event::Event> {
    room.add(by, Content::Message(Message::plain(mentioning(who)))).await
}

pub async fn only_messages_of_others_wait_to_be_read(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    assert_eq!(counts(&room, bob).await, (0, 0), "joining is no message");
    let first = room.say(alice, "1").await;
    let second = room.say(alice, "2").await;
    room.say(bob, "own").await;
    room.react(alice, &first, "👍", true).await;
    room.edit(alice, &first, parlance_core::body::Body::text("1!")).await;
    assert_eq!(counts(&room, bob).await, (2, 0));
    room.delete(alice, &second).await;
    assert_eq!(counts(&room, bob).await, (1, 0));
    room.read(bob, first.seq).await;
    assert_eq!(counts(&room, bob).await, (0, 0));
    assert_eq!(counts(&room, alice).await, (1, 0));
}

pub async fn mentions_count_by_name_and_all_at_once(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let room = world.group(&[alice, bob, carol]).await;
    mention(&room, alice, Mentioned::Principal(bob.id)).await;
    mention(&room, alice, Mentioned::Everyone).await;
    mention(&room, alice, Mentioned::Here).await;
    room.say(alice, "nobody").await;
    assert_eq!(counts(&room, bob).await, (4, 3));
    assert_eq!(counts(&room, carol).await, (4, 2));
    assert_eq!(counts(&room, alice).await, (0, 0));
}

pub async fn an_edited_message_mentions_whom_its_newest_body_mentions(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let event = room.say(alice, "nobody").await;
    room.edit(alice, &event, mentioning(Mentioned::Principal(bob.id))).await;
    assert_eq!(counts(&room, bob).await, (1, 1));
    room.edit(alice, &event, parlance_core::body::Body::text("nobody")).await;
    assert_eq!(counts(&room, bob).await, (1, 0));
    room.edit(alice, &event, mentioning(Mentioned::Everyone)).await;
    assert_eq!(counts(&room, bob).await, (1, 1));
    room.delete(alice, &event).await;
    assert_eq!(counts(&room, bob).await, (0, 0));
}

pub async fn editing_what_was_read_makes_nothing_unread(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let event = room.say(alice, "nobody").await;
    room.read(bob, event.seq).await;
    room.edit(alice, &event, mentioning(Mentioned::Principal(bob.id))).await;
    assert_eq!(counts(&room, bob).await, (0, 0));
}

pub async fn read_positions_only_move_on_and_not_beyond_the_newest_place(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let (first, second) = (room.say(alice, "1").await, room.say(alice, "2").await);
    room.read(bob, second.seq).await;
    room.read(bob, first.seq).await;
    assert_eq!(room.row(bob).await.read, second.seq);
    room.read(bob, Seq(1_000)).await;
    assert_eq!(room.row(bob).await.read, second.seq);
    room.say(alice, "3").await;
    assert_eq!(counts(&room, bob).await, (1, 0));
}

pub async fn what_was_marked_as_unread_waits_until_it_is_read_again(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let first = mention(&room, alice, Mentioned::Principal(bob.id)).await;
    let second = mention(&room, alice, Mentioned::Everyone).await;
    let third = room.say(alice, "3").await;
    let own = room.say(bob, "own").await;
    room.read(bob, own.seq).await;
    for _ in 0..2 {
        room.unread(bob, second.seq).await;
        let row = room.row(bob).await;
        assert_eq!((row.read, counts(&room, bob).await), (first.seq, (2, 1)));
    }
    room.edit(alice, &second, parlance_core::body::Body::text("nobody")).await;
    room.delete(alice, &third).await;
    room.say(alice, "4").await;
    assert_eq!(counts(&room, bob).await, (2, 0));
    assert_eq!(counts(&room, alice).await, (1, 0), "it is nobody else's affair");
    room.read(bob, second.seq).await;
    assert_eq!((room.row(bob).await.read, counts(&room, bob).await), (second.seq, (1, 0)));
    room.read(bob, Seq(1_000)).await;
    assert_eq!(counts(&room, bob).await, (0, 0));
}

pub async fn marking_as_unread_reads_nothing(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let first = room.say(alice, "1").await;
    let second = room.say(alice, "2").await;
    room.read(bob, first.seq).await;
    for from in [second.seq.next(), Seq(1_000), Seq(u64::MAX)] {
        room.unread(bob, from).await;
        assert_eq!((room.row(bob).await.read, counts(&room, bob).await), (first.seq, (1, 0)), "{from}");
    }
    room.unread(carol, first.seq).await;
    assert_eq!(room.store.membership(carol.id, room.id).await.unwrap(), None);
}

pub async fn nothing_before_the_first_visible_place_becomes_unread(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let room = world.group(&[alice]).await;
    let early = mention(&room, alice, Mentioned::Everyone).await;
    let joined = room.join(bob).await;
    room.unread(bob, early.seq).await;
    let row = room.row(bob).await;
    assert_eq!((row.read, counts(&room, bob).await), (early.seq.previous(), (1, 1)), "{joined:?}");
    let history = Some(HistoryVisibility::SinceJoined);
    room.add(alice, Content::Settings(SettingsChange { history, ..SettingsChange::default() })).await;
    let joined = room.join(carol).await;
    room.say(alice, "welcome").await;
    for from in [Seq::ZERO, Seq(1), early.seq, joined.seq] {
        room.unread(carol, from).await;
        let row = room.row(carol).await;
        assert_eq!((row.read, counts(&room, carol).await), (joined.seq.previous(), (1, 0)), "{from}");
    }
}

pub async fn receipts_stay_when_something_is_marked_as_unread(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.direct(alice, bob).await;
    let (first, second) = (room.say(alice, "1").await, room.say(alice, "2").await);
    room.read(bob, second.seq).await;
    room.unread(bob, first.seq).await;
    assert_eq!(receipt(&room, bob).await.unwrap().1, second.seq);
    room.unread(bob, Seq(1)).await;
    room.read(bob, first.seq).await;
    assert_eq!(receipt(&room, bob).await.unwrap().1, second.seq);
    let third = room.say(alice, "3").await;
    room.read(bob, third.seq).await;
    assert_eq!(receipt(&room, bob).await.unwrap().1, third.seq);
    room.leave(bob).await;
    let joined = room.join(bob).await;
    assert_eq!((receipt(&room, bob).await.unwrap().1, room.row(bob).await.read), (joined.seq, joined.seq));
}

pub async fn who_joins_has_read_what_was_before(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice]).await;
    mention(&room, alice, Mentioned::Everyone).await;
    room.read(bob, Seq(1)).await;
    let joined = room.join(bob).await;
    assert_eq!((room.row(bob).await.read, counts(&room, bob).await), (joined.seq, (0, 0)));
    mention(&room, alice, Mentioned::Everyone).await;
    assert_eq!(counts(&room, bob).await, (1, 1));
}

pub async fn who_comes_back_begins_anew(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let preferences = Preferences { muted: true, ..Preferences::default() };
    world.account(bob, AccountChange::Preferences { conversation: room.id, preferences }).await;
    world.account(bob, AccountChange::Draft { conversation: room.id, text: "so far".to_owned() }).await;
    mention(&room, alice, Mentioned::Principal(bob.id)).await;
    room.member(alice, bob, MembershipChange::Removed).await;
    let missed = mention(&room, alice, Mentioned::Principal(bob.id)).await;
    world.account(bob, AccountChange::Draft { conversation: room.id, text: "outside".to_owned() }).await;
    room.read(bob, missed.seq).await;
    let joined = room.join(bob).await;
    let row = room.row(bob).await;
    assert_eq!((row.read, row.counts), (joined.seq, Counts::default()));
    assert_eq!((row.preferences, row.draft.as_str()), (Preferences::default(), ""));
    room.edit(alice, &missed, mentioning(Mentioned::Everyone)).await;
    room.delete(alice, &missed).await;
    room.say(alice, "welcome").await;
    assert_eq!(counts(&room, bob).await, (1, 0));
}

async fn receipt(room: &Room, who: Person) -> Option<(Seq, Seq)> {
    let receipts = room.store.receipts(room.id).await.unwrap();
    let own = receipts.iter().find(|receipt| receipt.who == who.id);
    own.map(|ReceiptRow { delivered, read, .. }| (*delivered, *read))
}

async fn deliver(room: &Room, who: Person, device: DeviceId, seq: u64) {
    let delivered = Delivered { conversation: room.id, who: who.id, device, seq: Seq(seq) };
    room.store.set_delivered(vec![delivered]).await.unwrap();
}

pub async fn receipts_say_how_far_each_member_has_read(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let room = world.group(&[alice, bob, carol]).await;
    let event = room.say(alice, "1").await;
    room.read(bob, event.seq).await;
    room.leave(carol).await;
    assert_eq!(room.store.receipts(room.id).await.unwrap().len(), 2);
    assert_eq!(receipt(&room, bob).await.unwrap().1, event.seq);
    assert_eq!(receipt(&room, alice).await.unwrap().1, Seq(2));
    assert_eq!(receipt(&room, carol).await, None);
}

pub async fn delivered_is_how_far_any_device_has_received(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let tablet = world.device(bob.id).await.0.id;
    for number in 4..=8 {
        room.say(alice, &number.to_string()).await;
    }
    let delivered = async || receipt(&room, bob).await.unwrap().0;
    assert_eq!(delivered().await, Seq::ZERO);
    for (device, seq, expected) in
        [(bob.device, 4, 4), (tablet, 6, 6), (bob.device, 5, 6), (tablet, 3, 6), (tablet, 1_000, 8)]
    {
        deliver(&room, bob, device, seq).await;
        assert_eq!(delivered().await, Seq(expected), "after {seq}");
    }
    assert_eq!(receipt(&room, alice).await.unwrap().0, Seq::ZERO);
}

pub async fn what_no_device_has_received_is_found(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol, dan] = world.people().await;
    let with_alice = world.direct(alice, bob).await;
    let with_carol = world.direct(carol, bob).await;
    let with_dan = world.direct(dan, bob).await;
    let group = world.group(&[alice, bob]).await;
    group.say(alice, "in a group").await;
    let waiting = async || world.store.undelivered(bob.id, 9).await.unwrap();
    assert_eq!(waiting().await, [], "that somebody opened a conversation is no news");
    let first = with_alice.say(alice, "1").await;
    with_carol.say(carol, "2").await;
    with_dan.say(bob, "3").await;
    assert_eq!(waiting().await, [(with_carol.id, Seq(2)), (with_alice.id, Seq(2))]);
    assert_eq!(world.store.undelivered(bob.id, 1).await.unwrap(), [(with_carol.id, Seq(2))]);
    assert_eq!(world.store.undelivered(dan.id, 9).await.unwrap().len(), 1);
    let tablet = world.device(bob.id).await.0.id;
    deliver(&with_alice, bob, tablet, first.seq.0).await;
    with_carol.read(bob, Seq(9)).await;
    assert_eq!(waiting().await, []);
    with_carol.say(bob, "4").await;
    assert_eq!(waiting().await, [], "one's own");
    with_alice.react(alice, &first, "👍", true).await;
    let second = with_alice.say(alice, "5").await;
    with_alice.say(bob, "6").await;
    assert_eq!(waiting().await, [(with_alice.id, first.seq)], "also before what one said oneself");
    with_alice.delete(alice, &second).await;
    with_carol.unread(bob, Seq(1)).await;
    assert_eq!(waiting().await, [(with_alice.id, first.seq)], "what was read once was received");
}

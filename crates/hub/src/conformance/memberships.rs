use super::world::*;
use crate::ports::{MembershipRange, Place, Store};
use parlance_core::{
    account::{AccountChange, Preferences},
    conversation::{HistoryVisibility, Kind, Role, SettingsChange},
    event::{Content, MembershipChange, Offset},
    id::{ConversationId, Seq},
};
use std::{collections::HashSet, sync::Arc};

const ALL: MembershipRange = MembershipRange { changed_after: None, before: None, limit: 100 };

async fn list(world: &World, who: Person, range: MembershipRange) -> Vec<ConversationId> {
    let rows = world.store.memberships(who.id, range).await.unwrap();
    rows.iter().map(|row| row.conversation).collect()
}

pub async fn a_row_says_what_a_member_sees_of_a_conversation(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let last = room.say_at(alice, "hello", NOON.plus_ms(7)).await;
    let row = room.row(bob).await;
    assert_eq!((row.conversation, row.kind, row.role), (room.id, Kind::Group, Role::Member));
    assert_eq!((row.head, row.head_offset, row.changed_at), (last.seq, last.offset, last.at));
    assert_eq!((row.epoch, row.members_count, row.peer), (last.epoch, 2, None));
    assert_eq!((row.visible_from, row.read), (Seq(1), Seq(3)));
    assert_eq!(row.settings, room.state().await.settings);
    assert_eq!((row.preferences, row.draft.as_str()), (Preferences::default(), ""));
    assert_eq!(world.store.memberships(bob.id, ALL).await.unwrap(), [row]);
    assert_eq!(room.row(alice).await.role, Role::Owner);
}

pub async fn the_other_one_of_a_direct_conversation_is_its_peer(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.direct(alice, bob).await;
    assert_eq!(room.row(alice).await.peer, Some(bob.id));
    assert_eq!(room.row(bob).await.peer, Some(alice.id));
    assert_eq!(room.row(bob).await.members_count, 2);
}

pub async fn strangers_have_no_row(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, eve] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    room.leave(bob).await;
    room.member(eve, eve, MembershipChange::Requested).await;
    for stranger in [bob, eve] {
        assert_eq!(world.store.membership(stranger.id, room.id).await.unwrap(), None);
        assert!(list(&world, stranger, ALL).await.is_empty());
        assert_eq!(world.store.conversations_count(stranger.id).await.unwrap(), 0);
    }
    assert_eq!(room.row(alice).await.members_count, 1);
    let account = ConversationId::account(alice.id);
    assert_eq!(world.store.membership(alice.id, account).await.unwrap(), None);
    assert_eq!(list(&world, alice, ALL).await, [room.id]);
    assert_eq!(world.store.conversations_count(alice.id).await.unwrap(), 1);
}

pub async fn conversations_come_newest_first_and_in_pages(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let mut rooms = Vec::new();
    for _ in 0..5 {
        rooms.push(world.group(&[alice]).await);
    }
    rooms[1].say(alice, "newest").await;
    rooms[0].read(alice, Seq(1)).await;
    let newest_first = [1, 4, 3, 2, 0].map(|place: usize| rooms[place].id);
    assert_eq!(list(&world, alice, ALL).await, newest_first);
    let mut paged = Vec::new();
    let mut before = None;
    loop {
        let page =
            world.store.memberships(alice.id, MembershipRange { before, limit: 2, ..ALL }).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        before = Some(last.head_offset);
        paged.extend(page.iter().map(|row| row.conversation));
    }
    assert_eq!(paged, newest_first);
}

pub async fn a_limit_may_be_none_at_all(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    assert_eq!(list(&world, alice, MembershipRange { limit: usize::MAX, ..ALL }).await, [room.id]);
    assert_eq!(world.store.read_after(room.id, Seq::ZERO, usize::MAX).await.unwrap().len(), 2);
    let page = world.store.page(room.id, Seq(1), Place::Newest, usize::MAX).await.unwrap();
    assert_eq!(page.len(), 2);
}

pub async fn conversations_with_news_are_found(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let (one, other) = (world.group(&[alice, bob]).await, world.group(&[alice, bob]).await);
    let start = world.store.mark().await.unwrap().offset;
    let changed =
        async |who, after| list(&world, who, MembershipRange { changed_after: Some(after), ..ALL }).await;
    assert_eq!(changed(alice, start).await, []);
    let event = one.say(bob, "news").await;
    assert_eq!(changed(alice, start).await, [one.id]);
    assert_eq!(changed(alice, event.offset).await, []);
    assert_eq!(changed(alice, Offset(event.offset.0 - 1)).await, [one.id]);
    assert_eq!(changed(alice, Offset(0)).await, [one.id, other.id]);
}

pub async fn ones_own_changes_are_news_to_oneself_only(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let event = room.say(alice, "news").await;
    let preferences = Preferences { muted: true, ..Preferences::default() };
    for change in [
        AccountChange::Read { conversation: room.id, seq: event.seq },
        AccountChange::Unread { conversation: room.id, from: event.seq },
        AccountChange::Draft { conversation: room.id, text: "so far".to_owned() },
        AccountChange::Preferences { conversation: room.id, preferences },
    ] {
        let changed_after = Some(world.store.mark().await.unwrap().offset);
        let range = MembershipRange { changed_after, ..ALL };
        world.account(bob, change.clone()).await;
        assert_eq!(list(&world, bob, range).await, [room.id], "{change:?}");
        assert!(list(&world, alice, range).await.is_empty(), "{change:?}");
    }
    assert_eq!(room.row(bob).await.head_offset, event.offset);
}

pub async fn an_account_log_is_no_conversation(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    world.account(alice, AccountChange::Read { conversation: room.id, seq: Seq(1) }).await;
    assert_eq!(list(&world, alice, ALL).await, [room.id]);
    let log = ConversationId::account(alice.id);
    assert_eq!(world.store.membership(alice.id, log).await.unwrap(), None);
}

pub async fn drafts_and_preferences_are_ones_own(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let (room, other) = (world.group(&[alice, bob]).await, world.group(&[alice, bob]).await);
    let preferences =
        Preferences { muted: true, favourite: true, mentions_only: true, hidden: true, hidden_at: Seq(2) };
    world.account(bob, AccountChange::Preferences { conversation: room.id, preferences }).await;
    world.account(bob, AccountChange::Draft { conversation: room.id, text: "so far".to_owned() }).await;
    assert_eq!(room.row(bob).await.preferences, preferences);
    assert_eq!(room.row(bob).await.draft, "so far");
    for row in [room.row(alice).await, other.row(bob).await] {
        assert_eq!((row.preferences, row.draft.as_str()), (Preferences::default(), ""));
    }
    world.account(bob, AccountChange::Draft { conversation: room.id, text: String::new() }).await;
    assert_eq!(room.row(bob).await.draft, "");
}

pub async fn who_left_is_told_so_until_they_come_back(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, eve] = world.people().await;
    let mut rooms = Vec::new();
    for change in [MembershipChange::Left, MembershipChange::Removed, MembershipChange::Banned] {
        let room = world.group(&[alice, bob]).await;
        let offset = room.member(alice, bob, change).await.offset;
        rooms.push((room, offset));
    }
    let left = async |who: Person, after| {
        world.store.left_after(who.id, after).await.unwrap().into_iter().collect::<HashSet<_>>()
    };
    let ids: Vec<_> = rooms.iter().map(|(room, _)| room.id).collect();
    assert_eq!(left(bob, Offset(0)).await, ids.iter().copied().collect());
    assert_eq!(left(bob, rooms[0].1).await, ids[1..].iter().copied().collect());
    assert_eq!(left(bob, rooms[2].1).await, HashSet::new());
    rooms[1].0.join(bob).await;
    assert_eq!(left(bob, rooms[0].1).await, HashSet::from([ids[2]]));
    rooms[0].0.member(alice, eve, MembershipChange::Banned).await;
    assert_eq!(left(eve, Offset(0)).await, HashSet::new(), "who was never in did not leave");
    assert_eq!(left(alice, Offset(0)).await, HashSet::new());
}

pub async fn newcomers_see_what_the_settings_say(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let room = world.group(&[alice]).await;
    room.say(alice, "old").await;
    room.join(bob).await;
    let history = Some(HistoryVisibility::SinceJoined);
    room.add(alice, Content::Settings(SettingsChange { history, ..SettingsChange::default() })).await;
    let joined = room.join(carol).await;
    assert_eq!(room.row(bob).await.visible_from, Seq(1));
    assert_eq!(room.row(carol).await.visible_from, joined.seq);
}

pub async fn a_new_profile_is_seen_in_the_directory_at_once(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let privacy = parlance_core::principal::Privacy { show_last_seen: false, show_read: false };
    let change = AccountChange::Profile { display_name: "Alice A.".to_owned(), privacy };
    world.account(alice, change).await;
    let load = async |who: Person| world.store.load_principals(&[who.id]).await.unwrap().remove(0);
    let seen = load(alice).await;
    assert_eq!((seen.display_name.as_str(), seen.privacy), ("Alice A.", privacy));
    assert_ne!(load(bob).await.display_name, "Alice A.");
}

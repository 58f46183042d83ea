use crate::{
    Caller, HubError,
    ports::{ArchiveScope, ArchiveSide},
    stage::{Stage, message},
    usecase::{ArchivePage, ArchiveQuery},
};
use parlance_core::{
    Rejection,
    conversation::HistoryVisibility,
    event::{EventKind, EventKinds},
    id::{ClientRef, EventId, Seq},
};
use uuid::Uuid;

const OWN: ArchiveScope = ArchiveScope::Personal;

fn query(side: ArchiveSide, limit: usize) -> ArchiveQuery {
    let kinds = EventKinds::of(&[EventKind::Message]);
    let (with, after, before, start, end) = (None, Vec::new(), Vec::new(), None, None);
    ArchiveQuery { with, after, before, start, end, kinds, side, limit }
}

fn seqs(page: &ArchivePage) -> Vec<u64> {
    page.items.iter().map(|item| item.folded.event.seq.0).collect()
}

fn rejection<T: std::fmt::Debug>(answer: Result<T, HubError>) -> Rejection {
    match answer {
        Err(HubError::Rule(rejection)) => rejection,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn an_archive_is_paged_through_in_both_directions() {
    let stage = Stage::new().await;
    let [alice, bob, carol] = stage.people().await;
    let rooms = [stage.direct(alice, bob).await, stage.direct(alice, carol).await];
    let mut said = Vec::new();
    for number in 0..7 {
        said.push(stage.post(alice, rooms[number % 2], "x").await.id);
    }
    for side in [ArchiveSide::Oldest, ArchiveSide::Newest] {
        let mut found: Vec<EventId> = Vec::new();
        loop {
            let query = match side {
                ArchiveSide::Oldest => {
                    ArchiveQuery { after: found.last().copied().into_iter().collect(), ..query(side, 3) }
                }
                ArchiveSide::Newest => {
                    ArchiveQuery { before: found.first().copied().into_iter().collect(), ..query(side, 3) }
                }
            };
            let page = stage.world.hub.archive(alice, OWN, query).await.unwrap();
            let ids = page.items.iter().map(|item| item.folded.event.id);
            match side {
                ArchiveSide::Oldest => found.extend(ids),
                ArchiveSide::Newest => drop(found.splice(0..0, ids)),
            }
            if page.is_complete {
                break;
            }
            assert_eq!((page.first().is_some(), page.last().is_some()), (true, true));
        }
        assert_eq!(found, said);
    }
}

#[tokio::test]
async fn a_page_that_ends_exactly_with_the_archive_is_complete() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let room = stage.direct(alice, bob).await;
    let hub = &stage.world.hub;
    let page = async |limit| hub.archive(alice, OWN, query(ArchiveSide::Oldest, limit)).await.unwrap();
    let empty = page(0).await;
    assert_eq!((empty.is_complete, empty.first(), empty.last()), (true, None, None));
    stage.post(alice, room, "1").await;
    stage.post(alice, room, "2").await;
    assert!(!page(0).await.is_complete && !page(1).await.is_complete && page(2).await.is_complete);
}

#[tokio::test]
async fn an_archive_is_narrowed_to_somebody_or_to_ones_notes() {
    let stage = Stage::new().await;
    let [alice, bob, carol, dan] = stage.people().await;
    let (with_bob, with_carol) = (stage.direct(alice, bob).await, stage.direct(alice, carol).await);
    let notes = stage.world.hub.open_notes(alice).await.unwrap();
    for room in [with_bob, with_carol, notes] {
        stage.post(alice, room, "x").await;
    }
    let with = async |who: Caller| {
        let query = ArchiveQuery { with: Some(who.who), ..query(ArchiveSide::Newest, 9) };
        let page = stage.world.hub.archive(alice, OWN, query).await.unwrap();
        page.items.iter().map(|item| item.folded.event.conversation).collect::<Vec<_>>()
    };
    assert_eq!(with(bob).await, [with_bob]);
    assert_eq!(with(alice).await, [notes]);
    assert_eq!(with(dan).await, []);
}

#[tokio::test]
async fn what_is_in_no_archive_of_ones_own_is_not_found() {
    let stage = Stage::new().await;
    let [alice, bob, carol] = stage.people().await;
    let (own, others) = (stage.direct(alice, bob).await, stage.direct(bob, carol).await);
    let (known, secret) = (stage.post(bob, own, "1").await.id, stage.post(bob, others, "2").await.id);
    let hub = &stage.world.hub;
    for id in [secret, EventId(Uuid::from_u128(1))] {
        let oldest = query(ArchiveSide::Oldest, 9);
        let after = hub.archive(alice, OWN, ArchiveQuery { after: vec![id], ..oldest.clone() }).await;
        assert_eq!(rejection(after), Rejection::EventNotFound);
        let before = hub.archive(alice, OWN, ArchiveQuery { before: vec![id], ..oldest.clone() }).await;
        assert_eq!(rejection(before), Rejection::EventNotFound);
        assert_eq!(rejection(hub.archive_events(alice, OWN, &[known, id]).await), Rejection::EventNotFound);
    }
    assert_eq!(hub.archive_events(alice, OWN, &[known]).await.unwrap().len(), 1);
    assert!(matches!(
        rejection(hub.archive_events(alice, OWN, &[known; 1_001]).await),
        Rejection::InvalidValue(_)
    ));
}

#[tokio::test]
async fn the_archive_of_a_group_is_for_its_members_from_where_they_may_see() {
    let stage = Stage::new().await;
    let [alice, bob, carol] = stage.people().await;
    let group = stage.group(alice, &[], HistoryVisibility::SinceJoined).await;
    let before = stage.post(alice, group, "before").await;
    let hub = &stage.world.hub;
    hub.add_member(alice, group, bob.who, None).await.unwrap();
    stage.post(alice, group, "after").await;
    let scope = ArchiveScope::Conversation(group);
    let newest = query(ArchiveSide::Newest, 9);
    assert_eq!(seqs(&hub.archive(bob, scope, newest.clone()).await.unwrap()), [5]);
    assert_eq!(seqs(&hub.archive(alice, scope, newest.clone()).await.unwrap()), [3, 5]);
    let hidden = ArchiveQuery { after: vec![before.id], ..newest.clone() };
    assert_eq!(rejection(hub.archive(bob, scope, hidden).await), Rejection::EventNotFound);
    let stranger = [
        hub.archive(carol, scope, newest.clone()).await.map(drop),
        hub.archive_events(carol, scope, &[before.id]).await.map(drop),
        hub.archive_ends(carol, scope, EventKinds::ALL).await.map(drop),
    ];
    for refused in stranger {
        assert_eq!(rejection(refused), Rejection::ConversationNotFound);
    }
    assert!(
        hub.archive(bob, OWN, newest.clone()).await.unwrap().items.is_empty(),
        "groups are in no personal one"
    );
}

#[tokio::test]
async fn who_was_removed_on_another_node_reads_no_archive() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let other = stage.another_node().await;
    other.warm_up(group).await;
    stage.world.hub.remove_member(alice, group, bob.who).await.unwrap();
    let refused = other.archive(bob, ArchiveScope::Conversation(group), query(ArchiveSide::Newest, 9)).await;
    assert_eq!(rejection(refused), Rejection::ConversationNotFound);
}

#[tokio::test]
async fn an_archive_says_where_it_begins_and_ends() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let room = stage.direct(alice, bob).await;
    let hub = &stage.world.hub;
    let messages = EventKinds::of(&[EventKind::Message]);
    assert_eq!(hub.archive_ends(alice, OWN, messages).await.unwrap(), None);
    let first = stage.post(alice, room, "1").await;
    stage.world.clock.advance(5);
    stage.post(alice, room, "2").await;
    let last = stage.post(bob, room, "3").await;
    let (oldest, newest) = hub.archive_ends(alice, OWN, messages).await.unwrap().unwrap();
    assert_eq!((oldest.id, oldest.at, newest.id, newest.at), (first.id, first.at, last.id, last.at));
}

#[tokio::test]
async fn what_waits_for_somebody_is_known_until_a_device_has_it() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let room = stage.direct(alice, bob).await;
    let hub = &stage.world.hub;
    assert!(hub.undelivered(bob).await.unwrap().is_empty());
    let event = stage.post(alice, room, "1").await;
    assert_eq!(hub.undelivered(bob).await.unwrap(), [(room, Seq(event.seq.0 - 1))]);
    assert!(hub.undelivered(alice).await.unwrap().is_empty());
    hub.mark_delivered(bob, room, event.seq).await.unwrap();
    assert!(hub.undelivered(bob).await.unwrap().is_empty(), "also what is not written down yet");
}

#[tokio::test]
async fn somebodys_own_reference_is_found_by_those_who_may_see_it() {
    let stage = Stage::new().await;
    let [alice, bob, carol] = stage.people().await;
    let group = stage.group(alice, &[], HistoryVisibility::SinceJoined).await;
    let hub = &stage.world.hub;
    let tablet = Caller { device: stage.device(), ..alice };
    let early = hub.post(tablet, message(group, "1", Some("early"))).await.unwrap();
    hub.add_member(alice, group, bob.who, None).await.unwrap();
    let late = hub.post(tablet, message(group, "2", Some("late"))).await.unwrap();
    let find = async |who: Caller, text: &str| {
        let client_ref = ClientRef::new(text).unwrap();
        let found = hub.find_by_sender_ref(who, group, alice.who, &client_ref).await;
        found.map(|event| event.map(|event| event.id))
    };
    assert_eq!(find(alice, "early").await.unwrap(), Some(early.id));
    assert_eq!(find(bob, "early").await.unwrap(), None);
    assert_eq!(find(bob, "late").await.unwrap(), Some(late.id));
    assert_eq!(find(bob, "never").await.unwrap(), None);
    assert_eq!(rejection(find(carol, "late").await), Rejection::ConversationNotFound);
}

#[tokio::test]
async fn several_bounds_of_a_range_hold_together() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let direct = stage.direct(alice, bob).await;
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(stage.post(alice, direct, "x").await.id);
    }
    for (one, other) in [(1, 2), (2, 1)] {
        let after = vec![ids[one], ids[other]];
        let before = vec![ids[one + 3], ids[other + 3]];
        let query = ArchiveQuery { after, before, ..query(ArchiveSide::Oldest, 9) };
        let page = stage.world.hub.archive(alice, OWN, query).await.unwrap();
        assert_eq!((page.items.len(), page.first()), (1, Some(ids[3])));
    }
}

use super::world::*;
use crate::ports::{Append, FoldedEvent, Place, Store};
use parlance_core::{
    body::Body,
    event::{Content, Event, Message},
    fold::Fold,
    id::{PrincipalId, Seq},
    poll::{OptionNumber, Poll, Vote},
};
use std::sync::Arc;

impl Room {
    async fn ask(&self, by: Person, question: &str) -> Arc<Event> {
        let poll = Poll {
            question: String::new(),
            options: vec!["secret one".to_owned(), "secret two".to_owned()],
            multiple: true,
            anonymous: false,
            closes_at: None,
        };
        self.add(by, Content::Message(poll.into_message(Body::text(question)).unwrap())).await
    }

    async fn vote(&self, by: Person, poll: &Event, options: &[OptionNumber]) -> Arc<Event> {
        self.add(by, ballot(poll, options)).await
    }

    async fn confirm(&self, by: Person, message: &Event) -> Arc<Event> {
        self.add(by, Content::Acknowledgement { target: message.as_target(), again: false }).await
    }

    async fn close(&self, by: Person, poll: &Event) -> Arc<Event> {
        self.add(by, Content::PollClosed { target: poll.as_target() }).await
    }

    async fn folded(&self, event: &Event) -> FoldedEvent {
        let place = Place::After(event.seq.previous());
        self.store.page(self.id, Seq(1), place, 1).await.unwrap().remove(0)
    }

    async fn fold(&self, event: &Event) -> Fold {
        self.folded(event).await.fold.unwrap_or_default()
    }
}

fn ballot(poll: &Event, options: &[OptionNumber]) -> Content {
    Content::Vote { target: poll.as_target(), vote: Vote { options: options.to_vec(), ..Vote::default() } }
}

fn was(event: &Event) -> &[OptionNumber] {
    match &event.content {
        Content::Vote { vote, .. } => &vote.was,
        other => panic!("no vote: {other:?}"),
    }
}

fn votes(fold: &Fold) -> Vec<(PrincipalId, &[OptionNumber])> {
    fold.votes.iter().map(|ballot| (ballot.who, &ballot.options[..])).collect()
}

pub async fn a_vote_replaces_the_one_before_and_says_so(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let poll = room.ask(alice, "Where?").await;
    assert_eq!(was(&*room.vote(alice, &poll, &[0]).await), [0; 0]);
    room.vote(bob, &poll, &[0, 1]).await;
    let forged = Vote { options: vec![1], was: vec![0, 1], secret: false };
    let second = room.add(alice, Content::Vote { target: poll.as_target(), vote: forged }).await;
    assert_eq!(was(&second), [0], "what the sender says of it does not matter");
    assert_eq!(room.log().await.last(), Some(&second), "what was answered is what is stored");
    let fold = room.fold(&poll).await;
    assert_eq!(votes(&fold), [(bob.id, &[0, 1][..]), (alice.id, &[1])]);
    assert_eq!(fold.changed, second.seq);
    assert_eq!(was(&*room.vote(bob, &poll, &[]).await), [0, 1]);
    assert_eq!(was(&*room.vote(bob, &poll, &[1]).await), [0; 0]);
    room.vote(alice, &poll, &[]).await;
    assert_eq!(votes(&room.fold(&poll).await), [(bob.id, &[1][..])]);
}

pub async fn a_vote_that_is_tried_again_counts_once(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let poll = room.ask(alice, "Where?").await;
    let client_ref = parlance_core::id::ClientRef::new("vote");
    let attempt = |options| Append {
        client_ref: client_ref.clone(),
        ..append(room.id, alice, vec![ballot(&poll, options)])
    };
    let first = room.append(attempt(&[0])).await.unwrap();
    room.vote(alice, &poll, &[1]).await;
    let again = room.append(attempt(&[0])).await.unwrap();
    assert!(again.is_duplicate);
    assert_eq!(again.events, first.events);
    assert_eq!(votes(&room.fold(&poll).await), [(alice.id, &[1][..])]);
}

pub async fn a_vote_that_comes_after_the_close_counts_for_nothing(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let poll = room.ask(alice, "Where?").await;
    room.vote(alice, &poll, &[0]).await;
    let close = room.close(alice, &poll).await;
    room.vote(alice, &poll, &[1]).await;
    room.vote(bob, &poll, &[1]).await;
    let fold = room.fold(&poll).await;
    assert!(fold.is_closed);
    assert_eq!(votes(&fold), [(alice.id, &[0][..])]);
    assert_eq!(fold.changed, close.seq);
}

pub async fn a_deleted_poll_takes_its_votes_along(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let (poll, other) = (room.ask(alice, "secret?").await, room.ask(alice, "kept?").await);
    let votes_in_it = [room.vote(bob, &poll, &[0]).await, room.vote(bob, &poll, &[1]).await];
    let kept = room.vote(bob, &other, &[1]).await;
    room.close(alice, &poll).await;
    let late = room.vote(bob, &poll, &[0]).await;
    room.delete(alice, &poll).await;
    let too_late = room.vote(alice, &poll, &[0]).await;
    for event in [&votes_in_it[0], &votes_in_it[1], &late, &too_late, &poll] {
        let found = world.store.find_event(room.id, event.id).await.unwrap().unwrap();
        assert_eq!(found.content, Content::Deleted);
    }
    assert_eq!(room.folded(&poll).await.fold, None);
    assert_eq!(*world.store.find_event(room.id, kept.id).await.unwrap().unwrap(), *kept);
    assert_eq!(votes(&room.fold(&other).await), [(bob.id, &[1][..])]);
}

pub async fn who_confirms_a_message_is_remembered_once(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let room = world.group(&[alice, bob, carol]).await;
    let asks = Message { needs_acknowledgement: true, ..Message::plain(Body::text("read this")) };
    let message = room.add(alice, Content::Message(asks)).await;
    let again = async |who| match room.confirm(who, &message).await.content {
        Content::Acknowledgement { again, .. } => again,
        ref other => panic!("{other:?}"),
    };
    assert!(!again(carol).await);
    assert!(!again(bob).await);
    assert!(again(carol).await);
    assert_eq!(room.fold(&message).await.acknowledged, [carol.id, bob.id]);
    room.delete(alice, &message).await;
    assert_eq!(room.folded(&message).await.fold, None);
}

pub async fn answers_to_a_message_make_nobody_unread(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let poll = room.ask(alice, "Where?").await;
    let before = room.row(alice).await.counts;
    room.vote(bob, &poll, &[0]).await;
    room.confirm(bob, &poll).await;
    room.close(alice, &poll).await;
    assert_eq!(room.row(alice).await.counts, before);
}

pub async fn what_is_known_of_a_poll_is_that_it_is_one(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let (poll, plain) = (room.ask(alice, "Where?").await, room.say(alice, "There.").await);
    for (event, is_poll) in [(&poll, true), (&plain, false)] {
        let facts = world.store.find_target(room.id, event.id, None).await.unwrap().unwrap();
        assert_eq!(facts.is_poll, is_poll);
    }
}

use super::*;
use parlance_core::{event::Content, poll::Poll};

async fn ask(world: &TestWorld, who: Caller, conversation: ConversationId, poll: Poll) -> Arc<Event> {
    let post = Post { poll: Some(poll), ..question(conversation) };
    world.hub.post(who, post).await.unwrap()
}

fn question(conversation: ConversationId) -> Post {
    Post {
        conversation,
        client_ref: None,
        body: Body::text("Where?"),
        reply_to: None,
        thread: None,
        forward: None,
        poll: None,
        needs_acknowledgement: true,
        extras: None,
    }
}

fn poll() -> Poll {
    Poll {
        question: String::new(),
        options: vec!["here".to_owned(), "there".to_owned()],
        multiple: false,
        anonymous: false,
        closes_at: None,
    }
}

fn reference(text: &str) -> Option<ClientRef> {
    ClientRef::new(text)
}

#[tokio::test]
async fn a_vote_is_found_again_by_its_reference_after_the_poll_is_closed_and_deleted() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let direct = world.hub.open_direct(alice, bob.who).await.unwrap();
    let poll = ask(&world, alice, direct, poll()).await;
    let vote = async |options| world.hub.vote(bob, direct, poll.id, options, reference("vote")).await;
    let first = vote(vec![1]).await.unwrap();
    assert_eq!(rejection(world.hub.close_poll(bob, direct, poll.id, None).await), Rejection::NotYours);
    let close = world.hub.close_poll(alice, direct, poll.id, reference("close")).await.unwrap();
    assert_eq!(vote(vec![1]).await.unwrap().id, first.id);
    let other = world.hub.vote(bob, direct, poll.id, vec![0], reference("other")).await;
    assert_eq!(rejection(other), Rejection::PollClosed);
    let again = world.hub.close_poll(alice, direct, poll.id, reference("close")).await.unwrap();
    assert_eq!(again.id, close.id);
    world.hub.delete_event(alice, direct, poll.id, None).await.unwrap();
    assert_eq!(vote(vec![1]).await.unwrap().id, first.id);
    assert_eq!(
        rejection(world.hub.vote(bob, direct, poll.id, vec![0], None).await),
        Rejection::WrongEventKind
    );
}

#[tokio::test]
async fn a_forwarded_poll_is_its_text() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    let group = world.group(alice).await;
    let asked = ask(&world, alice, group, poll()).await;
    let forward = Some(ForwardSource { conversation: group, event: asked.id });
    let forwarded = world.hub.post(alice, Post { forward, ..question(group) }).await.unwrap();
    let Content::Message(message) = &forwarded.content else { panic!("{forwarded:?}") };
    assert_eq!((&message.body, &message.poll), (&Body::text("Where?\n\n1. here\n2. there"), &None));
    let both = world.hub.post(alice, Post { forward, poll: Some(poll()), ..question(group) }).await;
    assert!(matches!(rejection(both), Rejection::InvalidValue(_)));
}

#[tokio::test]
async fn who_has_not_confirmed_a_message_is_told_to_its_author() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let stranger = world.person("carol").await;
    let direct = world.hub.open_direct(alice, bob.who).await.unwrap();
    let message = world.hub.post(alice, question(direct)).await.unwrap();
    let listed = async || {
        let found = world.hub.acknowledgements(alice, direct, message.id).await.unwrap();
        (found.confirmed, found.missing)
    };
    assert_eq!(listed().await, (vec![], vec![bob.who]));
    assert_eq!(
        rejection(world.hub.acknowledge(alice, direct, message.id, None).await),
        Rejection::WrongEventKind
    );
    world.hub.acknowledge(bob, direct, message.id, None).await.unwrap();
    assert_eq!(listed().await, (vec![bob.who], vec![]));
    assert_eq!(rejection(world.hub.acknowledgements(bob, direct, message.id).await), Rejection::NotYours);
    let strange = world.hub.acknowledge(stranger, direct, message.id, None).await;
    assert_eq!(rejection(strange), Rejection::ConversationNotFound);
}

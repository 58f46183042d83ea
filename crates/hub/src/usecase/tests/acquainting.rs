use super::*;
use crate::ports::ContactRow;
use parlance_core::{
    account::{AccountChange, Contact},
    event::Content,
    id::{PrincipalId, Seq},
    subscription::{
        Direction::{self, Granted, None, Pending},
        Request,
    },
};

impl TestWorld {
    async fn kept(&self, owner: Caller, who: Caller) -> Option<Contact> {
        let rows = self.hub.contacts(owner).await.unwrap();
        rows.into_iter().find(|row| row.who == who.who).map(|row| row.contact)
    }

    async fn directions(&self, owner: Caller, who: Caller) -> (Direction, Direction) {
        let subscription = self.kept(owner, who).await.unwrap_or(Contact::nobody()).subscription;
        (subscription.outgoing, subscription.incoming)
    }

    /// What somebody's devices were told that others have said about presence.
    async fn heard(&self, owner: Caller) -> Vec<(PrincipalId, Request)> {
        let log =
            self.world.store.read_after(ConversationId::account(owner.who), Seq::ZERO, 100).await.unwrap();
        let said = |event: &Arc<Event>| match &event.content {
            Content::Account(
                AccountChange::Contact { who, said: Some(said), .. }
                | AccountChange::ContactRemoved { who, said: Some(said) },
            ) => Some((*who, *said)),
            _ => Option::None,
        };
        log.iter().filter_map(said).collect()
    }

    /// Both see each other's presence.
    async fn befriend(&self, one: Caller, other: Caller) {
        self.hub.request_presence(one, other.who).await.unwrap();
        self.hub.approve_presence(other, one.who).await.unwrap();
        self.hub.request_presence(other, one.who).await.unwrap();
        self.hub.approve_presence(one, other.who).await.unwrap();
        assert_eq!(self.directions(one, other).await, (Granted, Granted));
        assert_eq!(self.directions(other, one).await, (Granted, Granted));
    }
}

#[tokio::test]
async fn who_asks_to_see_somebody_sees_them_once_they_agree() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let asked = world.hub.request_presence(alice, bob.who).await.unwrap();
    assert!(asked.is_pushed && asked.is_told);
    assert_eq!(world.directions(alice, bob).await, (Pending, None));
    assert!(world.kept(alice, bob).await.unwrap().is_listed);
    assert!(!world.kept(bob, alice).await.unwrap().is_listed, "a request that waits makes no contact");
    let again = world.hub.request_presence(alice, bob.who).await.unwrap();
    assert!(!again.is_pushed && !again.is_told);

    world.hub.approve_presence(bob, alice.who).await.unwrap();
    assert_eq!(world.directions(alice, bob).await, (Granted, None));
    assert_eq!(world.directions(bob, alice).await, (None, Granted));
    assert!(world.kept(bob, alice).await.unwrap().is_listed);
    assert_eq!(world.heard(bob).await, [(alice.who, Request::Subscribe)]);
    assert_eq!(world.heard(alice).await, [(bob.who, Request::Subscribed)]);
}

#[tokio::test]
async fn a_declined_request_leaves_nothing_behind() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    world.hub.request_presence(alice, bob.who).await.unwrap();
    let denied = world.hub.deny_presence(bob, alice.who).await.unwrap();
    assert!(denied.is_told && !denied.is_pushed);
    assert_eq!(world.kept(bob, alice).await, Option::None);
    assert_eq!(world.directions(alice, bob).await, (None, None));
    assert!(world.kept(alice, bob).await.unwrap().is_listed);
    assert_eq!(world.heard(alice).await, [(bob.who, Request::Unsubscribed)]);
}

#[tokio::test]
async fn who_was_approved_before_they_asked_need_not_wait() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let approved = world.hub.approve_presence(bob, alice.who).await.unwrap();
    assert!(approved.is_pushed && !approved.is_told && approved.subscription.is_approved);
    let asked = world.hub.request_presence(alice, bob.who).await.unwrap();
    assert_eq!((asked.subscription.outgoing, asked.is_told), (Granted, false));
    assert_eq!(world.directions(bob, alice).await, (None, Granted));
    assert_eq!(world.heard(bob).await, []);
    assert_eq!(world.heard(alice).await, [(bob.who, Request::Subscribed)]);
}

#[tokio::test]
async fn presence_can_be_taken_back_and_given_up() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    world.befriend(alice, bob).await;
    world.hub.cancel_presence(alice, bob.who).await.unwrap();
    assert_eq!(world.directions(alice, bob).await, (None, Granted));
    assert_eq!(world.directions(bob, alice).await, (Granted, None));
    world.hub.deny_presence(alice, bob.who).await.unwrap();
    assert_eq!(world.directions(alice, bob).await, (None, None));
    assert_eq!(world.directions(bob, alice).await, (None, None));
    assert!(world.kept(bob, alice).await.unwrap().is_listed, "they are still contacts");
}

#[tokio::test]
async fn whoever_is_removed_from_the_contacts_sees_nothing_any_more() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    for keeps_block in [false, true] {
        world.befriend(alice, bob).await;
        match keeps_block {
            false => world.hub.remove_contact(alice, bob.who).await.unwrap(),
            true => {
                world.hub.set_blocked(alice, bob.who, true).await.unwrap();
                world.hub.unlist_contact(alice, bob.who).await.unwrap();
            }
        }
        let kept = world.kept(alice, bob).await;
        assert_eq!(kept.is_some_and(|contact| contact.blocked && !contact.is_listed), keeps_block);
        assert_eq!(world.directions(bob, alice).await, (None, None));
        let heard = world.heard(bob).await;
        assert_eq!(
            heard[heard.len() - 2..],
            [(alice.who, Request::Unsubscribe), (alice.who, Request::Unsubscribed)]
        );
    }
    let again = world.hub.unlist_contact(alice, bob.who).await;
    assert!(matches!(again, Err(HubError::Identity(crate::IdentityRefusal::UserNotFound))), "{again:?}");
}

#[tokio::test]
async fn whoever_is_blocked_asks_in_vain_and_learns_nothing() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    world.hub.set_blocked(bob, alice.who, true).await.unwrap();
    assert!(!world.kept(bob, alice).await.unwrap().is_listed, "a block makes no contact");
    let asked = world.hub.request_presence(alice, bob.who).await.unwrap();
    assert!(asked.is_pushed && !asked.is_told);
    assert_eq!(world.directions(bob, alice).await, (None, None));
    assert_eq!(rejection(world.hub.request_presence(bob, alice.who).await), Rejection::Blocked);
    world.hub.set_blocked(bob, alice.who, false).await.unwrap();
    assert_eq!(world.kept(bob, alice).await, Option::None, "nothing is left of a block");
}

#[tokio::test]
async fn a_block_leaves_a_contact_as_it_is() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    world.befriend(alice, bob).await;
    world
        .hub
        .set_roster_item(alice, bob.who, "B".into(), vec!["b".into(), "a".into(), "b".into()])
        .await
        .unwrap();
    let before = world.kept(alice, bob).await.unwrap();
    assert_eq!((&*before.alias, &before.groups[..]), ("B", &["a".to_owned(), "b".to_owned()][..]));
    assert_eq!(before.subscription.outgoing, Granted, "the list is not about presence");
    for blocked in [true, false] {
        world.hub.set_blocked(alice, bob.who, blocked).await.unwrap();
        assert_eq!(world.kept(alice, bob).await, Some(Contact { blocked, ..before.clone() }));
    }
    let bad = world.hub.set_roster_item(alice, bob.who, String::new(), vec![String::new()]).await;
    assert!(matches!(rejection(bad), Rejection::InvalidValue(_)));
}

#[tokio::test]
async fn devices_ask_only_for_what_has_changed_in_the_list_of_contacts() {
    let world = TestWorld::with_people().await;
    let (alice, bob, carol) =
        (world.person("alice").await, world.person("bob").await, world.person("carol").await);
    let whose = |rows: &[ContactRow]| rows.iter().map(|row| row.who).collect::<Vec<_>>();
    let first = world.hub.roster_version(alice).await.unwrap();
    world.hub.set_roster_item(alice, bob.who, String::new(), Vec::new()).await.unwrap();
    let second = world.hub.roster_version(alice).await.unwrap();
    world.hub.request_presence(alice, carol.who).await.unwrap();
    world.hub.open_notes(alice).await.unwrap();
    let changes = async |since| world.hub.roster_changes(alice, since).await.unwrap();
    let (third, changed) = changes(second).await.unwrap();
    assert_eq!((whose(&changed), third), (vec![carol.who], world.hub.roster_version(alice).await.unwrap()));
    assert_eq!(whose(&changes(first).await.unwrap().1), [bob.who, carol.who]);
    assert!(changes(third).await.unwrap().1.is_empty());
    world.hub.unlist_contact(alice, bob.who).await.unwrap();
    assert!(changes(third).await.is_none(), "somebody is missing now");
    let (fourth, all) = world.hub.roster(alice).await.unwrap();
    assert_eq!(whose(&all), [carol.who]);
    assert!(changes(fourth).await.unwrap().1.is_empty());
    let foreign = RosterVersion { seq: Seq(1_000), ..fourth };
    assert!(changes(foreign).await.is_none());
}

#[tokio::test]
async fn nobody_is_their_own_contact() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    for refused in [
        rejection(world.hub.request_presence(alice, alice.who).await),
        rejection(world.hub.set_blocked(alice, alice.who, true).await),
        rejection(world.hub.set_roster_item(alice, alice.who, String::new(), Vec::new()).await),
    ] {
        assert!(matches!(refused, Rejection::InvalidValue(_)), "{refused:?}");
    }
}

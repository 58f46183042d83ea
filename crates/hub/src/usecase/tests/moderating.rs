use super::*;
use crate::{
    ports::{ArchiveScope, ReportId, ReportReason},
    usecase::NewReport,
};
use parlance_core::{conversation::Role, event::Content, id::EventId};

impl TestWorld {
    /// One person tells about a message of another in a group.
    async fn tell(&self, by: Caller, about: Caller, place: ConversationId, event: EventId) {
        let reported = self.hub.person(about.who).await.unwrap().address.to_string();
        let new = NewReport {
            reported,
            who: Some(about.who),
            reason: ReportReason::Spam,
            text: "again".into(),
            messages: vec![(ArchiveScope::Conversation(place), event)],
        };
        self.hub.report(by, new).await.unwrap();
    }

    async fn reported_in(&self, by: Caller, place: ConversationId) -> Vec<(ReportId, usize)> {
        let found = self.hub.reports_in(by, place).await.unwrap();
        found.into_iter().map(|one| (one.report.id, one.messages.len())).collect()
    }
}

#[tokio::test]
async fn moderators_see_what_was_reported_where_they_moderate_until_they_are_done_with_it() {
    let world = TestWorld::with_people().await;
    let (alice, bob, carol) =
        (world.person("alice").await, world.person("bob").await, world.person("carol").await);
    let (here, elsewhere) = (world.group(alice).await, world.group(alice).await);
    for group in [here, elsewhere] {
        for one in [bob, carol] {
            world.hub.add_member(alice, group, one.who, None).await.unwrap();
        }
    }
    let event = world.say(bob, here, None).await.unwrap();
    world.tell(carol, bob, here, event.id).await;
    let [(report, 1)] = world.reported_in(alice, here).await[..] else { panic!("one report") };
    assert!(world.reported_in(alice, elsewhere).await.is_empty());
    assert_eq!(rejection(world.hub.reports_in(bob, here).await), Rejection::Forbidden);
    assert_eq!(rejection(world.hub.settle_report(bob, here, report).await), Rejection::Forbidden);
    assert_eq!(rejection(world.hub.settle_report(alice, elsewhere, report).await), Rejection::ReportNotFound);

    world.hub.settle_report(alice, here, report).await.unwrap();
    assert!(world.reported_in(alice, here).await.is_empty());
    assert_eq!(rejection(world.hub.settle_report(alice, here, report).await), Rejection::ReportNotFound);
    let kept = world.hub.administration().report(report).await.unwrap();
    assert!(kept.is_some(), "administrators keep it");
}

#[tokio::test]
async fn who_is_reported_does_not_see_it_and_what_was_deleted_is_not_shown() {
    let world = TestWorld::with_people().await;
    let (alice, bob, carol) =
        (world.person("alice").await, world.person("bob").await, world.person("carol").await);
    let group = world.group(alice).await;
    world.hub.add_member(alice, group, bob.who, Some(Role::Moderator)).await.unwrap();
    world.hub.add_member(alice, group, carol.who, None).await.unwrap();
    let event = world.say(bob, group, None).await.unwrap();
    world.tell(carol, bob, group, event.id).await;
    assert!(world.reported_in(bob, group).await.is_empty());
    let report = world.reported_in(alice, group).await[0].0;
    assert_eq!(rejection(world.hub.settle_report(bob, group, report).await), Rejection::ReportNotFound);

    world.hub.delete_event(alice, group, event.id, None).await.unwrap();
    let found = world.hub.reports_in(alice, group).await.unwrap();
    assert!(found[0].messages.iter().all(|item| !matches!(item.event.content, Content::Message(_))));
    assert!(found[0].messages.is_empty());
}

#[tokio::test]
async fn nobody_reports_themselves() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    let new = NewReport {
        reported: "alice@example.org".into(),
        who: Some(alice.who),
        reason: ReportReason::Abuse,
        text: String::new(),
        messages: Vec::new(),
    };
    assert_eq!(rejection(world.hub.report(alice, new).await), Rejection::InvalidValue("user: not oneself"));
}

//! What is done in other front ends.

use super::*;
use parlance_core::{
    body::{Body, Mention, Mentioned},
    conversation::{HistoryVisibility, Kind, SettingsChange},
    event::Content,
    id::DeviceId,
};
use parlance_hub::{
    Caller,
    ports::Place,
    usecase::{HistoryPlace, NewConversation, Post},
};
use uuid::Uuid;

#[tokio::test]
async fn what_is_written_reacted_changed_and_deleted_elsewhere_is_seen_in_the_room() {
    let stage = Stage::new().await;
    let (romeo, mut juliet) = garden(&stage).await;
    let (hub, id) = (&stage.xmpp.hub, stage.conversation("garden").await);
    let caller = romeo.seat().caller;
    let post = Post {
        conversation: id,
        client_ref: None,
        body: Body::text("from the browser"),
        reply_to: None,
        thread: None,
        forward: None,
        poll: None,
        needs_acknowledgement: false,
        extras: None,
    };
    let event = hub.post(caller, post).await.unwrap();
    let place = event.id.to_string();
    juliet.sees(&["from the browser", "/Romeo'", &format!("id='{place}'")]).await;
    hub.react(caller, id, event.id, "👍", true, None).await.unwrap();
    juliet.sees(&["<reactions", &format!("id='{place}'"), "<reaction>👍</reaction>"]).await;
    hub.edit(caller, id, event.id, Body::text("better"), None).await.unwrap();
    juliet
        .sees(&[
            "<body>better</body>",
            &format!("<replace xmlns='urn:xmpp:message-correct:0' id='{place}'/>"),
        ])
        .await;
    hub.delete_event(caller, id, event.id, None).await.unwrap();
    let told = juliet.sees(&["<retract", &format!("id='{place}'"), "/Romeo'"]).await;
    assert!(!told.contains("<moderated"), "{told}");
}

#[tokio::test]
async fn who_is_removed_or_promoted_elsewhere_is_told_at_once() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    let (hub, id) = (&stage.xmpp.hub, stage.conversation("garden").await);
    let caller = romeo.seat().caller;
    let role = parlance_core::conversation::Role::Moderator;
    hub.change_role(caller, id, juliet.who.id, role).await.unwrap();
    juliet.sees(&["affiliation='admin'", "role='moderator'", "code='110'"]).await;
    hub.remove_member(caller, id, juliet.who.id).await.unwrap();
    juliet.sees(&["type='unavailable'", "code='321'", "code='110'"]).await;
    romeo.sees(&["type='unavailable'", "code='321'", "/Juliet'"]).await;
    juliet.says("m1", "still here?").await;
    juliet.sees(&["type='error'", "<not-acceptable"]).await;
}

#[tokio::test]
async fn name_topic_and_end_are_told_when_they_come_from_elsewhere() {
    let stage = Stage::new().await;
    let (romeo, mut juliet) = garden(&stage).await;
    let (hub, id) = (&stage.xmpp.hub, stage.conversation("garden").await);
    let caller = romeo.seat().caller;
    let change = SettingsChange {
        name: Some("Yard".into()),
        topic: Some("Night".into()),
        ..SettingsChange::default()
    };
    hub.change_settings(caller, id, change).await.unwrap();
    juliet.sees(&["<subject>Night</subject>", "/Romeo'"]).await;
    juliet.sees(&["code='104'"]).await;
    hub.destroy_conversation(caller, id).await.unwrap();
    juliet.sees(&["type='unavailable'", "<destroy/>"]).await;
}

#[tokio::test]
async fn who_is_added_elsewhere_is_invited_and_finds_the_past() {
    let stage = Stage::new().await;
    let (romeo, mut juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    let new = NewConversation {
        kind: Kind::Channel,
        name: "News".into(),
        address_name: Some("garden".into()),
        topic: String::new(),
        history: HistoryVisibility::All,
        members: vec![juliet.who.id],
        client_ref: None,
    };
    stage.xmpp.hub.create_conversation(romeo.seat().caller, new).await.unwrap();
    juliet.sees(&["<invite from='romeo@example.org'", &format!("from='{GARDEN}'")]).await;
    let own = juliet.enters("Juliet").await;
    assert!(own.contains("role='visitor'") && own.contains("affiliation='member'"), "{own}");
    juliet.says("m1", "hello").await;
    juliet.sees(&["type='error'", "<forbidden"]).await;
}

#[tokio::test]
async fn readers_of_a_channel_are_shown_to_those_who_manage_it_only() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    let (mut juliet, mut nurse) = (stage.client("juliet").await, stage.client("nurse").await);
    let new = NewConversation {
        kind: Kind::Channel,
        name: "News".into(),
        address_name: Some("garden".into()),
        topic: String::new(),
        history: HistoryVisibility::All,
        members: vec![juliet.who.id, nurse.who.id],
        client_ref: None,
    };
    stage.xmpp.hub.create_conversation(romeo.seat().caller, new).await.unwrap();
    romeo.enters("Romeo").await;
    juliet.enters("Juliet").await;
    nurse.enters("Nurse").await;
    romeo.sees(&["/Juliet'"]).await;
    romeo.sees(&["/Nurse'"]).await;
    juliet.rest().await;
    assert!(!juliet.seen.iter().any(|xml| xml.contains("/Nurse'")));
    assert!(nurse.seen.iter().any(|xml| xml.contains("/Romeo'")));
    assert!(!nurse.seen.iter().any(|xml| xml.contains("/Juliet'")));
}

#[tokio::test]
async fn who_is_here_by_another_front_end_is_shown_until_they_go() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    let hub = &stage.xmpp.hub;
    juliet.send(&format!("<presence to='{GARDEN}/Juliet' type='unavailable'/>")).await;
    romeo.sees(&["type='unavailable'", "/Juliet'"]).await;
    let browser = hub.connect(juliet.seat().caller).await.unwrap();
    romeo.sees(&["<presence", "/juliet'", "jid='juliet@example.org'"]).await;
    juliet.enters("Jule").await;
    romeo.sees(&["type='unavailable'", "/juliet'", "code='303'", "nick='Jule'"]).await;
    romeo.sees(&["/Jule'", "jid='juliet@example.org/desk'"]).await;
    juliet.hang_up().await;
    let seen = romeo.sees(&["/Jule'", "jid='juliet@example.org'"]).await;
    assert!(!seen.contains("unavailable"), "{seen}");
    drop(browser);
    romeo.sees(&["type='unavailable'", "/Jule'"]).await;
}

#[tokio::test]
async fn who_enters_first_is_told_of_those_in_other_front_ends() {
    let stage = Stage::new().await;
    let (romeo, mut juliet) = garden(&stage).await;
    let hub = &stage.xmpp.hub;
    let (id, caller) = (stage.conversation("garden").await, romeo.seat().caller);
    juliet.send(&format!("<presence to='{GARDEN}/Juliet' type='unavailable'/>")).await;
    romeo.hang_up().await;
    juliet.rest().await;
    let availability = parlance_core::presence::Availability::DoNotDisturb;
    let browser = hub.connect(caller).await.unwrap();
    hub.set_presence(caller, Some(browser.id()), availability, "reading".into()).await.unwrap();
    juliet.asks_to_enter("Juliet", "").await;
    juliet.sees(&["/romeo'", "<show>dnd</show>", "<status>reading</status>", "affiliation='owner'"]).await;
    juliet.sees(&["/Juliet'", "code='110'"]).await;
    let message = "<body>psst</body>";
    juliet.send(&format!("<message type='chat' id='p' to='{GARDEN}/romeo'>{message}</message>")).await;
    let direct = hub.open_direct(caller, juliet.who.id).await.unwrap();
    assert!(hub.look_at(direct, |state| state.head.0).await.unwrap() > 2, "the message is there");
    hub.remove_member(caller, id, juliet.who.id).await.unwrap();
    juliet.sees(&["type='unavailable'", "code='321'"]).await;
}

#[tokio::test]
async fn who_types_and_reads_in_a_browser_is_seen_in_the_room() {
    let stage = Stage::new().await;
    let (romeo, mut juliet) = garden(&stage).await;
    let (hub, id) = (&stage.xmpp.hub, stage.conversation("garden").await);
    let browser = Caller { device: DeviceId(Uuid::from_u128(7)), ..romeo.seat().caller };
    hub.set_typing(browser, id, true).await.unwrap();
    juliet.sees(&["type='groupchat'", "/Romeo'", "<composing"]).await;
    juliet.says("m1", "hello").await;
    let told = juliet.sees(&["id='m1'"]).await;
    let place = told.split("<stanza-id ").nth(1).and_then(|it| it.split(" id='").nth(1)).unwrap();
    let place = place.split('\'').next().unwrap();
    let head = hub.history(browser, id, HistoryPlace::At(Place::Newest), 1).await.unwrap().items[0].event.seq;
    hub.mark_read(browser, id, head).await.unwrap();
    juliet.sees(&["type='groupchat'", "/Romeo'", "<displayed", &format!("id='{place}'")]).await;
}

#[tokio::test]
async fn who_is_addressed_by_nickname_is_mentioned_elsewhere() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    let (hub, id) = (&stage.xmpp.hub, stage.conversation("garden").await);
    romeo.says("m1", "juliet: come").await;
    juliet.sees(&["id='m1'"]).await;
    let page = hub.history(romeo.seat().caller, id, HistoryPlace::At(Place::Newest), 1).await.unwrap();
    let who = Mentioned::Principal(juliet.who.id);
    let Content::Message(message) = &page.items[0].event.content else { panic!("not a message") };
    let mentions = vec![Mention { start: 0, end: 6, who }];
    assert_eq!(message.body, Body::Text { text: "juliet: come".into(), mentions });
}

use super::{ArchivedMessage, Intake, KeptItem, NodeSetUp, archive_part, nodes_xml};
use crate::stage::Stage;
use parlance_core::{
    body::Body,
    event::{Content, Event},
    id::{ConversationId, UnixMillis},
};
use parlance_hub::{
    identity::Adoption,
    ports::Place,
    usecase::{HistoryPlace, Post},
};
use std::sync::Arc;

const AT: UnixMillis = UnixMillis(1_278_803_305_000);

fn message(from: &str, to: &str, inner: &str) -> String {
    format!(
        "<message xmlns='jabber:client' from='{from}@example.org/orchard' to='{to}@example.org/balcony' \
         type='chat' {inner}</message>"
    )
}

struct Archived<'a> {
    owner: &'a str,
    id: &'a str,
    at: UnixMillis,
    stanza: String,
}

async fn take(stage: &Stage, messages: &[Archived<'_>]) -> Vec<Adoption> {
    let intake = Intake::new(&stage.xmpp, false);
    let mut taken = Vec::new();
    for Archived { owner, id, at, stanza } in messages {
        taken.push(intake.take(ArchivedMessage { owner, id, at: *at, stanza }).await.unwrap());
    }
    intake.finish().await.unwrap();
    taken
}

/// The same message as two archives have it, each with an id of its own, and an answer to it.
fn talk() -> Vec<Archived<'static>> {
    let said = message("romeo", "juliet", "id='r1'><body>*Call* me but love</body>");
    let answer = message(
        "juliet",
        "romeo",
        "id='j1'><body>What man art thou</body><reply xmlns='urn:xmpp:reply:0' id='r1'/>",
    );
    vec![
        Archived { owner: "romeo", id: "28482", at: AT, stanza: said.clone() },
        Archived { owner: "juliet", id: "98726", at: AT.plus_ms(3), stanza: said },
        Archived { owner: "juliet", id: "5d398", at: AT.plus_ms(9_000), stanza: answer },
    ]
}

async fn log(stage: &Stage, one: &crate::stage::Client, other: &crate::stage::Client) -> Vec<Arc<Event>> {
    let id = ConversationId::direct(one.who.id, other.who.id);
    let place = HistoryPlace::At(Place::Newest);
    let page = stage.xmpp.hub.history(one.seat().caller, id, place, 50).await.unwrap();
    let is_said = |event: &Arc<Event>| !matches!(event.content, Content::Membership { .. });
    page.items.into_iter().map(|item| item.event).filter(is_said).collect()
}

#[tokio::test]
async fn a_message_that_two_archives_have_is_taken_once_with_its_sender_and_time() {
    let stage = Stage::new().await;
    let (romeo, juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    assert_eq!(take(&stage, &talk()).await, [Adoption::Taken, Adoption::WasThere, Adoption::Taken]);
    assert_eq!(take(&stage, &talk()).await, [Adoption::WasThere; 3]);
    let events = log(&stage, &romeo, &juliet).await;
    let [said, answer] = &events[..] else { panic!("{events:?}") };
    let answered_at = AT.plus_ms(9_000);
    assert_eq!((said.sender, said.at, said.said_at(), answer.at), (romeo.who.id, AT, AT, answered_at));
    let Content::Message(answer) = &answer.content else { panic!("{answer:?}") };
    assert_eq!(answer.reply_to, Some(said.as_target()));
    assert_eq!(answer.imported.as_ref().map(|imported| imported.id.as_str()), Some("5d398"));
}

#[tokio::test]
async fn what_is_imported_waits_for_nobody_and_keeps_its_time_behind_what_was_here() {
    let stage = Stage::new().await;
    let (romeo, juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    let hub = &stage.xmpp.hub;
    let id = hub.open_direct(romeo.seat().caller, juliet.who.id).await.unwrap();
    let body = Body::text("here already");
    let post = Post {
        conversation: id,
        client_ref: None,
        body,
        reply_to: None,
        thread: None,
        forward: None,
        poll: None,
        needs_acknowledgement: false,
        extras: None,
    };
    hub.post(romeo.seat().caller, post).await.unwrap();
    take(&stage, &talk()).await;
    let events = log(&stage, &romeo, &juliet).await;
    assert!(events[1].at >= events[0].at && events[1].said_at() == AT, "{events:?}");
    let unread = async |client: &crate::stage::Client| {
        hub.conversation(client.seat().caller, id).await.unwrap().row.counts.unread
    };
    assert_eq!(unread(&romeo).await, 0, "he had read everything");
    assert_eq!(
        unread(&juliet).await,
        2,
        "what she had not read still waits, and so does what came behind it"
    );
}

#[tokio::test]
async fn corrections_and_retractions_of_an_archive_change_the_messages_they_name() {
    let stage = Stage::new().await;
    let (romeo, juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    let mut messages = talk();
    let correction = "id='r2'><body>Call me love</body><replace xmlns='urn:xmpp:message-correct:0' id='r1'/>";
    let retraction = "id='j2'><retract xmlns='urn:xmpp:message-retract:1' id='j1'/>";
    for (at, stanza) in [message("romeo", "juliet", correction), message("juliet", "romeo", retraction)]
        .into_iter()
        .enumerate()
    {
        let at = AT.plus_ms(10_000 + at as u64);
        messages.push(Archived { owner: "romeo", id: "", at, stanza });
    }
    take(&stage, &messages).await;
    let events = log(&stage, &romeo, &juliet).await;
    let contents: Vec<_> = events.iter().map(|event| &event.content).collect();
    assert!(
        matches!(
            contents[..],
            [Content::Message(_), Content::Deleted, Content::Edit { .. }, Content::Delete { .. }]
        ),
        "{contents:?}"
    );
    let part = archive_part(&stage.xmpp, &romeo.who, None).await.unwrap();
    assert!(!part.xml.contains("What man") && part.xml.contains("Call me love"), "{}", part.xml);
    assert!(part.next.is_none());
}

#[tokio::test]
async fn a_message_that_is_not_between_the_owner_and_somebody_here_is_refused() {
    let stage = Stage::new().await;
    let (_romeo, _juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    let mercutio = stage.client("mercutio").await;
    let elsewhere =
        message("romeo", "juliet", "><body>x</body>").replace("juliet@example.org", "j@example.net");
    let room = message("romeo", "juliet", "><body>x</body>").replace("'chat'", "'groupchat'");
    let others = message("romeo", "juliet", "><body>x</body>");
    for stanza in [&elsewhere, &room, &others, "<x xmlns='jabber:client'/>", "<"] {
        let intake = Intake::new(&stage.xmpp, false);
        let message = ArchivedMessage { owner: mercutio.who.address.name(), id: "", at: AT, stanza };
        assert!(intake.take(message).await.is_err(), "{stanza}");
    }
}

#[tokio::test]
async fn nodes_are_made_as_they_were_and_read_by_nobody_else() {
    let stage = Stage::new().await;
    let romeo = stage.client("romeo").await;
    let intake = Intake::new(&stage.xmpp, false);
    let form = "<x xmlns='jabber:x:data' type='form'><field var='pubsub#access_model'><value>authorize</value></field>\
                <field var='pubsub#max_items'><value>2</value></field><field var='x'><value>y</value></field></x>";
    let members = ["juliet@example.org".to_owned()];
    let set_up = NodeSetUp { form, members: &members, subscribers: &[] };
    assert_eq!(intake.take_node("romeo", "urn:example", set_up).await.unwrap(), Adoption::Taken);
    assert_eq!(intake.take_node("romeo", "urn:example", set_up).await.unwrap(), Adoption::WasThere);
    let item = |id| KeptItem { owner: "romeo", node: "urn:example", id, payload: "<a xmlns='urn:example'/>" };
    for (id, expected) in
        [("1", Adoption::Taken), ("1", Adoption::WasThere), ("2", Adoption::Taken), ("3", Adoption::WasThere)]
    {
        assert_eq!(intake.take_item(item(id)).await.unwrap(), expected, "{id}");
    }
    let xml = nodes_xml(&stage.xmpp, &romeo.who).await.unwrap();
    for word in [
        "<configure node='urn:example'>",
        "<field var='pubsub#access_model'><value>whitelist</value></field>",
        "<affiliation jid='juliet@example.org' affiliation='member'/>",
        "<item id='2'><a xmlns='urn:example'/></item>",
    ] {
        assert!(xml.contains(word), "{word} is not in {xml}");
    }
}
